/** Names and ends of a PushTech stack's stores, as flows and addresses need them. Pure. */
import { type Flow, type Peer, tcp } from "../../components/base/flows.ts";
import {
  kafkaEnd,
  kafkaFlows,
  mongoEnd,
  mongoFlows,
  postgresEnd,
  postgresFlows,
  redisEnd,
  redisFlows,
  sharedFilesFlows,
  type StoreEnd,
  zookeeperEnd,
} from "../../components/data/flows.ts";
import type { StoreNames } from "../../components/data/store.ts";
import { type StoreName, type StoreOf, stores } from "../../components/pushtech/stores.ts";
import type { PushtechStack } from "./schema.ts";

/** The databases. */
export const postgresStores = [
  "website-db",
  "imgserver-db",
  "notifserver-db",
] as const satisfies readonly StoreOf<"postgres">[];

/** The Redis of each program that has one. */
export const redisStores = [
  "notifserver-redis",
  "offerserver-redis",
  "consumers-nodejs-redis",
  "consumers-ruby-redis",
] as const satisfies readonly StoreOf<"redis">[];

/** Controller of a store's pods, which is called otherwise than its Service here and there. */
export const workloadOf = (store: StoreName): string => stores[store].workload;

/** Claim of each store's disk, by the name that operators know (facts/pushtech.md 4). */
const claims: Readonly<Partial<Record<StoreName, string>>> = {
  "storage-db": "mongostoredb",
  "website-db": "websitedb",
  "imgserver-db": "imgserverdb",
  "notifserver-db": "notserverdb",
  "notifserver-redis": "notserverredisdb",
  "offerserver-redis": "offerserverdb",
  "consumers-nodejs-redis": "redisconsumerdb",
  "consumers-ruby-redis": "rubyconsumerdb",
};

/** Claim of the uploaded images. */
export const imageClaim = "imgserverstore";

/** The NFS server, and its Service. */
export const imageServerName = "imageserver-nfs";

/** Job that makes Mongo's indexes. */
export const indexesName = "storage-db-indexes";

/** Names of a store's objects beside its controller's. */
export function namesOf(store: StoreName): StoreNames {
  const claim = claims[store];
  return {
    ...(workloadOf(store) === store ? {} : { service: store }),
    ...(claim === undefined ? {} : { claim }),
  };
}

/** Where programs reach each store, as network policies see it. */
export function storeEnds({
  stores: config,
  namespace,
}: PushtechStack): Readonly<Record<StoreName, StoreEnd>> {
  const postgres = postgresStores.map(
    (store) => [store, postgresEnd(workloadOf(store), config.postgres[store], namespace)] as const,
  );
  const redis = redisStores.map(
    (store) => [store, redisEnd(workloadOf(store), config.redis[store], namespace)] as const,
  );
  return Object.fromEntries([
    ["storage-db", mongoEnd(workloadOf("storage-db"), config.mongo, namespace)],
    ...postgres,
    ...redis,
    ["zookeeper", zookeeperEnd(workloadOf("zookeeper"), config.zookeeper, namespace)],
    ["kafkasrv", kafkaEnd(workloadOf("kafkasrv"), config.kafka, namespace)],
  ]) as Record<StoreName, StoreEnd>;
}

/** Calls of the stores themselves, of their backups, and of the Jobs that prepare them. */
export function storeFlows(stack: PushtechStack): Flow[] {
  const { stores: config, namespace } = stack;
  const ends = storeEnds(stack);
  const mongo = ends["storage-db"];
  const indexes: Peer = { kind: "workload", name: indexesName, namespace };
  return [
    ...mongoFlows(workloadOf("storage-db"), config.mongo, namespace),
    { from: indexes, to: mongo.peer, ports: [tcp(mongo.port)] },
    ...postgresStores.flatMap((store) =>
      postgresFlows(workloadOf(store), config.postgres[store], namespace),
    ),
    ...redisStores.flatMap((store) =>
      redisFlows(workloadOf(store), config.redis[store], namespace),
    ),
    ...kafkaFlows(workloadOf("kafkasrv"), config.kafka, namespace, ends.zookeeper),
    ...sharedFilesFlows(imageServerName, config.imageStore, config.imageNamespace),
  ];
}
