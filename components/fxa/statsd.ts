/**
 * What the servers send to StatsD, and the metrics that it becomes (facts/fxa.md 8). Pure.
 *
 * auth-server, payments-server and content-server write tags as DogStatsD does, graphql-api and event-broker as
 * Telegraf does; all through hot-shots, and all times in milliseconds. Names and tags are those of mozilla/fxa of
 * April 2022. What stands here is what alerts and pages ask for; whatever else is sent is kept under its own name.
 */
import type { Family } from "../observability/families/types.ts";
import type { StatsdMapping } from "../observability/metrics/statsd.schema.ts";
import type { Program } from "./roles.ts";
import { traitsOf } from "./servers.ts";

/** Programs that send. The two spellings of the seed for payments run its server, if any (facts/fxa.md 2). */
export const senders = [
  "auth-server",
  "content-server",
  "graphql-api",
  "payments-server",
  "payments-server-worker",
  "payments-server-static",
  "event-broker",
] as const satisfies readonly Program[];
/** {@inheritDoc senders} */
export type Sender = (typeof senders)[number];

/**
 * What a server puts before each name. Every server has a default, which is not always its name: each is told, so that
 * the label `server` is what the cluster calls its Deployment.
 */
export const statsdPrefix = (sender: Sender): string => `${traitsOf(sender).service}.`;

/** A metric as a server sends it: name after the prefix, kind, name and labels that it gets, and tags that it has. */
interface Sent {
  readonly match: string;
  readonly type: "counter" | "timer";
  readonly name: string;
  /** Beside `server`; `$1` is the first star. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
}

/** What happens to connections to MySQL, of either of the libraries that the servers have. */
const ofDatabase = (library: "mysql" | "knex"): Sent => ({
  match: `${library}.*`,
  type: "counter",
  name: "fxa_database_events_total",
  labels: { event: "$1" },
  tags: ["new"],
});

/** How long browsers took, which tell it themselves. A step is network, request, response, dom, load or total. */
const ofPages: Sent = {
  match: "nt.*",
  type: "timer",
  name: "fxa_page_seconds",
  labels: { step: "$1" },
  tags: ["path", "view"],
};

/** Another server that the auth-server called: customs, pushbox, and the profile-server, which it calls subhub. */
const call = (outcome: "success" | "failure"): Sent => ({
  match: `*.*.${outcome}`,
  type: "timer",
  name: "fxa_auth_call_seconds",
  labels: { service: "$1", call: "$2", outcome },
});

const ofAuth: readonly Sent[] = [
  {
    match: "url_request",
    type: "timer",
    name: "fxa_auth_request_seconds",
    tags: ["path", "method", "statusCode", "errno"],
  },
  call("success"),
  call("failure"),
  {
    match: "customs.request.*",
    type: "counter",
    name: "fxa_customs_verdicts_total",
    labels: { check: "$1" },
    tags: ["action", "block", "unblock", "suspect", "blockReason"],
  },
  {
    match: "push.send.*",
    type: "counter",
    name: "fxa_pushes_total",
    labels: { outcome: "$1" },
    tags: ["reason", "uaOS", "errCode"],
  },
  { match: "notifier.publish", type: "timer", name: "fxa_auth_notifier_seconds" },
  { match: "stripe_request", type: "timer", name: "fxa_stripe_seconds" },
  { match: "stripe_call", type: "counter", name: "fxa_stripe_calls_total", tags: ["error"] },
  {
    match: "paypal_request",
    type: "timer",
    name: "fxa_paypal_seconds",
    tags: ["method", "error"],
  },
  { match: "redis.*", type: "counter", name: "fxa_redis_events_total", labels: { event: "$1" } },
  ofDatabase("mysql"),
];

const ofBroker: readonly Sent[] = [
  {
    match: "message.type",
    type: "counter",
    name: "fxa_broker_messages_total",
    tags: ["eventType"],
  },
  { match: "message.queueDelay", type: "timer", name: "fxa_broker_delay_seconds" },
  { match: "message.processing.total", type: "timer", name: "fxa_broker_work_seconds" },
  {
    match: "proxy.success",
    type: "timer",
    name: "fxa_broker_delivered_seconds",
    tags: ["clientId", "statusCode", "type"],
  },
  {
    match: "proxy.fail",
    type: "counter",
    name: "fxa_broker_undelivered_total",
    tags: ["clientId", "statusCode", "type"],
  },
];

const sent: Readonly<Record<Sender, readonly Sent[]>> = {
  "auth-server": ofAuth,
  "content-server": [ofPages],
  "graphql-api": [ofDatabase("knex")],
  "payments-server": [ofPages],
  "payments-server-worker": [ofPages],
  "payments-server-static": [ofPages],
  "event-broker": ofBroker,
};

/** Those of some programs that send. */
export const sendersOf = (running: readonly Program[]): Sender[] =>
  senders.filter((sender) => running.includes(sender));

/** Mappings of what some servers send. Each names one server, so that nobody else's metrics are taken for its. */
export const statsdMappings = (from: readonly Sender[]): StatsdMapping[] =>
  from.flatMap((sender) =>
    sent[sender].map(({ match, type, name, labels }) => ({
      match: `${statsdPrefix(sender)}${match}`,
      type,
      name,
      labels: { server: traitsOf(sender).service, ...labels },
      drop: false,
    })),
  );

/** The same as metrics, with the tags that become labels. */
export const statsdFamily = (from: readonly Sender[]): Family =>
  Object.fromEntries(
    from.flatMap((sender) =>
      sent[sender].map(({ name, type, labels = {}, tags = [] }) => [
        name,
        {
          kind: type === "timer" ? "histogram" : type,
          labels: ["server", ...Object.keys(labels), ...tags],
        } as const,
      ]),
    ),
  );
