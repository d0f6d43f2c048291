/** What a stack file says about the stores of a Skywire deployment. */
import * as z from "zod";

import { ImageReference } from "../../components/base/images.ts";
import { BackupPlan } from "../../components/data/backup.schema.ts";
import { DatabaseName, PostgresConfig } from "../../components/data/postgres.schema.ts";
import { RedisConfig } from "../../components/data/redis.schema.ts";

/** Redis of a program whose entries nothing restores (facts/skywire.md 5): backed up each night. */
const keptRedis = (program: string) =>
  RedisConfig.prefault({
    kind: "builtin",
    password: `redis-${program}`,
    backup: { kind: "scheduled" },
  });

/** Redis that holds nonces, which clients fetch anew, or results of tests: not worth a backup (5). */
const rebuiltRedis = (program: string) =>
  RedisConfig.prefault({ kind: "builtin", password: `redis-${program}`, backup: { kind: "none" } });

/**
 * `fleet:stores`: one Postgres with separate databases, one Redis for each program. A shared Redis
 * would work, but address-resolver and network-monitor search all keys of theirs (3.1).
 */
export const SkywireStores = z
  .strictObject({
    postgres: PostgresConfig.prefault({
      kind: "builtin",
      databases: {
        tpd: { password: "postgres-tpd" },
        sd: { password: "postgres-sd" },
        ut: { password: "postgres-ut" },
      },
    }),
    /**
     * Database of each program. The route-finder has no field: it reads the transport-discovery's
     * tables, and with a database of its own it would find no route (9, point 11).
     */
    databases: z
      .strictObject({
        "transport-discovery": DatabaseName.default("tpd"),
        "service-discovery": DatabaseName.default("sd"),
        "uptime-tracker": DatabaseName.default("ut"),
      })
      .prefault({}),
    redis: z
      .strictObject({
        "address-resolver": keptRedis("address-resolver"),
        "dmsg-discovery": keptRedis("dmsg-discovery"),
        "network-monitor": rebuiltRedis("network-monitor"),
        "service-discovery": rebuiltRedis("service-discovery"),
        "transport-discovery": rebuiltRedis("transport-discovery"),
        "uptime-tracker": rebuiltRedis("uptime-tracker"),
      })
      .prefault({}),
    /** The uptime-tracker's daily files: the only copy of what it has moved out of Postgres (5). */
    dailyData: z
      .strictObject({
        /** Has a shell, coreutils, flock, tar and gzip. */
        image: ImageReference.default("docker.io/library/debian:12.12-slim"),
        backup: BackupPlan,
      })
      .prefault({}),
  })
  .prefault({});
/** {@inheritDoc SkywireStores} */
export type SkywireStores = z.infer<typeof SkywireStores>;
