/** A Redis server: in the cluster, or somewhere else. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { Port } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { Placement, Resources } from "../workload/workload.schema.ts";
import { BackupPlan } from "./backup.schema.ts";
import { Storage, StoreHost } from "./storage.schema.ts";

/** One pod with a disk of its own, from the official image. */
export const BuiltinRedis = z.strictObject({
  kind: z.literal("builtin"),
  /** Official image, Debian flavour: its user is number 999, and backups need its coreutils. */
  image: ImageReference.default("docker.io/library/redis:7.4.6-bookworm"),
  storage: Storage.prefault({}),
  /** Of the memory limit three fifths hold data: a rewrite of the log copies what changes meanwhile. */
  resources: Resources.default({
    requests: { cpu: "50m", memory: "64Mi" },
    limits: { memory: "256Mi" },
  }),
  placement: Placement.optional(),
  password: reference("password"),
  backup: BackupPlan,
});
/** {@inheritDoc BuiltinRedis} */
export type BuiltinRedis = z.infer<typeof BuiltinRedis>;

/** A server somewhere else, without TLS: the services know `redis://` only (facts/skywire.md 2.2). */
export const ExternalRedis = z.strictObject({
  kind: z.literal("external"),
  host: StoreHost,
  port: Port.default(6_379),
  password: reference("password"),
});
/** {@inheritDoc ExternalRedis} */
export type ExternalRedis = z.infer<typeof ExternalRedis>;

/** Where a Redis is. */
export const RedisConfig = z.discriminatedUnion("kind", [BuiltinRedis, ExternalRedis], {
  error: "must say kind: builtin or external",
});
/** {@inheritDoc RedisConfig} */
export type RedisConfig = z.infer<typeof RedisConfig>;
