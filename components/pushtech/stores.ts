/**
 * The stores of the system by the names under which its programs dial them, with the names of the workloads behind
 * them, which differ here and there and are kept (facts/pushtech.md 3.3).
 */
import { kafkaPort, mongoPort, postgresPort, redisPort, zookeeperPort } from "../data/ports.ts";

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
  "storage-db": { kind: "mongo", workload: "storage-db", port: mongoPort, database: "store" },
  "website-db": { kind: "postgres", workload: "website-db", port: postgresPort, database: "webs" },
  "imgserver-db": {
    kind: "postgres",
    workload: "imgserver-db",
    port: postgresPort,
    database: "imgserver",
  },
  "notifserver-db": {
    kind: "postgres",
    workload: "notifserver-db-pg",
    port: postgresPort,
    database: "notserver",
  },
  "notifserver-redis": { kind: "redis", workload: "notifserver-db-redis", port: redisPort },
  "offerserver-redis": { kind: "redis", workload: "offerserver-db", port: redisPort },
  "consumers-nodejs-redis": { kind: "redis", workload: "consumers-nodejs-db", port: redisPort },
  "consumers-ruby-redis": { kind: "redis", workload: "consumers-ruby-db", port: redisPort },
  zookeeper: { kind: "zookeeper", workload: "zookeeper", port: zookeeperPort },
  // Not `kafka`: variables of a Service of that name would be taken for the broker's settings.
  kafkasrv: { kind: "kafka", workload: "kafka", port: kafkaPort },
} as const satisfies Readonly<Record<string, StoreTraits>>;

/** Service of a store. */
export type StoreName = keyof typeof stores;

/** Stores of one kind. */
export type StoreOf<Kind extends StoreTraits["kind"]> = {
  [Name in StoreName]: (typeof stores)[Name]["kind"] extends Kind ? Name : never;
}[StoreName];

/** Topic through which everything goes. */
export const kafkaTopic = "test";
