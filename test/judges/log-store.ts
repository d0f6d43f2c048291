/** What a shipper of logs talks to, played: an API server that lists pods, and a store that takes lines. */
import { createServer as createHttp, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

import * as z from "zod";

import { good } from "../ops/certificates.ts";

/** A container of a pod, with its name in the runtime. */
export interface PlayedPod {
  readonly namespace: string;
  readonly name: string;
  readonly workload?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Name → identifier. */
  readonly containers: Readonly<Record<string, string>>;
}

const started = "2026-11-21T10:00:00Z";

function podObject(node: string, pod: PlayedPod, index: number): object {
  const containers = Object.entries(pod.containers);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      uid: `00000000-0000-4000-8000-${`${index}`.padStart(12, "0")}`,
      resourceVersion: "1",
      labels: pod.workload === undefined ? {} : { "app.kubernetes.io/name": pod.workload },
      annotations: pod.annotations ?? {},
    },
    spec: {
      nodeName: node,
      containers: containers.map(([name]) => ({
        name,
        image: "example.com/program:1",
        // Of each port the API server's readers hear anew.
        ports: [{ containerPort: 80 }, { containerPort: 81 }],
      })),
    },
    status: {
      phase: "Running",
      podIP: "10.0.0.1",
      containerStatuses: containers.map(([name, id]) => ({
        name,
        containerID: `containerd://${id}`,
        ready: true,
        state: { running: { startedAt: started } },
      })),
    },
  };
}

/** A server of this test, on a port of its own. */
export interface Played {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

async function listening(server: Server): Promise<Played> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** An API server that knows one node's pods, and writes down what else it is asked for. */
export interface PlayedApi extends Played {
  /** Requests that it did not answer. */
  readonly refused: readonly string[];
}

/** Answers what discovery asks: lists, and watches in which nothing happens. */
export async function playApi(node: string, pods: readonly PlayedPod[]): Promise<PlayedApi> {
  const refused: string[] = [];
  const lists: Readonly<Record<string, readonly [kind: string, items: readonly object[]]>> = {
    pods: ["PodList", pods.map((pod, index) => podObject(node, pod, index))],
    nodes: ["NodeList", []],
    namespaces: ["NamespaceList", []],
  };
  const server = createHttp((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://api");
    const resource = /^\/api\/v1\/(\w+)$/.exec(pathname)?.[1] ?? "";
    const [kind, items] = lists[resource] ?? [];
    const ofNode = searchParams.get("fieldSelector") === `spec.nodeName=${node}`;
    if (items === undefined || (resource === "pods" && !ofNode)) {
      refused.push(`${request.method ?? ""} ${request.url ?? ""}`);
      response.writeHead(403, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ kind: "Status", status: "Failure", code: 403 }));
      return;
    }
    response.writeHead(200, { "Content-Type": "application/json" });
    if (searchParams.get("watch") === null) {
      response.end(
        JSON.stringify({
          apiVersion: "v1",
          kind,
          metadata: { resourceVersion: "1" },
          items,
        }),
      );
    } else {
      response.flushHeaders();
    }
  });
  return { ...(await listening(server)), refused };
}

/** A line that the store was given. */
export interface StoredLine {
  /** Data stream. */
  readonly index: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** A store behind TLS and a password. */
export interface PlayedStore extends Played {
  readonly lines: readonly StoredLine[];
  /** What was asked in another way than it takes. */
  readonly refused: readonly string[];
  /** Waits until so many lines are there. */
  readonly until: (count: number) => Promise<void>;
  /** The different messages of the lines, in the order in which each came first. */
  readonly messages: () => readonly unknown[];
  /** Waits until there are so many different messages. */
  readonly untilMessages: (count: number) => Promise<void>;
  /** From now on it leaves whoever brings lines without an answer. */
  readonly hold: () => Held;
}

/** A store that does not answer. */
export interface Held {
  /** Somebody has brought lines since. */
  readonly asked: Promise<undefined>;
  /** Answers who waits, and who comes from now on. */
  readonly answer: () => void;
}

const Action = z.strictObject({ create: z.strictObject({ _index: z.string() }) });

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString();
}

/**
 * Takes lines as a data stream does: created, never replaced, by a user whose role allows no more. Its
 * first answer is that it has no time: nothing may be lost by it.
 */
export async function playStore(user: string, password: string): Promise<PlayedStore> {
  const lines: StoredLine[] = [];
  const refused: string[] = [];
  const waiting = new Set<() => void>();
  let busy = true;
  let held:
    | { readonly come: (value: undefined) => void; readonly answered: Promise<undefined> }
    | undefined;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const answer = (request: IncomingMessage, body: string): readonly [number, object] => {
    const asked = `${request.method ?? ""} ${request.url ?? ""}`;
    if (request.headers.authorization !== authorization) return [401, { error: "who are you" }];
    if (asked === "GET /") return [200, { name: "played", version: { number: "8.19.21" } }];
    // Asked before the first line; the role's `monitor` lets it.
    if (asked.startsWith("GET /_license")) {
      return [200, { license: { uid: "1", status: "active", type: "basic" } }];
    }
    if (!asked.startsWith("POST /_bulk")) {
      refused.push(asked);
      return [403, { error: "not yours" }];
    }
    if (busy) {
      busy = false;
      return [429, { error: "no time" }];
    }
    const rows = body.trimEnd().split("\n");
    for (let row = 0; row < rows.length; row += 2) {
      const action = Action.safeParse(JSON.parse(rows[row] ?? ""));
      if (!action.success) refused.push(rows[row] ?? "");
      const index = action.data?.create._index ?? "";
      lines.push({ index, document: JSON.parse(rows[row + 1] ?? "") as StoredLine["document"] });
    }
    return [
      200,
      {
        errors: false,
        items: rows.slice(0, rows.length / 2).map(() => ({ create: { status: 201 } })),
      },
    ];
  };
  const server = createHttps(good, (request, response) => {
    void bodyOf(request).then(async (body) => {
      if (held !== undefined && request.url?.startsWith("/_bulk") === true) {
        held.come(undefined);
        await held.answered;
      }
      const [status, content] = answer(request, body);
      response.writeHead(status, {
        "Content-Type": "application/json",
        "X-Elastic-Product": "Elasticsearch",
      });
      response.end(JSON.stringify(content));
      for (const look of waiting) look();
    });
  });
  const messages = (): readonly unknown[] => [
    ...new Set(lines.map(({ document }) => document["message"])),
  ];
  const when = (holds: () => boolean): Promise<void> =>
    new Promise((settle) => {
      const look = (): void => {
        if (!holds()) return;
        waiting.delete(look);
        settle();
      };
      waiting.add(look);
      look();
    });
  return {
    ...(await listening(server)),
    ...{ lines, refused, messages },
    until: (count) => when(() => lines.length >= count),
    untilMessages: (count) => when(() => messages().length >= count),
    hold: () => {
      const asked = Promise.withResolvers<undefined>();
      const answered = Promise.withResolvers<undefined>();
      held = { come: asked.resolve, answered: answered.promise };
      return {
        asked: asked.promise,
        answer: () => {
          held = undefined;
          answered.resolve(undefined);
        },
      };
    },
  };
}
