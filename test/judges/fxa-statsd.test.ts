/**
 * StatsD of Firefox Accounts as production has it. What is rendered says where servers send and how it is mapped; the
 * real exporter runs with that mapping, the servers' own library sends to it by UDP with the variables of each server,
 * and every metric is read back with its labels. That a packet gets from pod to pod is left to the policies'
 * evaluation here, and to the alert AccountsTellNothing live.
 */
import { createRequire } from "node:module";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { observedFxa } from "../../components/fxa/observed.ts";
import { senders, type Sender } from "../../components/fxa/statsd.ts";
import { traitsOf } from "../../components/fxa/servers.ts";
import { allowedCalls } from "../../policy/graph/policies.ts";
import { contextOfStack } from "../../stacks/fxa/shape.ts";
import { freePorts, Place, until } from "../data/programs.ts";
import { type Rendered, renderedOnce } from "../rendered.ts";
import type { FxaStack } from "../../stacks/fxa/schema.ts";
import { catalogueFaults, samplesOf } from "./exposition.ts";

/** The library's client, as far as the servers use it. */
interface Client {
  readonly increment: (name: string, tags?: object) => void;
  readonly timing: (
    name: string,
    milliseconds: number,
    sampleRate?: unknown,
    tags?: object,
  ) => void;
  readonly close: (done: () => void) => void;
}

const { StatsD } = createRequire(import.meta.url)("hot-shots") as {
  readonly StatsD: new (options: Readonly<Record<string, unknown>>) => Client;
};

let place: Place;
let rendered: Rendered<FxaStack>;
let http = 0;
let udp = 0;

beforeAll(async () => {
  place = new Place(["statsd_exporter"]);
  rendered = await renderedOnce("fxa-production");
});
afterAll(() => place.clear());

/** Programs of production that send. */
const sending = senders.filter((sender) => !/-(worker|static)$/.test(sender));

function podsOf(name: string, namespace: string) {
  const found = rendered.world.pods.find((one) => one.name === name && one.namespace === namespace);
  if (found === undefined) {
    throw new Error(`${namespace}/${name} is not rendered`);
  }
  return found;
}

/** Variables of a server that are no secrets, as its container gets them. */
function told(sender: Sender): Readonly<Record<string, string | undefined>> {
  const { env = [], envFrom = [] } =
    podsOf(traitsOf(sender).service, "fxa").spec.containers[0] ?? {};
  const maps = envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? []);
  return {
    ...Object.fromEntries(
      rendered.world.configMaps
        .filter(({ metadata }) => maps.includes(metadata.name))
        .flatMap(({ data }) => Object.entries(data ?? {})),
    ),
    ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
  };
}

/** The one Service that StatsD has. */
function service() {
  const found = rendered.world.services.filter(({ metadata }) => metadata.name === "statsd");
  expect(found).toHaveLength(1);
  return found[0];
}

/** Address and words of the library, out of the variables, as each server's config does (mozilla/fxa). */
function clientOptions(sender: Sender) {
  const env = told(sender);
  switch (sender) {
    case "graphql-api":
    case "event-broker":
      return {
        address: `${env["METRIC_HOST"]}:${env["METRIC_PORT"]}`,
        options: { prefix: env["METRIC_PREFIX"], telegraf: env["METRIC_USE_TELEGRAF"] === "true" },
      };
    case "content-server":
      return {
        address: `${env["METRIC_HOST"]}:${env["METRIC_PORT"]}`,
        options: { prefix: env["METRIC_PREFIX"], maxBufferSize: 500 },
      };
    default:
      return {
        address: `${env["DD_AGENT_HOST"]}:${env["DD_DOGSTATSD_PORT"]}`,
        options: { prefix: env["STATSD_PREFIX"], maxBufferSize: 500 },
      };
  }
}

/** What the auth-server does when it is asked, in the words of its code. */
function sendAsAuth(client: Client): void {
  for (const statusCode of [200, 200, 503]) {
    client.timing("url_request", 30, 1, {
      path: "v1_account_login",
      method: "POST",
      statusCode,
      errno: statusCode === 503 ? 201 : 0,
    });
  }
  client.timing("customs.check.success", 4);
  client.timing("subhub.deleteCache.failure", 3000);
  const tags = { action: "accountLogin", block: true };
  client.increment("customs.request.check", { ...tags, unblock: true, suspect: false });
  client.increment("customs.request.check", { ...tags, blockReason: "other" });
  client.increment("push.send.failure", { reason: "devicesNotify", uaOS: "iOS", errCode: "reset" });
  client.timing("notifier.publish", 12);
  client.timing("stripe_request", 300);
  client.increment("stripe_call", { error: "false" });
  client.timing("paypal_request", 700, undefined, { method: "BAUpdate", error: "true" });
  client.increment("redis.error");
  client.increment("mysql.enqueue");
  client.increment("mysql.connection", { new: "true" });
  // What nothing is made of.
  client.increment("amplitude.event.dropped");
}

function sendAsPages(client: Client): void {
  client.timing("nt.total", 1800, { path: "signin" });
  client.timing("nt.total", 1200, { view: "signup" });
}

/** With tags in the third place, where the servers leave the share of samples out. */
const sendAsBroker = (client: Client): void => {
  const tags = { clientId: "dcdb5ae7add825d2", statusCode: "200", type: "profile-change" };
  client.increment("message.type", { eventType: "delete" });
  client.timing("message.queueDelay", 90_000);
  client.timing("message.processing.total", 80);
  client.timing("proxy.success", 2500, tags);
  client.increment("proxy.fail", { ...tags, statusCode: "410" });
};

const send: Readonly<Partial<Record<Sender, (client: Client) => void>>> = {
  "auth-server": sendAsAuth,
  "content-server": sendAsPages,
  "payments-server": sendAsPages,
  "graphql-api": (client) => {
    client.increment("knex.aquire_request");
  },
  "event-broker": sendAsBroker,
};

const shown = async (): Promise<string> =>
  (await fetch(`http://127.0.0.1:${http}/metrics`).catch(() => undefined))?.text() ?? "";

/** Runs the exporter as its pod would: its own words, the mapping of its ConfigMap, ports that are free here. */
async function startExporter(): Promise<void> {
  [http = 0, udp = 0] = await freePorts(2);
  const { spec } = podsOf("statsd", "metrics");
  const [container] = spec.containers;
  const mounted = container?.volumeMounts?.[0];
  const volume = spec.volumes?.find(({ name }) => name === mounted?.name);
  const map = rendered.world.configMaps.find(
    ({ metadata }) => metadata.name === volume?.configMap?.name,
  );
  const folder = await place.makeFolder("statsd");
  for (const [name, text] of Object.entries(map?.data ?? {})) {
    place.write(`statsd/${name}`, text);
  }
  const words = (container?.args ?? []).map((word) =>
    word
      .replace(":9102", `127.0.0.1:${http}`)
      .replace(":9125", `127.0.0.1:${udp}`)
      .replace(`${mounted?.mountPath}/`, `${folder}/`),
  );
  const running = place.start(["statsd_exporter", ...words]);
  await until("the exporter answers", async () => {
    if (running.child.exitCode !== null) {
      throw new Error(`the exporter ended:\n${running.said()}`);
    }
    return (await fetch(`http://127.0.0.1:${http}/-/ready`).catch(() => undefined))?.ok === true;
  });
}

async function sendAll(): Promise<void> {
  for (const sender of sending) {
    const { options } = clientOptions(sender);
    const client = new StatsD({ ...options, host: "127.0.0.1", port: udp });
    send[sender]?.(client);
    await new Promise<void>((settle) => {
      client.close(settle);
    });
  }
  const last = new StatsD({ host: "127.0.0.1", port: udp });
  last.increment("the.last");
  await new Promise<void>((settle) => {
    last.close(settle);
  });
  await until("the last event is through", async () => (await shown()).includes("the_last 1"));
}

describe("where production's servers send", () => {
  it.each(sending)("%s sends to the Service of the exporter, and to its port", (sender) => {
    const { metadata, spec } = service() ?? {};
    const [port] = spec?.ports ?? [];
    expect(clientOptions(sender).address).toBe(
      `${metadata?.name}.${metadata?.namespace}.svc:${port?.port}`,
    );
  });

  it("is UDP 8125, which leads to the UDP port that the exporter listens on", () => {
    const [port, ...others] = service()?.spec.ports ?? [];
    expect(others).toEqual([]);
    expect(port).toMatchObject({ port: 8125, protocol: "UDP" });
    const { spec, labels } = podsOf("statsd", "metrics");
    const target = spec.containers[0]?.ports?.find(({ name }) => name === port?.targetPort);
    expect(target).toMatchObject({ containerPort: 9125, protocol: "UDP" });
    expect(spec.containers[0]?.args).toContain("--statsd.listen-udp=:9125");
    expect(labels).toMatchObject(service()?.spec.selector ?? { none: "" });
  });

  it("is let through from each of them, and from nobody else of the system", () => {
    const calls = allowedCalls(rendered.world).filter((one) =>
      one.endsWith("-> metrics/statsd UDP 9125"),
    );
    expect(calls.map((one) => one.split(" ")[0]).sort()).toEqual(
      sending.map((sender) => `fxa/${traitsOf(sender).service}`).sort(),
    );
  });

  it("is turned on in those that ask for it", () => {
    expect(told("auth-server")["STATSD_ENABLE"]).toBe("true");
    expect(told("payments-server")["STATSD_ENABLE"]).toBe("true");
    expect(told("content-server")["METRIC_ENABLED"]).toBe("true");
  });
});

describe("what they send, by UDP to the real exporter with production's mapping", () => {
  let text: string;
  beforeAll(async () => {
    await startExporter();
    await sendAll();
    text = await shown();
  });

  const valueOf = (name: string, labels: Readonly<Record<string, string>>): number =>
    (samplesOf(text).get(name) ?? [])
      .filter((sample) =>
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      )
      .reduce((sum, { value }) => sum + value, 0);

  it("is read back whole: every metric that alerts and pages may ask for, with just its labels", () => {
    const { family } = observedFxa(contextOfStack(rendered.config), ["statsd"]);
    expect(Object.keys(family).length).toBeGreaterThan(15);
    expect(catalogueFaults(family, text)).toEqual([]);
  });

  it("is counted by the tags of DogStatsD (auth-server)", () => {
    const server = "fxa-auth-server";
    const request = { server, path: "v1_account_login", method: "POST" };
    expect(valueOf("fxa_auth_request_seconds_count", { ...request, statusCode: "200" })).toBe(2);
    const failed = { ...request, statusCode: "503", errno: "201" };
    expect(valueOf("fxa_auth_request_seconds_count", failed)).toBe(1);
    expect(valueOf("fxa_auth_request_seconds_sum", failed)).toBeCloseTo(0.03);
    const verdict = { server, check: "check", action: "accountLogin", block: "true" };
    expect(valueOf("fxa_customs_verdicts_total", verdict)).toBe(2);
    const call = { server, service: "subhub", call: "deleteCache", outcome: "failure" };
    expect(valueOf("fxa_auth_call_seconds_count", call)).toBe(1);
    expect(valueOf("fxa_pushes_total", { server, outcome: "failure", uaOS: "iOS" })).toBe(1);
    expect(valueOf("fxa_redis_events_total", { server, event: "error" })).toBe(1);
  });

  it("is counted by the tags of DogStatsD (content-server, payments-server), server by server", () => {
    for (const server of ["fxa-content-server", "fxa-payments-server"]) {
      const page = { server, step: "total" };
      expect(valueOf("fxa_page_seconds_sum", { ...page, path: "signin" })).toBeCloseTo(1.8);
      expect(valueOf("fxa_page_seconds_count", { ...page, view: "signup" })).toBe(1);
    }
  });

  it("is counted by the tags of Telegraf (event-broker, graphql-api)", () => {
    const server = "fxa-event-broker";
    expect(valueOf("fxa_broker_messages_total", { server, eventType: "delete" })).toBe(1);
    expect(valueOf("fxa_broker_delay_seconds_sum", { server })).toBeCloseTo(90);
    const failed = { clientId: "dcdb5ae7add825d2", statusCode: "410", type: "profile-change" };
    expect(valueOf("fxa_broker_undelivered_total", { server, ...failed })).toBe(1);
    const asked = { server: "fxa-graphql-api", event: "aquire_request" };
    expect(valueOf("fxa_database_events_total", asked)).toBe(1);
  });

  it("is kept under its own name where nothing asks for it", () => {
    expect(valueOf("fxa_auth_server_amplitude_event_dropped", {})).toBe(1);
  });

  it("would be missed if a server kept a prefix of its own", async () => {
    const client = new StatsD({ prefix: "fxa-content.", host: "127.0.0.1", port: udp });
    client.timing("nt.total", 99_000, { path: "elsewhere" });
    await new Promise<void>((settle) => {
      client.close(settle);
    });
    await until("it is through", async () => (await shown()).includes("fxa_content_nt_total"));
    expect(await shown()).not.toMatch(/fxa_page_seconds.*elsewhere/);
  });

  it("leaves the exporter without an error, of what it could not read or was told otherwise before", () => {
    const errors = ["sample_errors", "tag_errors", "events_conflict", "events_error"].map(
      (name) => [name, valueOf(`statsd_exporter_${name}_total`, {})] as const,
    );
    expect(errors.filter(([, count]) => count > 0)).toEqual([]);
  });
});
