/**
 * The calls a store needs for its own sake, for the stack's flow table, and where callers find it.
 */
import { type Flow, type Peer, tcp } from "../base/flows.ts";
import type { BackupPlan } from "./backup.schema.ts";
import type { KafkaConfig } from "./kafka.schema.ts";
import type { OutsideAddresses } from "./outside.schema.ts";
import {
  kafkaPort,
  mongoPort,
  mysqlPort,
  nfsPorts,
  postgresPort,
  redisPort,
  redisRestorePort,
  zookeeperPort,
} from "./ports.ts";
import type { OpenRedisConfig } from "./redis.schema.ts";
import type { SharedFilesConfig } from "./shared-files.schema.ts";

/** CronJob that backs a store up. */
export const backupName = (store: string): string => `${store}-backup`;

/** CronJob, never due, whose Jobs restore a store. */
export const restoreName = (store: string): string => `${store}-restore`;

/** A store as its callers' network policies see it. */
export interface StoreEnd {
  readonly peer: Peer;
  readonly port: number;
}

const workload = (name: string, namespace: string): Peer => ({ kind: "workload", name, namespace });

/** Where callers find a server outside the cluster: in the ranges that the file names, or on the internet. */
export const outsidePeer = (addresses: OutsideAddresses): Peer =>
  addresses === undefined ? { kind: "internet" } : { kind: "addresses", ranges: addresses };

/** Config of a store that is here or elsewhere. */
type Placed =
  | { readonly kind: "builtin" }
  | {
      readonly kind: "external";
      readonly port: number;
      readonly addresses?: OutsideAddresses;
    };

const storeEnd =
  (port: number) =>
  /** @param name Of the store's component. */
  (name: string, config: Placed, namespace: string): StoreEnd =>
    config.kind === "builtin"
      ? { peer: workload(name, namespace), port }
      : { peer: outsidePeer(config.addresses), port: config.port };

/** Where callers reach a Postgres. */
export const postgresEnd = storeEnd(postgresPort);

/** Where callers reach a Redis. */
export const redisEnd = storeEnd(redisPort);

/** Where callers reach a MongoDB. */
export const mongoEnd = storeEnd(mongoPort);

/** Where callers reach a MySQL. */
export const mysqlEnd = storeEnd(mysqlPort);

/** Where callers reach a ZooKeeper. */
export const zookeeperEnd = storeEnd(zookeeperPort);

/** Where callers reach Kafka's brokers. */
export const kafkaEnd = storeEnd(kafkaPort);

/** Config of a store, as far as its own flows depend on it. */
type Kept =
  | { readonly kind: "builtin"; readonly backup: BackupPlan }
  | { readonly kind: "external" };

function backedUp(config: Kept): boolean {
  return config.kind === "builtin" && config.backup.kind === "scheduled";
}

const backupCalls =
  (port: number) =>
  /** @param name Of the store's component. */
  (name: string, config: Kept, namespace: string): Flow[] =>
    (backedUp(config) ? [backupName(name), restoreName(name)] : []).map((caller) => ({
      from: workload(caller, namespace),
      to: workload(name, namespace),
      ports: [tcp(port)],
    }));

/** Calls of a Postgres' backups and restores. They belong in the stack's flow table. */
export const postgresFlows = backupCalls(postgresPort);

/** Calls of a MongoDB's backups and restores. They belong in the stack's flow table. */
export const mongoFlows = backupCalls(mongoPort);

/** Calls of a MySQL's backups and restores. They belong in the stack's flow table. */
export const mysqlFlows = backupCalls(mysqlPort);

/** Job that makes a Kafka's topics. */
export const topicsName = (kafka: string): string => `${kafka}-topics`;

/**
 * Calls of Kafka's brokers and of the Job that makes the topics: to one another, and to ZooKeeper. They belong in
 * the stack's flow table.
 */
export function kafkaFlows(
  name: string,
  config: KafkaConfig,
  namespace: string,
  zookeeper: StoreEnd,
): Flow[] {
  if (config.kind === "external") {
    return [];
  }
  const brokers = workload(name, namespace);
  const topics = workload(topicsName(name), namespace);
  return [
    { from: brokers, to: brokers, ports: [tcp(kafkaPort)] },
    { from: topics, to: brokers, ports: [tcp(kafkaPort)] },
    ...[brokers, topics].map((from) => ({
      from,
      to: zookeeper.peer,
      ports: [tcp(zookeeper.port)],
    })),
  ];
}

/**
 * Calls to an NFS server, all of them the nodes': it is they who mount its files into pods. They belong in the
 * stack's flow table.
 *
 * @param namespace Of the server.
 */
export const sharedFilesFlows = (
  name: string,
  config: SharedFilesConfig,
  namespace: string,
): Flow[] =>
  config.kind === "nfs"
    ? [
        {
          from: { kind: "nodes" },
          to: workload(name, namespace),
          ports: [tcp(nfsPorts.nfs), tcp(nfsPorts.mountd)],
        },
      ]
    : [];

/**
 * Calls of a Redis' backups and restores. They belong in the stack's flow table.
 *
 * A restore is dialled by the store itself, which copies the old data from it.
 */
export function redisFlows(name: string, config: OpenRedisConfig, namespace: string): Flow[] {
  if (!backedUp(config)) {
    return [];
  }
  const store = workload(name, namespace);
  const restore = workload(restoreName(name), namespace);
  return [
    { from: workload(backupName(name), namespace), to: store, ports: [tcp(redisPort)] },
    { from: restore, to: store, ports: [tcp(redisPort)] },
    { from: store, to: restore, ports: [tcp(redisRestorePort)] },
  ];
}
