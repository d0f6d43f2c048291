import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { Backups } from "../../components/data/backup.ts";
import { redisFlows } from "../../components/data/flows.ts";
import { Redis } from "../../components/data/redis.ts";
import { OpenRedisConfig, RedisConfig } from "../../components/data/redis.schema.ts";
import { find } from "../harness.ts";
import {
  cronJob,
  passwords,
  resourcesOf,
  statefulPod,
  surroundings,
  under,
  variables,
} from "./surroundings.ts";

const program = (change: Record<string, unknown> = {}, name = "ar") => {
  const config = RedisConfig.parse({ kind: "builtin", password: "redis-ar", ...change });
  return under(
    (opts) => new Redis(name, { ...surroundings(redisFlows(name, config, "demo")), config }, opts),
  );
};

describe("Redis", () => {
  it("makes exactly its children", async () => {
    expect(resourcesOf(await program())).toEqual([
      "apps/v1:StatefulSet ar",
      "batch/v1:CronJob ar-backup",
      "batch/v1:CronJob ar-restore",
      "core/v1:ConfigMap ar-backup-scripts",
      "core/v1:ConfigMap ar-restore-scripts",
      "core/v1:ConfigMap ar-scripts",
      "core/v1:PersistentVolumeClaim ar-backup-data",
      "core/v1:PersistentVolumeClaim ar-data",
      "core/v1:Secret ar-backup-env",
      "core/v1:Secret ar-config",
      "core/v1:Secret ar-env",
      "core/v1:Secret ar-restore-config",
      "core/v1:Secret ar-restore-env",
      "core/v1:Service ar-service",
      "core/v1:ServiceAccount ar-account",
      "core/v1:ServiceAccount ar-backup-account",
      "core/v1:ServiceAccount ar-restore-account",
      "networking.k8s.io/v1:NetworkPolicy ar-backup-policy",
      "networking.k8s.io/v1:NetworkPolicy ar-policy",
      "networking.k8s.io/v1:NetworkPolicy ar-restore-policy",
      "policy/v1:PodDisruptionBudget ar-budget",
    ]);
  });

  it("hands every child its explicit provider", async () => {
    const collected = await program();
    const without = collected.resources.filter(
      ({ custom, type, provider }) =>
        custom && !type.startsWith("pulumi:") && !provider.includes("::cluster::"),
    );
    expect(without).toEqual([]);
  });

  it("reads its whole configuration from a Secret, the password included", async () => {
    const collected = await program();
    const secret = find(collected, "kubernetes:core/v1:Secret", "ar-config");
    const text = JSON.stringify(secret.inputs);
    expect(text).toContain(`requirepass ${passwords["redis-ar"] ?? ""}`);
    expect(text).toContain("dir /data");
    const { spec } = statefulPod(collected, "ar");
    expect(spec.containers[0]).toMatchObject({
      command: ["sh", "/etc/fleet/scripts/start.sh"],
      args: ["/etc/redis/redis.conf"],
      securityContext: { readOnlyRootFilesystem: true },
    });
    expect(spec.securityContext).toMatchObject({ runAsUser: 999, runAsNonRoot: true });
  });

  it("keeps the password in Secrets only, and out of its probes", async () => {
    const collected = await program();
    const others = collected.resources.filter(({ type }) => type !== "kubernetes:core/v1:Secret");
    expect(JSON.stringify(others)).not.toContain(passwords["redis-ar"]);
    expect(variables(statefulPod(collected, "ar"))).toEqual({
      REDISCLI_AUTH: { secretKeyRef: { name: "ar-env-auto", key: "ar.REDISCLI_AUTH" } },
    });
  });

  it("tells a restore where the store finds it", async () => {
    const restore = cronJob(await program(), "ar-restore");
    expect(restore.suspend).toBe(true);
    expect(variables(restore.jobTemplate.spec.template)).toMatchObject({
      RESTORE_HOST: { fieldRef: { fieldPath: "status.podIP" } },
      RESTORE_PORT: "6380",
      RESTORE_CONFIG: "/etc/fleet/config/restore.conf",
      REDIS_HOST: "ar.demo.svc",
      BACKUP: "latest",
    });
  });

  it("does without backups when that is said", async () => {
    const made = resourcesOf(await program({ backup: { kind: "none" } }));
    expect(made.filter((line) => /backup|restore/.test(line))).toEqual([]);
  });

  it("tells programs its address without the password, and the password as a secret", async () => {
    const redis = (await program()).result as Redis;
    expect(redis.url).toBe("redis://ar.demo.svc:6379");
    expect(await pulumi.isSecret(redis.password)).toBe(true);
  });

  it("has no Secret with a password where none is asked for, and hands none out", async () => {
    const config = OpenRedisConfig.parse({
      kind: "builtin",
      image: "docker.io/library/redis:4.0.6",
    });
    const collected = await under((opts) => new Redis("ar", { ...surroundings([]), config }, opts));
    expect(resourcesOf(collected).filter((line) => line.includes("-env"))).toEqual([]);
    expect(variables(statefulPod(collected, "ar"))).toEqual({});
    expect(() => (collected.result as Redis).password).toThrow("has no password");
  });

  it("is dialled by another name than its pods' where the system knows one", async () => {
    const config = RedisConfig.parse({ kind: "builtin", password: "redis-ar" });
    const names = { service: "offers-redis", claim: "offers" };
    const collected = await under(
      (opts) => new Redis("offers-db", { ...surroundings([]), config, names }, opts),
    );
    expect((collected.result as Redis).host).toBe("offers-redis.demo.svc");
    const set = find(collected, "kubernetes:apps/v1:StatefulSet", "offers-db").inputs;
    // The pods' own names hang on it, and it must be there.
    expect(set).toMatchObject({ spec: { serviceName: "offers-redis" } });
    expect(resourcesOf(collected)).toContain("core/v1:PersistentVolumeClaim offers");
    const backup = cronJob(collected, "offers-db-backup").jobTemplate.spec.template;
    expect(variables(backup)).toMatchObject({ REDIS_HOST: "offers-redis.demo.svc" });
  });

  it("makes nothing for a server elsewhere", async () => {
    const change = { kind: "external", host: "203.0.113.7" };
    const collected = await program(change);
    expect(resourcesOf(collected)).toEqual([]);
    expect((collected.result as Redis).url).toBe("redis://203.0.113.7:6379");
  });
});

describe("Backups", () => {
  it("say which objects operators start Jobs from", async () => {
    const { backups } = (await program()).result as Redis;
    expect(backups).toBeInstanceOf(Backups);
    expect(backups?.backupName).toBe("ar-backup");
    expect(backups?.restoreName).toBe("ar-restore");
  });

  it("refuse a store whose name makes a CronJob's too long", async () => {
    await expect(program({}, "r".repeat(45))).rejects.toThrow("at most 52 characters");
  });
});
