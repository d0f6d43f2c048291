import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { postgresFlows } from "../../components/data/flows.ts";
import { Postgres } from "../../components/data/postgres.ts";
import { PostgresConfig } from "../../components/data/postgres.schema.ts";
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

const databases = { tpd: { password: "postgres-tpd" }, ut: { password: "postgres-ut" } };

const program = (change: Record<string, unknown> = {}) => {
  const config = PostgresConfig.parse({ kind: "builtin", databases, ...change });
  return under(
    (opts) =>
      new Postgres("pg", { ...surroundings(postgresFlows("pg", config, "demo")), config }, opts),
  );
};

describe("Postgres", () => {
  it("makes exactly its children", async () => {
    expect(resourcesOf(await program())).toEqual([
      "apps/v1:StatefulSet pg",
      "batch/v1:CronJob pg-backup",
      "batch/v1:CronJob pg-restore",
      "core/v1:ConfigMap pg-backup-config",
      "core/v1:ConfigMap pg-backup-scripts",
      "core/v1:ConfigMap pg-config",
      "core/v1:ConfigMap pg-restore-config",
      "core/v1:ConfigMap pg-restore-scripts",
      "core/v1:ConfigMap pg-scripts",
      "core/v1:PersistentVolumeClaim pg-backup-data",
      "core/v1:PersistentVolumeClaim pg-data",
      "core/v1:Secret pg-backup-passwords",
      "core/v1:Secret pg-passwords",
      "core/v1:Secret pg-restore-passwords",
      "core/v1:Service pg-service",
      "core/v1:ServiceAccount pg-account",
      "core/v1:ServiceAccount pg-backup-account",
      "core/v1:ServiceAccount pg-restore-account",
      "networking.k8s.io/v1:NetworkPolicy pg-backup-policy",
      "networking.k8s.io/v1:NetworkPolicy pg-policy",
      "networking.k8s.io/v1:NetworkPolicy pg-restore-policy",
      "policy/v1:PodDisruptionBudget pg-budget",
    ]);
  });

  it("hands every child its explicit provider and a name of its own", async () => {
    const collected = await program();
    const children = collected.resources.filter(
      ({ custom, type }) => custom && !type.startsWith("pulumi:"),
    );
    expect(children.filter(({ provider }) => !provider.includes("::cluster::"))).toEqual([]);
    expect(new Set(collected.urns).size).toBe(collected.urns.length);
    // The mocks write the next parent's type only.
    const inside = /::fleet:data:(Backups|Postgres)\$kubernetes:/;
    const ofKubernetes = collected.urns.filter(
      (urn) => urn.includes("kubernetes:") && !urn.includes("pulumi:providers"),
    );
    expect(ofKubernetes.filter((urn) => !inside.test(urn))).toEqual([]);
  });

  it("prepares the data before the server starts, with the same files", async () => {
    const { spec } = statefulPod(await program(), "pg");
    const [prepare] = spec.initContainers;
    const [server] = spec.containers;
    expect(prepare?.command).toEqual(["sh", "/etc/fleet/scripts/prepare.sh"]);
    expect(server?.command).toEqual(["postgres"]);
    expect(server?.args).toEqual(["-c", "config_file=/etc/postgresql/postgresql.conf"]);
    expect(prepare?.image).toBe(server?.image);
    const pathsOf = (container = prepare) =>
      new Set(container?.volumeMounts.map(({ mountPath }) => mountPath));
    expect(pathsOf()).toContain("/etc/fleet/passwords");
    expect(pathsOf(server)).not.toContain("/etc/fleet/passwords");
    expect(pathsOf(server)).toContain("/var/run/postgresql");
    expect(pathsOf(server)).toContain("/var/lib/postgresql/data");
  });

  it("runs as the image's user, and writes to its volumes only", async () => {
    const { spec } = statefulPod(await program(), "pg");
    expect(spec.securityContext).toMatchObject({ runAsUser: 999, runAsNonRoot: true });
    expect(spec.automountServiceAccountToken).toBe(false);
    for (const container of [...spec.initContainers, ...spec.containers]) {
      expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    }
  });

  it("keeps passwords in Secrets only", async () => {
    const collected = await program();
    const secret = find(collected, "kubernetes:core/v1:Secret", "pg-passwords");
    expect(JSON.stringify(secret.inputs)).toContain(passwords["postgres-ut"]);
    const others = collected.resources.filter(({ type }) => type !== "kubernetes:core/v1:Secret");
    for (const password of Object.values(passwords)) {
      expect(JSON.stringify(others)).not.toContain(password);
    }
  });

  it("schedules backups, and restores only by hand", async () => {
    const collected = await program({
      backup: { kind: "scheduled", schedule: "5 4 * * *", keep: 3 },
    });
    const backup = cronJob(collected, "pg-backup");
    expect(backup).toMatchObject({
      schedule: "5 4 * * *",
      suspend: false,
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 3600,
      failedJobsHistoryLimit: 3,
    });
    expect(variables(backup.jobTemplate.spec.template)).toMatchObject({
      KEEP: "3",
      PGHOST: "pg.demo.svc",
      PGPORT: "5432",
    });
    const restore = cronJob(collected, "pg-restore");
    expect(restore).toMatchObject({ schedule: "0 0 31 2 *", suspend: true });
    expect(restore.jobTemplate.spec.backoffLimit).toBe(0);
    expect(variables(restore.jobTemplate.spec.template)).toMatchObject({ BACKUP: "latest" });
  });

  it("lets backup and restore see the same disk", async () => {
    const collected = await program();
    const claims = ["pg-backup", "pg-restore"].map((name) =>
      cronJob(collected, name).jobTemplate.spec.template.spec.volumes.find(
        (volume) => volume.name === "data",
      ),
    );
    expect(claims[0]).toEqual({
      name: "data",
      persistentVolumeClaim: { claimName: "pg-backup-data" },
    });
    expect(claims[1]).toEqual(claims[0]);
  });

  it("mounts every file its scripts are told of", async () => {
    const collected = await program();
    for (const name of ["pg-backup", "pg-restore"]) {
      const pod = cronJob(collected, name).jobTemplate.spec.template;
      const mounted = pod.spec.containers[0]?.volumeMounts.map(({ mountPath }) => mountPath) ?? [];
      const { DATABASES, PASSWORD_FILE, WORK, BACKUPS } = variables(pod);
      for (const path of [DATABASES, PASSWORD_FILE, `${String(WORK)}/x`, `${String(BACKUPS)}/x`]) {
        expect(mounted).toContain(String(path).replace(/\/[^/]+$/, ""));
      }
    }
  });

  it("does without backups when that is said", async () => {
    const made = resourcesOf(await program({ backup: { kind: "none" } }));
    expect(made.filter((line) => /backup|restore/.test(line))).toEqual([]);
    expect(made).toContain("apps/v1:StatefulSet pg");
  });

  it("tells programs how to log in", async () => {
    const { result } = await program();
    const postgres = result as Postgres;
    expect(postgres.host).toBe("pg.demo.svc");
    expect(postgres.port).toBe(5432);
    const { user, database, password } = postgres.login("ut");
    expect([user, database]).toEqual(["ut", "ut"]);
    expect(await pulumi.isSecret(password)).toBe(true);
    expect(() => postgres.login("typo")).toThrow("no database typo: its config lists tpd, ut");
  });

  it("makes nothing for a server elsewhere, and hands its logins on", async () => {
    const config = {
      kind: "external",
      host: "203.0.113.7",
      port: 6000,
      databases: { ut: { user: "uptime", database: "history", password: "postgres-ut" } },
    };
    const collected = await program(config);
    expect(resourcesOf(collected)).toEqual([]);
    const postgres = collected.result as Postgres;
    expect([postgres.host, postgres.port, postgres.backups]).toEqual([
      "203.0.113.7",
      6000,
      undefined,
    ]);
    expect(postgres.login("ut")).toMatchObject({ user: "uptime", database: "history" });
  });
});
