/** A MongoDB server: in the cluster, or somewhere else. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { reference } from "../base/secrets.ts";
import { Placement, Resources } from "../workload/workload.schema.ts";
import { BackupPlan } from "./backup.schema.ts";
import { outsideStore } from "./outside.schema.ts";
import { mongoPort } from "./ports.ts";
import { Disk } from "./storage.schema.ts";

/** Who logs in, where the server asks. */
export const MongoLogin = z.strictObject({
  user: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, "must be a user's name, e.g. storage"),
  password: reference("password"),
});
/** {@inheritDoc MongoLogin} */
export type MongoLogin = z.infer<typeof MongoLogin>;

/** One pod with a disk of its own, from the official image. */
export const BuiltinMongo = z.strictObject({
  kind: z.literal("builtin"),
  /**
   * Official image: its user is number 999. A server reads the files of its own series and the one
   * before only: go from one series to the next, or by a backup.
   */
  image: ImageReference.default("docker.io/library/mongo:3.6"),
  storage: Disk.prefault({}),
  /** Of the memory limit, half is the cache of the data, and never less than 256 MiB: the server's least. */
  resources: Resources.default({
    requests: { cpu: "200m", memory: "512Mi" },
    limits: { memory: "1Gi" },
  }),
  placement: Placement.optional(),
  backup: BackupPlan,
});
/** {@inheritDoc BuiltinMongo} */
export type BuiltinMongo = z.infer<typeof BuiltinMongo>;

/** A server that is run by somebody else. Its backups are its operator's affair. */
export const ExternalMongo = z.strictObject({
  ...outsideStore(mongoPort),
  /** Default: it asks nobody. */
  login: MongoLogin.optional(),
  /** Database that knows the user. */
  authSource: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,63}$/, "must be the name of a database, e.g. admin")
    .default("admin"),
  tls: z.boolean().default(false),
});
/** {@inheritDoc ExternalMongo} */
export type ExternalMongo = z.infer<typeof ExternalMongo>;

/** Where MongoDB is. */
export const MongoConfig = z.discriminatedUnion("kind", [BuiltinMongo, ExternalMongo], {
  error: "must say kind: builtin or external",
});
/** {@inheritDoc MongoConfig} */
export type MongoConfig = z.infer<typeof MongoConfig>;

/** Name of a collection. */
const CollectionName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.]{0,99}$/, "must be the name of a collection, e.g. offers");

/** An index of a collection: field → order, or `2dsphere`, `text`, `hashed`. */
export const MongoIndex = z.strictObject({
  collection: CollectionName,
  keys: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_.]{0,99}$/, "must be the path of a field, e.g. location"),
      z.union([z.literal(1), z.literal(-1), z.enum(["2dsphere", "text", "hashed"])], {
        error: "must be 1, -1, 2dsphere, text or hashed",
      }),
    )
    .refine((keys) => Object.keys(keys).length > 0, "must name at least one field"),
});
/** {@inheritDoc MongoIndex} */
export type MongoIndex = z.infer<typeof MongoIndex>;
