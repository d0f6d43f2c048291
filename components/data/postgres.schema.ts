/** A Postgres server: in the cluster, or somewhere else. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { reference } from "../base/secrets.ts";
import { Placement, Resources } from "../workload/workload.schema.ts";
import { BackupPlan } from "./backup.schema.ts";
import { outsideStore } from "./outside.schema.ts";
import { postgresPort } from "./ports.ts";
import { Disk } from "./storage.schema.ts";
import { Storage } from "../workload/storage.schema.ts";

/** Databases and roles that Postgres makes for itself. */
const taken = ["postgres", "template0", "template1", "public", "none"];

/** Name of a database, and of the role that owns it. */
export const DatabaseName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,62}$/,
    "must be lower-case letters, digits and underscores, e.g. uptime_tracker",
  )
  .refine(
    (name) => !name.startsWith("pg_") && !taken.includes(name),
    "must not be a name that Postgres keeps for itself",
  );

/** A database of the built-in server. Its owner is a role of the same name. */
const OwnedDatabase = z.strictObject({
  /** Password of the owner. */
  password: reference("password"),
  /**
   * Extensions that the database has before anybody logs in: most of them only the superuser may make. Of the
   * image's own, e.g. `hstore`.
   */
  extensions: z
    .array(
      z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, "must be the name of an extension, e.g. hstore"),
    )
    .optional(),
});

/** One pod with a disk of its own, from the official image. */
export const BuiltinPostgres = z.strictObject({
  kind: z.literal("builtin"),
  /**
   * Official image, Debian flavour: its user is number 999, Alpine's is another one. Another major
   * version needs a dump by the old and a restore by the new one: the pod refuses foreign data. Servers
   * before 10 know no SCRAM and check passwords by MD5.
   */
  image: ImageReference.default("docker.io/library/postgres:17.6-bookworm"),
  storage: Storage.prefault({}),
  /**
   * Connections of all programs together. Postgres' own 100 do not do: transport-discovery,
   * route-finder and uptime-tracker open up to 60 each, service-discovery as many as it likes
   * (facts/skywire.md 5).
   */
  maxConnections: z
    .int("must be a whole number of connections, e.g. 300")
    .min(10, "must be at least 10")
    .max(5_000, "must be at most 5000")
    .default(300),
  resources: Resources.default({
    requests: { cpu: "100m", memory: "512Mi" },
    limits: { memory: "2Gi" },
  }),
  placement: Placement.optional(),
  /**
   * Databases by name. One that is added is made when the pod next starts, which the change itself
   * brings about. One that is taken out can no longer be dialled, but keeps its data.
   */
  databases: z
    .record(DatabaseName, OwnedDatabase)
    .refine((databases) => Object.keys(databases).length > 0, "must list at least one database"),
  backup: BackupPlan,
});
/** {@inheritDoc BuiltinPostgres} */
export type BuiltinPostgres = z.infer<typeof BuiltinPostgres>;

/** A database of a server that is run by somebody else. */
const ForeignDatabase = z.strictObject({
  /** Name on that server. Default: the key it stands under. */
  database: z.string().min(1, "must not be empty").optional(),
  user: z.string().min(1, "must name the role to log in as"),
  password: reference("password"),
});

/** A server somewhere else. Making its databases and backups is its operator's affair. */
export const ExternalPostgres = z.strictObject({
  ...outsideStore(postgresPort),
  /** What the services' connection strings say, unchangeably (facts/skywire.md 2.2). */
  sslmode: z
    .literal("disable", {
      message:
        "must be disable: the services cannot do TLS; a server that insists on it needs a TLS proxy in between",
    })
    .default("disable"),
  databases: z
    .record(DatabaseName, ForeignDatabase)
    .refine((databases) => Object.keys(databases).length > 0, "must list at least one database"),
});
/** {@inheritDoc ExternalPostgres} */
export type ExternalPostgres = z.infer<typeof ExternalPostgres>;

/** Where Postgres is. */
export const PostgresConfig = z.discriminatedUnion("kind", [BuiltinPostgres, ExternalPostgres], {
  error: "must say kind: builtin or external",
});
/** {@inheritDoc PostgresConfig} */
export type PostgresConfig = z.infer<typeof PostgresConfig>;

/** The same for environments that may start from nothing: the server may go without a disk. */
export const DisklessPostgresConfig = z.discriminatedUnion(
  "kind",
  [BuiltinPostgres.extend({ storage: Disk.prefault({}) }), ExternalPostgres],
  { error: "must say kind: builtin or external" },
);
/** {@inheritDoc DisklessPostgresConfig} */
export type DisklessPostgresConfig = z.infer<typeof DisklessPostgresConfig>;
/** The built-in one of {@link DisklessPostgresConfig}. */
export type DisklessBuiltinPostgres = Extract<DisklessPostgresConfig, { readonly kind: "builtin" }>;
