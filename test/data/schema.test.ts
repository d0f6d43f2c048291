import { describe, expect, it } from "vitest";
import type * as z from "zod";

import { BackupPlan } from "../../components/data/backup.schema.ts";
import { DisklessPostgresConfig, PostgresConfig } from "../../components/data/postgres.schema.ts";
import { OpenRedisConfig, RedisConfig } from "../../components/data/redis.schema.ts";
import { faultsOf } from "./surroundings.ts";

const databases = { ut: { password: "postgres-ut" } };

describe("the config of a store", () => {
  it("needs no more than databases, or a password", () => {
    const postgres = PostgresConfig.parse({ kind: "builtin", databases });
    expect(postgres).toMatchObject({
      image: "docker.io/library/postgres:17.6-bookworm",
      maxConnections: 300,
      storage: { size: "10Gi" },
      backup: { kind: "scheduled", schedule: "17 3 * * *", keep: 14, storage: { size: "10Gi" } },
    });
    const redis = RedisConfig.parse({ kind: "builtin", password: "redis-ar" });
    expect(redis).toMatchObject({
      image: "docker.io/library/redis:7.4.6-bookworm",
      password: { kind: "password", name: "redis-ar" },
      backup: { kind: "scheduled" },
    });
  });

  it("does without backups only when that is said", () => {
    expect(BackupPlan.parse(undefined)).toMatchObject({ kind: "scheduled" });
    expect(BackupPlan.parse({ kind: "none" })).toEqual({ kind: "none" });
  });

  it("does without a password, or a disk, only in the environments that may", () => {
    expect(OpenRedisConfig.parse({ kind: "builtin", storage: "none" })).toMatchObject({
      storage: "none",
    });
    const secured = { kind: "builtin", password: "p" } as const;
    expect(OpenRedisConfig.parse(secured)).toMatchObject({ password: { name: "p" } });
    expect(DisklessPostgresConfig.parse({ kind: "builtin", databases })).toMatchObject({
      storage: { size: "10Gi" },
    });
  });

  it("takes servers elsewhere", () => {
    const login = { user: "uptime", password: "postgres-ut" };
    const host = "192.168.133.7";
    expect(
      PostgresConfig.parse({ kind: "external", host, databases: { ut: login } }),
    ).toMatchObject({ host, port: 5432, sslmode: "disable" });
    expect(
      RedisConfig.parse({ kind: "external", host: "redis.skywire.dev", password: "redis-ar" }),
    ).toMatchObject({ host: "redis.skywire.dev", port: 6379 });
  });

  it.each<[string, z.ZodType, unknown, RegExp]>([
    ["no kind", PostgresConfig, { databases }, /^kind: must say kind: builtin or external$/],
    ["an unknown key", PostgresConfig, { kind: "builtin", databases, replicas: 2 }, /replicas/],
    ["no database", PostgresConfig, { kind: "builtin", databases: {} }, /^databases: must list/],
    [
      "a name with a dash",
      PostgresConfig,
      { kind: "builtin", databases: { "u-t": { password: "p" } } },
      /^databases\.u-t: /,
    ],
    [
      "a name that is Postgres' own",
      PostgresConfig,
      { kind: "builtin", databases: { postgres: { password: "p" } } },
      /^databases\.postgres: /,
    ],
    [
      "an image without a tag",
      PostgresConfig,
      { kind: "builtin", databases, image: "postgres" },
      /^image: must be an image with its tag/,
    ],
    [
      "half a connection",
      PostgresConfig,
      { kind: "builtin", databases, maxConnections: 10.5 },
      /^maxConnections: must be a whole number/,
    ],
    [
      "a size without a unit",
      PostgresConfig,
      { kind: "builtin", databases, storage: { size: "10" } },
      /^storage\.size: must be a quantity with a binary unit/,
    ],
    [
      "a schedule that is none",
      PostgresConfig,
      { kind: "builtin", databases, backup: { kind: "scheduled", schedule: "daily" } },
      /^backup\.schedule: must be a cron expression/,
    ],
    [
      "no backup kept",
      RedisConfig,
      { kind: "builtin", password: "p", backup: { kind: "scheduled", keep: 0 } },
      /^backup\.keep: must keep at least one/,
    ],
    ["no password", RedisConfig, { kind: "builtin" }, /^password: /],
    [
      "a password of a Redis whose tools cannot keep it to themselves",
      OpenRedisConfig,
      { kind: "builtin", image: "docker.io/library/redis:4.0.6", password: "p" },
      /^password: needs Redis 5 or newer/,
    ],
    [
      "the same of a Redis that always has one",
      RedisConfig,
      { kind: "builtin", image: "docker.io/library/redis:4.0.6", password: "p" },
      /^password: needs Redis 5 or newer/,
    ],
    [
      "a disk that is neither one nor none",
      DisklessPostgresConfig,
      { kind: "builtin", databases, storage: "no" },
      /^storage: must be a disk \(size, storageClass, data\) or none$/,
    ],
    [
      "no disk where there must be one",
      PostgresConfig,
      { kind: "builtin", databases, storage: "none" },
      /^storage: /,
    ],
    [
      "an extension that is a command",
      PostgresConfig,
      {
        kind: "builtin",
        databases: { ut: { password: "p", extensions: ["hstore; drop"] } },
      },
      /^databases\.ut\.extensions\.0: must be the name of an extension/,
    ],
    [
      "TLS to Postgres",
      PostgresConfig,
      {
        kind: "external",
        host: "db.skywire.dev",
        sslmode: "require",
        databases: { ut: { user: "u", password: "p" } },
      },
      /^sslmode: must be disable: the services cannot do TLS/,
    ],
    [
      "TLS to Redis",
      RedisConfig,
      { kind: "external", host: "rediss://redis.skywire.dev", password: "p" },
      /^host: must be a bare host name.*TLS \(rediss:\/\/\) does not work/,
    ],
  ])("refuses %s", (_, schema, value, message) => {
    const found = faultsOf(schema, value);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });
});
