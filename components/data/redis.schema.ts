/** A Redis server: in the cluster, or somewhere else. */
import * as z from "zod";

import { ImageReference, parseImage } from "../base/images.ts";
import { reference } from "../base/secrets.ts";
import { Placement, Resources } from "../workload/workload.schema.ts";
import { BackupPlan } from "./backup.schema.ts";
import { outsideStore } from "./outside.schema.ts";
import { redisPort } from "./ports.ts";
import { Disk } from "./storage.schema.ts";
import { Storage } from "../workload/storage.schema.ts";

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
  ...outsideStore(redisPort),
  password: reference("password"),
});
/** {@inheritDoc ExternalRedis} */
export type ExternalRedis = z.infer<typeof ExternalRedis>;

/** Whether an image is of a series before 5, whose `redis-cli` takes no password from its surroundings. */
const isBeforeFive = (image: string): boolean => /^[0-4]\./.test(parseImage(image).tag);

/** Whether whoever asks a server as its image's own client can log in. */
const canLogIn = (
  config:
    | { readonly kind: "builtin"; readonly image: string; readonly password?: unknown }
    | { readonly kind: "external" },
): boolean =>
  config.kind === "external" || config.password === undefined || !isBeforeFive(config.image);

const needsFive = {
  path: ["password"],
  message:
    "needs Redis 5 or newer: before, probes and backups would have to say it on their command lines",
};

/** Where a Redis is. */
export const RedisConfig = z
  .discriminatedUnion("kind", [BuiltinRedis, ExternalRedis], {
    error: "must say kind: builtin or external",
  })
  .refine(canLogIn, needsFive);
/** {@inheritDoc RedisConfig} */
export type RedisConfig = z.infer<typeof RedisConfig>;

/** A built-in one for programs that may know no password: then only the network policies keep others out. */
export const OpenBuiltinRedis = BuiltinRedis.extend({
  storage: Disk.prefault({}),
  /** Default: it asks nobody. */
  password: reference("password").optional(),
});

/**
 * Where a Redis is whose programs may know no password.
 *
 * @param builtin {@link OpenBuiltinRedis}, with defaults of a system's own.
 */
export const openRedis = (builtin: typeof OpenBuiltinRedis) =>
  z
    .discriminatedUnion(
      "kind",
      [builtin, ExternalRedis.extend({ password: reference("password").optional() })],
      { error: "must say kind: builtin or external" },
    )
    .refine(canLogIn, needsFive);

/** {@link openRedis} with the defaults of every Redis. */
export const OpenRedisConfig = openRedis(OpenBuiltinRedis);
/** {@inheritDoc OpenRedisConfig} */
export type OpenRedisConfig = z.infer<typeof OpenRedisConfig>;
/** {@inheritDoc OpenBuiltinRedis} */
export type OpenBuiltinRedis = z.infer<typeof OpenBuiltinRedis>;
