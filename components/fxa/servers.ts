/**
 * What each program is, as one table: port, reach, hosts, image, health, time to start, size, whether it scales, and
 * what must be there before it (facts/fxa.md 2, 6, 9, 11 and 12).
 */
import { memcachedPort, mysqlPort, redisPort } from "../data/ports.ts";
import type { Resources } from "../workload/workload.schema.ts";
import type { PublicName } from "./hosts.ts";
import type { Program, Store } from "./roles.ts";

/** Who may dial a program: anyone by a public host, or the programs of the stack alone. */
export type Reach = "public" | "internal";

/** A check of health: an HTTP path that answers 200, or a port that takes connections. */
export type Check = { readonly path: string } | "tcp";

/** A row of the table. */
export interface ServerTraits {
  /** Name of its Workload and of its Service, which others dial. */
  readonly service: string;
  /** Value of the launcher's variable `server`; of images without that launcher there is none. */
  readonly selector?: string;
  /** Port of pods and Service. */
  readonly port: number;
  readonly reach: Reach;
  /** Public hosts that lead to it. What is `internal` has none: the type of the table sees to it. */
  readonly hosts: readonly PublicName[];
  readonly image: "fxa" | "mail-service" | "sync";
  /** Answers while the process is well, whatever it depends on. */
  readonly liveness: Check;
  /** Answers when it may get traffic. Routes that are not confirmed stand here alone (facts 15). */
  readonly readiness: Check;
  /** Seconds that a start may take until the pod counts as failed. */
  readonly startSeconds: number;
  /** True, or why there is exactly one pod. */
  readonly scales: true | string;
  readonly resources: Resources;
  /** What must be ready first, directly: the rest follows. */
  readonly after: readonly (Program | Store)[];
}

type PublicTraits = ServerTraits & { readonly reach: "public" };
/** Never public: a row that had a host would not be one (facts/fxa.md 7). */
type InternalTraits = ServerTraits & { readonly reach: "internal"; readonly hosts: readonly [] };

/** Nothing is published about what the servers need (facts 12): our default, to be set from measurements. */
const small: Resources = {
  requests: { cpu: "100m", memory: "256Mi" },
  limits: { memory: "512Mi" },
};
/** What compiles when it starts, or keeps many sessions. */
const large: Resources = {
  requests: { cpu: "100m", memory: "512Mi" },
  limits: { memory: "1Gi" },
};

const heartbeat = { path: "/__heartbeat__" } as const;
const lbheartbeat = { path: "/__lbheartbeat__" } as const;
const root = { path: "/" } as const;

/** Seconds for a server that starts what is built. */
const usualStart = 90;
/** Seconds for one that compiles or translates first: at least three minutes (facts 16). */
const slowStart = 300;
/** The auth-server tries its database for five minutes by itself before it gives up (4.3). */
const patientStart = 360;

const one = {
  broker: "its load is the length of a queue, which no CPU shows: one pod works it off (9)",
  demo: "it keeps its sessions' lists in a store of its own (6)",
  sync: "it has not been shown to run twice beside itself (9)",
  unlaunched: "the launcher has no such branch (2)",
} as const;

/** The table. */
export const servers = {
  "auth-db-mysql": {
    service: "fxa-auth-db-mysql",
    selector: "fxa-auth-db-mysql",
    port: 8000,
    reach: "internal",
    hosts: [],
    image: "fxa",
    // The only one without /__lbheartbeat__; its /__heartbeat__ pings the database.
    liveness: { path: "/__version__" },
    readiness: heartbeat,
    startSeconds: usualStart,
    scales: true,
    resources: small,
    after: ["mysql"],
  },
  "auth-server": {
    service: "fxa-auth-server",
    selector: "fxa-auth-server",
    port: 9000,
    reach: "public",
    hosts: ["api", "oauth"],
    image: "fxa",
    liveness: lbheartbeat,
    readiness: heartbeat,
    startSeconds: patientStart,
    scales: true,
    resources: large,
    after: ["auth-db-mysql", "redis-master", "memcached", "customs-server", "browserid-verifier"],
  },
  "content-server": {
    service: "fxa-content-server",
    selector: "fxa-content-server",
    port: 3030,
    reach: "public",
    hosts: ["accounts"],
    image: "fxa",
    liveness: "tcp",
    readiness: heartbeat,
    startSeconds: slowStart,
    scales: true,
    resources: large,
    after: ["redis-master", "auth-server"],
  },
  "customs-server": {
    service: "fxa-customs-server",
    selector: "fxa-customs-server",
    port: 7000,
    reach: "internal",
    hosts: [],
    image: "fxa",
    // No heartbeat in that version: its root tells its version.
    liveness: root,
    readiness: root,
    startSeconds: usualStart,
    scales: true,
    resources: small,
    // On any error of it every request is blocked (6).
    after: ["memcached"],
  },
  "graphql-api": {
    service: "fxa-graphql-api",
    selector: "fxa-graphql-api",
    port: 8290,
    reach: "public",
    hosts: ["graphql"],
    image: "fxa",
    liveness: "tcp",
    readiness: heartbeat,
    startSeconds: slowStart,
    scales: true,
    resources: large,
    after: ["mysql", "redis-master", "auth-server", "profile-server"],
  },
  "profile-server": {
    service: "fxa-profile-server",
    selector: "fxa-profile-server",
    port: 1111,
    reach: "public",
    hosts: ["profile"],
    image: "fxa",
    liveness: "tcp",
    readiness: heartbeat,
    startSeconds: usualStart,
    scales: true,
    resources: small,
    after: ["mysql", "redis-master", "auth-server"],
  },
  "profile-server-worker": {
    service: "fxa-profile-server-worker",
    selector: "fxa-profile-server-worker",
    port: 1113,
    reach: "internal",
    hosts: [],
    image: "fxa",
    liveness: "tcp",
    readiness: "tcp",
    startSeconds: usualStart,
    scales: true,
    resources: small,
    after: ["auth-server"],
  },
  "profile-server-static": {
    service: "fxa-profile-server-static",
    selector: "fxa-profile-server-static",
    // It listens one above PORT, which therefore stays the profile-server's (6).
    port: 1112,
    reach: "public",
    hosts: ["images"],
    image: "fxa",
    liveness: "tcp",
    readiness: "tcp",
    startSeconds: usualStart,
    scales: true,
    resources: small,
    after: ["auth-server"],
  },
  "payments-server": {
    service: "fxa-payments-server",
    selector: "fxa-payments-server",
    port: 3031,
    reach: "public",
    hosts: ["subscriptions"],
    image: "fxa",
    liveness: "tcp",
    readiness: heartbeat,
    startSeconds: usualStart,
    scales: true,
    resources: small,
    after: ["auth-server", "profile-server"],
  },
  // The seed lists the next two; its pods, and the launcher, have them under profile-server (2).
  "payments-server-worker": {
    service: "fxa-payments-server-worker",
    selector: "fxa-payments-server-worker",
    port: 3031,
    reach: "internal",
    hosts: [],
    image: "fxa",
    liveness: "tcp",
    readiness: "tcp",
    startSeconds: usualStart,
    scales: one.unlaunched,
    resources: small,
    after: ["auth-server"],
  },
  "payments-server-static": {
    service: "fxa-payments-server-static",
    selector: "fxa-payments-server-static",
    port: 3031,
    reach: "internal",
    hosts: [],
    image: "fxa",
    liveness: "tcp",
    readiness: "tcp",
    startSeconds: usualStart,
    scales: one.unlaunched,
    resources: small,
    after: ["auth-server"],
  },
  "event-broker": {
    service: "fxa-event-broker",
    selector: "fxa-event-broker",
    port: 8090,
    reach: "public",
    hosts: ["eventbroker"],
    image: "fxa",
    // Both are trivial: green says nothing of SQS and Firestore (4.2).
    liveness: lbheartbeat,
    readiness: heartbeat,
    startSeconds: slowStart,
    scales: one.broker,
    resources: large,
    // It asks for the clients' capabilities before it listens, and exits where nobody answers.
    after: ["auth-server"],
  },
  "mail-service": {
    service: "fxa-mail-service",
    port: 8001,
    reach: "internal",
    hosts: [],
    image: "mail-service",
    liveness: lbheartbeat,
    readiness: heartbeat,
    startSeconds: usualStart,
    scales: true,
    resources: small,
    after: ["auth-db-mysql", "redis-master"],
  },
  "browserid-verifier": {
    service: "browserid-verifier",
    selector: "browserid-verifier",
    port: 5050,
    reach: "internal",
    hosts: [],
    image: "fxa",
    // Answered before it looks whether it is too busy.
    liveness: { path: "/status" },
    readiness: { path: "/status" },
    startSeconds: usualStart,
    scales: true,
    resources: small,
    after: [],
  },
  fortress: {
    service: "fortress",
    selector: "fortress",
    port: 9292,
    reach: "public",
    hosts: ["fortress"],
    image: "fxa",
    liveness: root,
    readiness: root,
    startSeconds: usualStart,
    scales: one.demo,
    resources: small,
    after: ["content-server"],
  },
  "123done": {
    service: "123done",
    selector: "123done",
    port: 8080,
    reach: "public",
    hosts: ["123done"],
    image: "fxa",
    liveness: root,
    readiness: root,
    startSeconds: usualStart,
    scales: one.demo,
    resources: small,
    after: ["content-server"],
  },
  "321done": {
    service: "321done",
    selector: "321done",
    port: 10139,
    reach: "public",
    hosts: ["321done"],
    image: "fxa",
    liveness: root,
    readiness: root,
    startSeconds: usualStart,
    scales: one.demo,
    resources: small,
    after: ["content-server"],
  },
  "mozilla-sync": {
    service: "mozilla-sync",
    port: 5000,
    reach: "public",
    hosts: ["token", "sync"],
    image: "sync",
    // Its port is open before the program behind it has started; its root says that it works.
    liveness: "tcp",
    readiness: root,
    startSeconds: usualStart,
    scales: one.sync,
    resources: small,
    // It asks the content-server for addresses before it serves, and exits where nobody answers.
    after: ["mysql", "auth-server", "browserid-verifier", "content-server"],
  },
} as const satisfies Record<Program, PublicTraits | InternalTraits>;

/** A row, read by what every row has. */
export const traitsOf = (program: Program): ServerTraits => servers[program];

/** Service names and ports of the stores inside the cluster (6). */
export const storePorts = {
  mysql: { service: "mysql", port: mysqlPort },
  "redis-master": { service: "redis-master", port: redisPort },
  memcached: { service: "memcached", port: memcachedPort },
} as const satisfies Record<Store, { readonly service: string; readonly port: number }>;
