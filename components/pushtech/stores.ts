/**
 * The stores of the system by the names under which its programs dial them, with the names of the workloads behind
 * them, which differ here and there and are kept (facts/pushtech.md 3.3).
 */

/** A store as the original has it. */
export interface StoreTraits {
  readonly kind: "mongo" | "postgres" | "redis" | "zookeeper" | "kafka";
  /** Controller of its pods. */
  readonly workload: string;
  readonly port: number;
  /** Of a Postgres. */
  readonly database?: string;
}

/** Service → store. */
export const stores = {
  "storage-db": { kind: "mongo", workload: "storage-db", port: 27_017, database: "store" },
  "website-db": { kind: "postgres", workload: "website-db", port: 5_432, database: "webs" },
  "imgserver-db": {
    kind: "postgres",
    workload: "imgserver-db",
    port: 5_432,
    database: "imgserver",
  },
  "notifserver-db": {
    kind: "postgres",
    workload: "notifserver-db-pg",
    port: 5_432,
    database: "notserver",
  },
  "notifserver-redis": { kind: "redis", workload: "notifserver-db-redis", port: 6_379 },
  "offerserver-redis": { kind: "redis", workload: "offerserver-db", port: 6_379 },
  "consumers-nodejs-redis": { kind: "redis", workload: "consumers-nodejs-db", port: 6_379 },
  "consumers-ruby-redis": { kind: "redis", workload: "consumers-ruby-db", port: 6_379 },
  zookeeper: { kind: "zookeeper", workload: "zookeeper", port: 2_181 },
  // Not `kafka`: variables of a Service of that name would be taken for the broker's settings.
  kafkasrv: { kind: "kafka", workload: "kafka", port: 9_092 },
} as const satisfies Readonly<Record<string, StoreTraits>>;

/** Service of a store. */
export type StoreName = keyof typeof stores;

/** Stores of one kind. */
export type StoreOf<Kind extends StoreTraits["kind"]> = {
  [Name in StoreName]: (typeof stores)[Name]["kind"] extends Kind ? Name : never;
}[StoreName];

/** Topic through which everything goes. */
export const kafkaTopic = "test";
