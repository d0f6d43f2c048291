import { spawnSync } from "node:child_process";

import { describe, expect, it } from "vitest";

import {
  passwordFile,
  postgresBackupScript,
  postgresRestoreScript,
} from "../../components/data/postgres-backup.ts";
import { filesBackupScript, filesRestoreScript } from "../../components/data/files-backup.ts";
import { brokerScript, topicsScript } from "../../components/data/kafka-files.ts";
import { mongoBackupScript, mongoRestoreScript } from "../../components/data/mongo-backup.ts";
import { runIndexScript } from "../../components/data/mongo-index-script.ts";
import { mongoAnswersScript } from "../../components/data/mongo.ts";
import {
  authenticationOf,
  podPaths,
  postgresAccess,
  postgresConfig,
  postgresFiles,
  type PostgresSettings,
  prepareScript,
  sharedBuffers,
} from "../../components/data/postgres-files.ts";
import { redisBackupScript, redisRestoreScript } from "../../components/data/redis-backup.ts";
import { maxMemory, redisConfig, redisRestoreConfig } from "../../components/data/redis-files.ts";

const settings: PostgresSettings = {
  paths: podPaths,
  port: 5432,
  maxConnections: 300,
  memory: "2Gi",
  databases: ["tpd", "ut"],
  superuser: "postgres",
};

describe("the files of Postgres", () => {
  it("open the server to owners of databases and to nobody else", () => {
    expect(postgresAccess(settings)).toBe(`local all "postgres" peer
local "tpd" "tpd" scram-sha-256
host "tpd" "tpd" all scram-sha-256
local "ut" "ut" scram-sha-256
host "ut" "ut" all scram-sha-256
`);
  });

  it("check passwords as the image's server can: there was no SCRAM before 10", () => {
    expect(authenticationOf("docker.io/library/postgres:9.6.6")).toBe("md5");
    expect(authenticationOf("docker.io/library/postgres:17.6-bookworm")).toBe("scram-sha-256");
    const old = { ...settings, authentication: "md5" } as const;
    expect(postgresAccess(old)).toContain('host "ut" "ut" all md5\n');
    expect(postgresConfig(settings)).toContain("password_encryption = 'scram-sha-256'\n");
    expect(postgresConfig(old)).not.toContain("password_encryption");
    expect(prepareScript(old)).toContain("--auth-host=md5 ");
  });

  it("name the extensions of each database, and no file is missing where there are none", () => {
    const extensions = { tpd: ["hstore", "pg_trgm"], ut: [] };
    expect(postgresFiles({ ...settings, extensions })["extensions"]).toBe(
      "tpd hstore\ntpd pg_trgm\n",
    );
    expect(postgresFiles(settings)["extensions"]).toBe("");
  });

  it("size the server by its config", () => {
    const lines = postgresConfig(settings).trim().split("\n");
    expect(lines).toContain("max_connections = 300");
    expect(lines).toContain("shared_buffers = '512MB'");
    expect(lines).toContain("hba_file = '/etc/postgresql/pg_hba.conf'");
  });

  it.each([
    ["2Gi", 512],
    ["256Mi", 64],
    ["1Mi", 16],
  ])("give a quarter of %s to the cache: %i MiB", (memory, buffers) => {
    expect(sharedBuffers(memory)).toBe(buffers);
  });

  it("hand backups each owner's password for its own database", () => {
    expect(passwordFile({ tpd: "one", ut: "two" })).toBe("*:*:tpd:tpd:one\n*:*:ut:ut:two\n");
  });

  it("keep the data below the mount point, where a disk has files of its own", () => {
    expect(podPaths.data).toMatch(/^\/var\/lib\/postgresql\/data\/./);
  });
});

describe("the files of Redis", () => {
  it("log every write, forget nothing, and ask for the password", () => {
    const lines = redisConfig({ port: 6379, data: "/data", memory: "256Mi", password: "pass" })
      .trim()
      .split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "requirepass pass",
        "masterauth pass",
        "appendonly yes",
        'save ""',
        "maxmemory 153mb",
        "maxmemory-policy noeviction",
      ]),
    );
  });

  it("let whoever reaches it in where there is no password, which must be said", () => {
    const text = redisConfig({ port: 6379, data: "/data", memory: "75Mi" });
    expect(text).toContain("protected-mode no\n");
    expect(text).not.toMatch(/requirepass|masterauth|undefined/);
    expect(redisRestoreConfig({ port: 6380 })).toContain("protected-mode no\n");
  });

  it("bind to no address, as each series has another word for all of them", () => {
    expect(redisConfig({ port: 6379, data: "/data", memory: "75Mi" })).not.toMatch(/^bind /m);
  });

  it.each([
    ["1Gi", 614],
    ["1Mi", 1],
  ])("leave room for a rewrite of the log in %s: %i MiB", (memory, most) => {
    expect(maxMemory(memory)).toBe(most);
  });

  it("protect the server that a restore starts by the same password", () => {
    const lines = redisRestoreConfig({ port: 6380, password: "pass" }).split("\n");
    expect(lines).toContain("requirepass pass");
    expect(lines).toContain("appendonly no");
  });
});

describe("the scripts", () => {
  it.each([
    ["prepare", prepareScript(settings)],
    ["backup of Postgres", postgresBackupScript],
    ["restore of Postgres", postgresRestoreScript],
    ["backup of MongoDB", mongoBackupScript],
    ["restore of MongoDB", mongoRestoreScript],
    ["indexes of MongoDB", runIndexScript],
    ["probe of MongoDB", mongoAnswersScript],
    ["backup of files", filesBackupScript],
    ["restore of files", filesRestoreScript],
    ["broker", brokerScript],
    ["topics", topicsScript],
    ["backup of Redis", redisBackupScript],
    ["restore of Redis", redisRestoreScript],
  ])("%s is shell that stops at the first fault", (_, text) => {
    const read = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
    expect(read.stderr).toBe("");
    expect(read.status).toBe(0);
    expect(text).toMatch(/^#!\/bin\/sh\nset -eu\numask 077\n/);
    expect(text).not.toContain("undefined");
  });
});
