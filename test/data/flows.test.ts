import { describe, expect, it } from "vitest";

import { flowsOf, tcp } from "../../components/base/flows.ts";
import { postgresEnd, postgresFlows, redisEnd, redisFlows } from "../../components/data/flows.ts";
import { PostgresConfig } from "../../components/data/postgres.schema.ts";
import { RedisConfig } from "../../components/data/redis.schema.ts";

const workload = (name: string) => ({ kind: "workload", name, namespace: "demo" }) as const;
const databases = { ut: { password: "postgres-ut" } };

describe("the flows of a store", () => {
  it("let Postgres' backups and restores in", () => {
    const config = PostgresConfig.parse({ kind: "builtin", databases });
    const { callers, calls } = flowsOf(postgresFlows("pg", config, "demo"), "pg", "demo");
    expect(callers).toEqual([
      { from: workload("pg-backup"), to: workload("pg"), ports: [tcp(5432)] },
      { from: workload("pg-restore"), to: workload("pg"), ports: [tcp(5432)] },
    ]);
    expect(calls).toEqual([]);
  });

  it("let Redis copy from a restore", () => {
    const config = RedisConfig.parse({ kind: "builtin", password: "redis-ar" });
    const { callers, calls } = flowsOf(redisFlows("ar", config, "demo"), "ar", "demo");
    expect(callers.map(({ from }) => from)).toEqual([
      workload("ar-backup"),
      workload("ar-restore"),
    ]);
    expect(calls).toEqual([
      { from: workload("ar"), to: workload("ar-restore"), ports: [tcp(6380)] },
    ]);
  });

  it("are none without backups, and none for a store elsewhere", () => {
    const backup = { kind: "none" };
    const postgres = PostgresConfig.parse({ kind: "builtin", databases, backup });
    const host = "203.0.113.7";
    const redis = RedisConfig.parse({ kind: "external", host, password: "redis-ar" });
    expect(postgresFlows("pg", postgres, "demo")).toEqual([]);
    expect(redisFlows("ar", redis, "demo")).toEqual([]);
  });

  it("end at the pod, or at the address elsewhere", () => {
    const inside = PostgresConfig.parse({ kind: "builtin", databases });
    expect(postgresEnd("pg", inside, "demo")).toEqual({ peer: workload("pg"), port: 5432 });
    const builtin = RedisConfig.parse({ kind: "builtin", password: "p" });
    expect(redisEnd("ar", builtin, "demo")).toEqual({ peer: workload("ar"), port: 6379 });
    const outside = { kind: "external", host: "203.0.113.7", port: 7000, password: "p" };
    expect(redisEnd("ar", RedisConfig.parse(outside), "demo")).toEqual({
      peer: { kind: "internet" },
      port: 7000,
    });
  });
});
