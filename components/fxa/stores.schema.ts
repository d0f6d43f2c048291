/** `fleet:mysql`, `fleet:redis` and `fleet:memcached` of a stack file. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { Hostname, Ipv4 } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { BackupPlan } from "../data/backup.schema.ts";
import { outsideStore } from "../data/outside.schema.ts";
import { mysqlPort, redisPort } from "../data/ports.ts";
import { Storage } from "../workload/storage.schema.ts";
import { Placement, Resources } from "../workload/workload.schema.ts";

const Host = z.union([Ipv4, Hostname], {
  message:
    "must be a bare host name or IPv4 address, e.g. mysql.example.org: no scheme and no port",
});

const Database = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,64}$/, "must be the name of a database: letters, digits and underscores")
  .refine(
    (name) =>
      !["mysql", "sys", "information_schema", "performance_schema"].includes(name.toLowerCase()),
    "must be a database of its own: this one is MySQL's",
  );

/** One account for all: auth-db-mysql calls it MYSQL_USER, the others MYSQL_USERNAME (facts/fxa.md 6 and 10). */
const account = {
  user: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,32}$/, "must be the name of an account at MySQL, at most 32 letters")
    .refine(
      (user) => user !== "root",
      "must be an account of its own: root may do all, and has its own password",
    )
    .default("fxa"),
  /**
   * Its password. To rotate it: make MySQL accept both (ALTER USER … RETAIN CURRENT PASSWORD), change the entry,
   * run, and discard the old one.
   */
  password: reference("password").prefault("mysql"),
  databases: z
    .strictObject({
      auth: Database.default("fxa"),
      profile: Database.default("fxa_profile"),
      oauth: Database.default("fxa_oauth"),
      sync: Database.default("sync"),
    })
    // Where MySQL stands on a file system that takes both for one, or is told to, they are one.
    .refine(
      (names) => new Set(Object.values(names).map((name) => name.toLowerCase())).size === 4,
      "must be four different databases, by more than capital letters",
    )
    .prefault({}),
};

/** `fleet:mysql` of a stack file. The account needs rights to change tables: the patchers do (6). */
export const MysqlConfig = z.discriminatedUnion(
  "kind",
  [
    /** A managed one. */
    z.strictObject({
      ...outsideStore(mysqlPort),
      host: Host,
      ...account,
    }),
    /** One pod with one disk, for trials. */
    z.strictObject({
      kind: z.literal("builtin"),
      image: ImageReference.default("docker.io/library/mysql:8.4.6"),
      storage: Storage.prefault({}),
      resources: Resources.prefault({
        requests: { cpu: "250m", memory: "512Mi" },
        limits: { memory: "1Gi" },
      }),
      placement: Placement.optional(),
      /** Password of its root, which makes the account and its databases. */
      rootPassword: reference("password").prefault("mysql-root"),
      /** In production a disk in one pod is refused without this word: accounts are lost with it. */
      inProduction: z.literal("trial", "must be trial, or be left out").optional(),
      backup: BackupPlan,
      ...account,
    }),
  ],
  { error: "must say kind: external or builtin" },
);
/** {@inheritDoc MysqlConfig} */
export type MysqlConfig = z.infer<typeof MysqlConfig>;

/**
 * `fleet:redis` of a stack file: sessions and what is known of refresh tokens.
 *
 * Without a password: the auth-server has no setting for one (facts/fxa.md 6). Network policies keep others out.
 */
export const RedisConfig = z
  .discriminatedUnion(
    "kind",
    [
      z.strictObject({
        kind: z.literal("builtin"),
        image: ImageReference.default("docker.io/library/redis:7.4.6-bookworm"),
        /** `none` loses sessions with each pod. */
        disk: z.union([z.literal("none"), Storage], "must be none or a disk").prefault({}),
        resources: Resources.prefault({
          requests: { cpu: "100m", memory: "256Mi" },
          limits: { memory: "512Mi" },
        }),
        placement: Placement.optional(),
      }),
      z.strictObject({
        ...outsideStore(redisPort),
        host: Host,
      }),
    ],
    { error: "must say kind: builtin or external" },
  )
  .prefault({ kind: "builtin" });
/** {@inheritDoc RedisConfig} */
export type RedisConfig = z.infer<typeof RedisConfig>;

/** `fleet:memcached` of a stack file. One pod: a second behind its Service would split the keys (9). */
export const MemcachedConfig = z
  .strictObject({
    image: ImageReference.default("docker.io/library/memcached:1.6.39"),
    /** What it may keep, in MiB; the limit of its memory must leave it 32 and a sixteenth for itself. */
    megabytes: z
      .int("must be whole MiB, e.g. 64")
      .min(16, "must be at least 16")
      .max(65_536, "must be at most 65536")
      .default(64),
    resources: Resources.prefault({
      requests: { cpu: "50m", memory: "96Mi" },
      limits: { memory: "128Mi" },
    }),
    placement: Placement.optional(),
  })
  .prefault({});
/** {@inheritDoc MemcachedConfig} */
export type MemcachedConfig = z.infer<typeof MemcachedConfig>;
