/**
 * The calls a store needs for its own sake, for the stack's flow table, and where callers find it.
 */
import { type Flow, type Peer, tcp } from "../base/flows.ts";
import type { BackupPlan } from "./backup.schema.ts";
import type { PostgresConfig } from "./postgres.schema.ts";
import type { RedisConfig } from "./redis.schema.ts";

/** Port of the built-in Postgres. */
export const postgresPort = 5_432;

/** Port of the built-in Redis. */
export const redisPort = 6_379;

/** Port of the Redis that a restore starts for the real one to copy from. */
export const redisRestorePort = 6_380;

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

/**
 * Where callers reach a Postgres.
 *
 * @param name Of the {@link Postgres} component.
 */
export function postgresEnd(name: string, config: PostgresConfig, namespace: string): StoreEnd {
  return config.kind === "builtin"
    ? { peer: workload(name, namespace), port: postgresPort }
    : { peer: { kind: "internet" }, port: config.port };
}

/**
 * Where callers reach a Redis.
 *
 * @param name Of the {@link Redis} component.
 */
export function redisEnd(name: string, config: RedisConfig, namespace: string): StoreEnd {
  return config.kind === "builtin"
    ? { peer: workload(name, namespace), port: redisPort }
    : { peer: { kind: "internet" }, port: config.port };
}

/** Config of a store, as far as its own flows depend on it. */
type Kept =
  { readonly kind: "builtin"; readonly backup: BackupPlan } | { readonly kind: "external" };

function backedUp(config: Kept): boolean {
  return config.kind === "builtin" && config.backup.kind === "scheduled";
}

/** Calls of a Postgres' backups and restores. They belong in the stack's flow table. */
export function postgresFlows(name: string, config: PostgresConfig, namespace: string): Flow[] {
  const callers = backedUp(config) ? [backupName(name), restoreName(name)] : [];
  return callers.map((caller) => ({
    from: workload(caller, namespace),
    to: workload(name, namespace),
    ports: [tcp(postgresPort)],
  }));
}

/**
 * Calls of a Redis' backups and restores. They belong in the stack's flow table.
 *
 * A restore is dialled by the store itself, which copies the old data from it.
 */
export function redisFlows(name: string, config: RedisConfig, namespace: string): Flow[] {
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
