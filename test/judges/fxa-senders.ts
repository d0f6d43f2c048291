/**
 * The servers of Firefox Accounts as clients of StatsD: the library that they use, with the variables that are rendered
 * for each, called as their code calls it (mozilla/fxa, April 2022).
 */
import { createRequire } from "node:module";

import { senders, type Sender } from "../../components/fxa/statsd.ts";
import { traitsOf } from "../../components/fxa/servers.ts";
import type { World } from "../../policy/graph/objects.ts";
import { podsNamed } from "./mounted.ts";

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

/** Programs of production that send. */
export const sending = senders.filter((sender) => !/-(worker|static)$/.test(sender));

/** Variables of a server that are no secrets, as its container gets them. */
export function toldTo(world: World, sender: Sender): Readonly<Record<string, string | undefined>> {
  const { spec } = podsNamed(world, traitsOf(sender).service);
  const { env = [], envFrom = [] } = spec.containers[0] ?? {};
  const maps = envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? []);
  return {
    ...Object.fromEntries(
      world.configMaps
        .filter(({ metadata }) => maps.includes(metadata.name))
        .flatMap(({ data }) => Object.entries(data ?? {})),
    ),
    ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
  };
}

/** Where a server sends, and how: out of the variables that its own config reads. */
export function clientOf(
  world: World,
  sender: Sender,
): { readonly address: string; readonly options: Readonly<Record<string, unknown>> } {
  const env = toldTo(world, sender);
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

/** What the auth-server tells, two requests of three well answered. */
function sendAsAuth(client: Client): void {
  const login = { path: "v1_account_login", method: "POST" };
  for (const statusCode of [200, 200, 503]) {
    const errno = statusCode === 503 ? 201 : 0;
    client.timing("url_request", 30, 1, { ...login, statusCode, errno });
  }
  const health = { path: "__heartbeat__", method: "GET", statusCode: 200, errno: 0 };
  client.timing("url_request", 2, 1, health);
  client.timing("customs.check.success", 4);
  client.timing("subhub.deleteCache.failure", 3000);
  const tags = { action: "accountLogin", block: true };
  client.increment("customs.request.check", { ...tags, unblock: true, suspect: false });
  client.increment("customs.request.check", { ...tags, blockReason: "other" });
  client.increment("push.send.failure", {
    reason: "devicesNotify",
    uaOS: "iOS",
    errCode: "resetCode",
  });
  client.timing("notifier.publish", 12);
  client.timing("stripe_request", 300);
  client.increment("stripe_call", { error: "false" });
  client.timing("paypal_request", 700, undefined, { method: "BAUpdate", error: "true" });
  client.increment("redis.error");
  client.increment("mysql.enqueue");
  client.increment("mysql.connection", { new: "true" });
  // What no alert and no page asks for.
  client.increment("amplitude.event.dropped");
}

function sendAsPages(client: Client): void {
  client.timing("nt.total", 1800, { path: "signin" });
  client.timing("nt.total", 1200, { view: "signup" });
}

/** With tags where the share of samples may stand, as its code has it. */
function sendAsBroker(client: Client): void {
  const tags = { clientId: "dcdb5ae7add825d2", statusCode: "200", type: "profile-change" };
  client.increment("message.type", { eventType: "delete" });
  client.timing("message.queueDelay", 400_000);
  client.timing("message.processing.total", 80);
  client.timing("proxy.success", 2500, tags);
  client.increment("proxy.fail", { ...tags, statusCode: "410" });
}

const tell: Readonly<Partial<Record<Sender, (client: Client) => void>>> = {
  "auth-server": sendAsAuth,
  "content-server": sendAsPages,
  "payments-server": sendAsPages,
  "graphql-api": (client) => {
    client.increment("knex.aquire_request");
  },
  "event-broker": sendAsBroker,
};

/** Sends what a client is told to, and ends it. */
export async function sendBy(
  udp: number,
  options: Readonly<Record<string, unknown>>,
  send: (client: Client) => void,
): Promise<void> {
  const client = new StatsD({ ...options, host: "127.0.0.1", port: udp });
  send(client);
  await new Promise<void>((settle) => {
    client.close(settle);
  });
}

/** Has every server of production tell all that it can, so many times. */
export async function sendAll(world: World, udp: number, times: number): Promise<void> {
  for (const sender of sending) {
    await sendBy(udp, clientOf(world, sender).options, (client) => {
      for (let time = 0; time < times; time += 1) {
        tell[sender]?.(client);
      }
    });
  }
}
