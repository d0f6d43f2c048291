import { describe, expect, it } from "vitest";

import { reference } from "../../components/base/secrets.ts";
import { BackupPlan } from "../../components/data/backup.schema.ts";
import { mysqlFlows } from "../../components/data/flows.ts";
import { type BuiltinMysql, Mysql } from "../../components/data/mysql.ts";
import { mysqlOptions } from "../../components/data/mysql-backup.ts";
import {
  bufferPool,
  databaseTexts,
  mysqlAnswers,
  mysqlConfig,
  mysqlInit,
  mysqlPrepared,
  sqlText,
} from "../../components/data/mysql-files.ts";
import { Storage } from "../../components/workload/storage.schema.ts";
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

const password = reference("password");

const builtin = (change: Partial<BuiltinMysql> = {}): BuiltinMysql => ({
  kind: "builtin",
  image: "docker.io/library/mysql:8.4.6",
  storage: Storage.parse({}),
  resources: {
    requests: { cpu: "250m", memory: "512Mi" },
    limits: { memory: "1Gi" },
  },
  user: "fxa",
  password: password.parse("postgres-tpd"),
  rootPassword: password.parse("postgres-ut"),
  databases: { auth: "fxa", profile: "fxa_profile" },
  backup: BackupPlan.parse({ kind: "scheduled" }),
  ...change,
});

const program = (config: BuiltinMysql = builtin()) =>
  under(
    (opts) =>
      new Mysql("mysql", { ...surroundings(mysqlFlows("mysql", config, "demo")), config }, opts),
  );

const made = await program();

describe("Mysql", () => {
  it("makes exactly its children", () => {
    expect(resourcesOf(made)).toEqual([
      "apps/v1:StatefulSet mysql",
      "batch/v1:CronJob mysql-backup",
      "batch/v1:CronJob mysql-restore",
      "core/v1:ConfigMap mysql-backup-config",
      "core/v1:ConfigMap mysql-backup-scripts",
      "core/v1:ConfigMap mysql-config",
      "core/v1:ConfigMap mysql-restore-config",
      "core/v1:ConfigMap mysql-restore-scripts",
      "core/v1:ConfigMap mysql-scripts",
      "core/v1:PersistentVolumeClaim mysql-backup-data",
      "core/v1:PersistentVolumeClaim mysql-data",
      "core/v1:Secret mysql-backup-options",
      "core/v1:Secret mysql-init",
      "core/v1:Secret mysql-restore-options",
      "core/v1:Service mysql-service",
      "core/v1:ServiceAccount mysql-account",
      "core/v1:ServiceAccount mysql-backup-account",
      "core/v1:ServiceAccount mysql-restore-account",
      "networking.k8s.io/v1:NetworkPolicy mysql-backup-policy",
      "networking.k8s.io/v1:NetworkPolicy mysql-policy",
      "networking.k8s.io/v1:NetworkPolicy mysql-restore-policy",
      "policy/v1:PodDisruptionBudget mysql-budget",
    ]);
  });

  it("makes nothing where it is somewhere else", async () => {
    const collected = await under(
      (opts) =>
        new Mysql(
          "mysql",
          {
            ...surroundings([]),
            config: { kind: "external", host: "mysql.example.net", port: 3307 },
          },
          opts,
        ),
    );
    expect(resourcesOf(collected)).toEqual([]);
    expect(collected.result).toMatchObject({ host: "mysql.example.net", port: 3307 });
  });

  it("does without backups when that is said", async () => {
    const collected = await program(builtin({ backup: { kind: "none" } }));
    expect(resourcesOf(collected).filter((line) => /backup|restore/.test(line))).toEqual([]);
  });

  it("keeps passwords in Secrets only, off every command line and out of every variable", () => {
    const others = made.resources.filter(({ type }) => type !== "kubernetes:core/v1:Secret");
    for (const name of ["postgres-tpd", "postgres-ut"]) {
      expect(JSON.stringify(others)).not.toContain(passwords[name]);
    }
    const init = JSON.stringify(find(made, "kubernetes:core/v1:Secret", "mysql-init").inputs);
    expect(init).toContain(passwords["postgres-tpd"]);
    expect(init).toContain(passwords["postgres-ut"]);
    const options = JSON.stringify(
      find(made, "kubernetes:core/v1:Secret", "mysql-backup-options").inputs,
    );
    expect(options).toContain(passwords["postgres-tpd"]);
    expect(options).not.toContain(passwords["postgres-ut"]);
  });

  it("runs as the image's user on a read-only root, with its data a level below the disk", () => {
    const { spec } = statefulPod(made, "mysql");
    expect(spec.securityContext).toMatchObject({ runAsUser: 999, runAsNonRoot: true });
    for (const container of [...spec.containers, ...spec.initContainers]) {
      expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
      expect(container.volumeMounts.map(({ mountPath }) => mountPath)).toContain("/var/lib/mysql");
    }
    expect(mysqlConfig({ port: 3306, memory: "1Gi" })).toContain("datadir = /var/lib/mysql/data\n");
  });

  it("shows what root may do to nobody but the server's own container", () => {
    const { spec } = statefulPod(made, "mysql");
    const [prepare] = spec.initContainers;
    expect(prepare?.volumeMounts.map(({ name }) => name)).not.toContain("init");
    expect(spec.containers[0]?.args).toContain("--init-file=/etc/fleet/init/init.sql");
  });

  it("starts once the account gets into its databases, and lives as long as the server answers", () => {
    const server = find(made, "kubernetes:apps/v1:StatefulSet", "mysql").inputs;
    const probe = (command: readonly string[]) => ({ exec: { command } });
    expect(server).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              {
                startupProbe: probe(mysqlPrepared(3306, ["fxa", "fxa_profile"])),
                readinessProbe: probe(mysqlAnswers(3306)),
                livenessProbe: probe(mysqlAnswers(3306)),
              },
            ],
          },
        },
      },
    });
    const [container] = statefulPod(made, "mysql").spec.containers;
    expect(container?.volumeMounts).toContainEqual(
      expect.objectContaining({ name: "init", mountPath: "/etc/fleet/init" }),
    );
    // Of a server that hangs each gives up, before the kubelet gives up on it.
    const probes = JSON.stringify(server).match(/"\w+Probe":\{.*?"timeoutSeconds":\d+/g) ?? [];
    expect(probes).toHaveLength(3);
    for (const text of probes) {
      const [, own] = /--connect-timeout=(\d+)/.exec(text) ?? [];
      const [, kubelets] = /"timeoutSeconds":(\d+)/.exec(text) ?? [];
      expect(Number(own), text).toBeLessThan(Number(kubelets));
    }
    expect(mysqlPrepared(3306, ["fxa", "fxa_profile"])).toContain(
      "--execute=USE `fxa`; USE `fxa_profile`",
    );
  });

  it("dumps what it restores, from the address of its Service", () => {
    const backup = cronJob(made, "mysql-backup");
    const restore = cronJob(made, "mysql-restore");
    expect([backup.suspend, restore.suspend]).toEqual([false, true]);
    const told = {
      MYSQL_HOST: "mysql.demo.svc",
      MYSQL_PORT: "3306",
      DATABASES: "/etc/fleet/config/databases",
      OPTIONS_FILE: "/etc/fleet/options/client.cnf",
    };
    expect(variables(backup.jobTemplate.spec.template)).toMatchObject(told);
    expect(variables(restore.jobTemplate.spec.template)).toMatchObject(told);
    expect(find(made, "kubernetes:core/v1:ConfigMap", "mysql-backup-config").inputs).toMatchObject({
      data: { databases: "fxa\nfxa_profile\n" },
    });
  });
});

describe("the files of MySQL", () => {
  it("make account and databases, again and again, and let the account into nothing else", () => {
    const text = mysqlInit({
      user: "fxa",
      password: "one",
      rootPassword: "two",
      databases: ["fxa", "fxa_profile"],
    });
    expect(text.split("\n")).toEqual([
      "ALTER USER 'root'@'localhost' IDENTIFIED BY 'two';",
      "CREATE USER IF NOT EXISTS 'fxa'@'%' IDENTIFIED WITH mysql_native_password BY 'one';",
      "ALTER USER 'fxa'@'%' IDENTIFIED WITH mysql_native_password BY 'one';",
      `CREATE DATABASE IF NOT EXISTS \`fxa\` ${databaseTexts};`,
      "GRANT ALL PRIVILEGES ON `fxa`.* TO 'fxa'@'%';",
      `CREATE DATABASE IF NOT EXISTS \`fxa_profile\` ${databaseTexts};`,
      // Unescaped it would be a right to fxaXprofile, too.
      "GRANT ALL PRIVILEGES ON `fxa\\_profile`.* TO 'fxa'@'%';",
      "",
    ]);
  });

  it("let no password out of its quotes", () => {
    expect(sqlText(`a'b\\c`)).toBe(`'a''b\\\\c'`);
    expect(mysqlOptions("fxa", `a"b\\c`)).toContain(`password = "a\\"b\\\\c"\n`);
  });

  it("give the cache what the server does not need for itself", () => {
    expect(bufferPool("1Gi")).toBe(384);
    expect(bufferPool("4Gi")).toBe(1920);
    expect(bufferPool("128Mi")).toBe(64);
  });
});
