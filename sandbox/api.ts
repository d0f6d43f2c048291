/** A small client of the sandbox's API server: a kubectl process for each question takes longer. */
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";

import { SandboxError } from "./fault.ts";
import type { ApiAccess } from "./kubeconfig.ts";

/** Any object of Kubernetes, as far as this client looks into it. */
export interface KubeObject {
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** An answer other than success. */
export class ApiError extends SandboxError {
  override name = "ApiError";
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Longer than the API server's own limit of a request, a minute: a busy one answers late, and says so when it cannot. */
const answerPatience = 70_000;

/** Objects, and the moment they show: a watch goes on from there. */
export interface Listing {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The API server of one sandbox. */
export class Api {
  readonly #access: ApiAccess;
  readonly #agent: Agent;

  constructor(access: ApiAccess) {
    this.#access = access;
    this.#agent = new Agent({
      keepAlive: true,
      // The API server closes what has been idle for a minute and a half: a question on its way meanwhile would be lost.
      timeout: 60_000,
      maxSockets: 16,
      ca: access.authority,
      cert: access.certificate,
      key: access.key,
    });
  }

  /** Every object under a path, e.g. `/api/v1/nodes`. */
  async list(path: string): Promise<readonly KubeObject[]> {
    return (await this.listing(path)).items;
  }

  /** Every object under a path, with the version to watch from. */
  async listing(path: string): Promise<Listing> {
    const { items, metadata } = (await this.#json("GET", path)) as {
      readonly items: readonly KubeObject[];
      readonly metadata: { readonly resourceVersion: string };
    };
    return { items, resourceVersion: metadata.resourceVersion };
  }

  /**
   * Lines of an answer as the server writes them: a watch. Settles when the server has taken the
   * question; the lines end when it ends them.
   *
   * @param idleSeconds After how long a silent connection counts as lost.
   */
  async lines(
    path: string,
    idleSeconds: number,
    signal: AbortSignal,
  ): Promise<AsyncIterable<string>> {
    const response = await this.#open(path, idleSeconds, signal);
    response.setEncoding("utf8");
    if (response.statusCode === 200) {
      return linesOf(response as AsyncIterable<string>);
    }
    const answer = { status: response.statusCode ?? 0, body: await text(response) };
    throw new ApiError(answer.status, `GET ${path}: ${reason(answer)}`);
  }

  /** One object, or undefined. */
  async find(path: string): Promise<KubeObject | undefined> {
    try {
      return (await this.#json("GET", path)) as KubeObject;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  /** Makes an object; one that is there already is left as it is. */
  async create(path: string, object: object): Promise<void> {
    try {
      await this.#json("POST", path, object);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) {
        throw error;
      }
    }
  }

  /** Posts a question, as whether somebody may do something, and gives the answer. */
  async ask(path: string, object: object): Promise<KubeObject> {
    return (await this.#json("POST", path, object)) as KubeObject;
  }

  /** Changes fields of an object (JSON merge patch). */
  async patch(path: string, fields: object): Promise<void> {
    await this.#json("PATCH", path, fields);
  }

  /** Removes an object at once; one that is gone is no fault. */
  async remove(path: string): Promise<void> {
    try {
      await this.#json("DELETE", path, { gracePeriodSeconds: 0, propagationPolicy: "Background" });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) {
        throw error;
      }
    }
  }

  /** Whether the API server answers and says it is ready. Never throws. */
  async isReady(): Promise<boolean> {
    try {
      return (await this.#send("GET", "/readyz")).status === 200;
    } catch {
      return false;
    }
  }

  /** Ends idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #json(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await this.#send(method, path, body);
    if (answer.status >= 300) {
      throw new ApiError(answer.status, `${method} ${path}: ${reason(answer)}`);
    }
    return JSON.parse(answer.body);
  }

  #open(path: string, idleSeconds: number, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((settle, fail) => {
      const call = request(new URL(path, this.#access.server), { agent: this.#agent, signal });
      call.setTimeout(idleSeconds * 1_000, () => {
        call.destroy(new SandboxError(`GET ${path}: silent for ${idleSeconds} s`));
      });
      call.on("response", settle);
      call.on("error", fail);
      call.end();
    });
  }

  #send(method: string, path: string, body?: object): Promise<Answer> {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return new Promise((settle, fail) => {
      const call = request(
        new URL(path, this.#access.server),
        {
          method,
          agent: this.#agent,
          timeout: answerPatience,
          headers:
            sent === undefined
              ? {}
              : { "content-type": type, "content-length": Buffer.byteLength(sent) },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", fail);
          response.on("end", () => {
            settle({
              status: response.statusCode ?? 0,
              body: Buffer.concat(parts).toString("utf8"),
            });
          });
        },
      );
      call.on("timeout", () => {
        call.destroy(
          new SandboxError(`${method} ${path}: no answer for ${answerPatience / 1_000} s`),
        );
      });
      call.on("error", fail);
      call.end(sent);
    });
  }
}

async function* linesOf(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const part of parts) {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function reason({ status, body }: Answer): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === "string" ? message : `HTTP ${status}`;
  } catch {
    return `HTTP ${status}`;
  }
}
