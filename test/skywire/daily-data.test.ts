/**
 * Backup and restore of the uptime-tracker's daily files, run by the shell of this machine on real
 * files; and the CronJobs that run them under mocks.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as k8s from "@pulumi/kubernetes";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  dailyDataBackupScript,
  dailyDataRestoreScript,
} from "../../components/skywire/daily-data-scripts.ts";
import { DailyDataBackup } from "../../components/skywire/daily-data-backup.ts";
import { collect, find } from "../harness.ts";

describe("scripts on real files", () => {
  let folder = "";
  const path = (...parts: string[]): string => join(folder, ...parts);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "daily-data-"));
    for (const name of ["data", "backups", "work"]) {
      mkdirSync(path(name));
    }
    writeFileSync(path("data", "2026-11-19.json"), '{"day":19}');
    mkdirSync(path("data", "2026"));
    writeFileSync(path("data", "2026", "20.json"), '{"day":20}');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (script: string, env: Record<string, string> = {}): string =>
    execFileSync("sh", ["-c", script], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"] ?? "",
        BACKUPS: path("backups"),
        WORK: path("work"),
        DAILY_DATA: path("data"),
        KEEP: "2",
        BACKUP: "latest",
        ...env,
      },
    });

  const backups = (): string[] => readdirSync(path("backups")).filter((name) => /^\d/.test(name));

  /** Gives an existing backup an older name: names are times in seconds. */
  const age = (name: string, stamp: string): void => {
    execFileSync("mv", [path("backups", name), path("backups", stamp)]);
  };

  it("bring lost files back and leave younger ones alone", () => {
    run(dailyDataBackupScript);
    rmSync(path("data", "2026-11-19.json"));
    rmSync(path("data", "2026"), { recursive: true });
    writeFileSync(path("data", "2026-11-21.json"), '{"day":21}');

    run(dailyDataRestoreScript);

    expect(readFileSync(path("data", "2026-11-19.json"), "utf8")).toBe('{"day":19}');
    expect(readFileSync(path("data", "2026", "20.json"), "utf8")).toBe('{"day":20}');
    expect(existsSync(path("data", "2026-11-21.json"))).toBe(true);
  });

  it("keep as many backups as are asked for, the newest", () => {
    for (const stamp of ["20260101T000000Z", "20260102T000000Z", "20260103T000000Z"]) {
      run(dailyDataBackupScript, { KEEP: "9" });
      const made = backups().find((name) => !name.startsWith("202601"));
      age(made ?? "", stamp);
    }
    run(dailyDataBackupScript);
    expect(backups().filter((name) => name.startsWith("202601"))).toEqual(["20260103T000000Z"]);
    expect(backups()).toHaveLength(2);
  });

  it("keep what is there where no room is left, and make room where fewer are asked for", () => {
    const stamps = ["20260101T000000Z", "20260102T000000Z", "20260103T000000Z"];
    for (const stamp of stamps) {
      run(dailyDataBackupScript, { KEEP: "9" });
      age(backups().find((name) => !name.startsWith("202601")) ?? "", stamp);
    }
    // Bytes that gzip cannot shrink, of which the shell lets nothing write more than some: a full disk.
    writeFileSync(path("data", "2026-11-22.json"), randomBytes(200_000));
    const full = `ulimit -f 64\n${dailyDataBackupScript}`;

    expect(() => run(full, { KEEP: "9" })).toThrow();
    expect(backups()).toEqual(stamps);
    expect(() => run(full, { KEEP: "2" })).toThrow();
    expect(backups()).toEqual(stamps.slice(1));
    expect(readdirSync(path("backups")).filter((name) => /^\.[^l]/.test(name))).toEqual([]);
    run(dailyDataRestoreScript);
  });

  it("refuse a damaged backup before any file is touched", () => {
    run(dailyDataBackupScript);
    const [name = ""] = backups();
    appendFileSync(path("backups", name, "daily-data.tar.gz"), "x");
    rmSync(path("data", "2026-11-19.json"));
    expect(() => run(dailyDataRestoreScript)).toThrow(/is damaged: choose another/);
    expect(existsSync(path("data", "2026-11-19.json"))).toBe(false);
  });

  it("fail where the disk is not mounted", () => {
    expect(() => run(dailyDataBackupScript, { DAILY_DATA: path("nowhere") })).toThrow(
      /is the claim mounted\?/,
    );
    expect(backups()).toEqual([]);
  });
});

interface CronJob {
  readonly schedule: string;
  readonly suspend: boolean;
  readonly jobTemplate: {
    readonly spec: {
      readonly template: {
        readonly spec: {
          readonly affinity: unknown;
          readonly volumes: readonly Record<string, unknown>[];
          readonly containers: readonly Record<string, unknown>[];
        };
      };
    };
  };
}

describe("CronJobs", () => {
  it("run beside the uptime-tracker, on its disk and one of their own", async () => {
    const collected = await collect(() => {
      const provider = new k8s.Provider("cluster", { kubeconfig: "" });
      return new DailyDataBackup(
        "daily-data-backup",
        {
          namespace: "skywire",
          namespaceName: "skywire",
          flows: [],
          networkPolicy: true,
          data: "protect",
          image: "docker.io/library/debian:12.12-slim",
          owner: "uptime-tracker",
          plan: { schedule: "27 4 * * *", keep: 14, storage: { size: "60Gi" } },
        },
        { provider },
      );
    });
    const spec = (name: string): CronJob =>
      find(collected, "kubernetes:batch/v1:CronJob", name).inputs["spec"] as CronJob;
    const pod = (name: string) => spec(name).jobTemplate.spec.template.spec;

    expect(spec("uptime-tracker-backup")).toMatchObject({ schedule: "27 4 * * *", suspend: false });
    expect(spec("uptime-tracker-restore")).toMatchObject({ suspend: true });
    for (const name of ["uptime-tracker-backup", "uptime-tracker-restore"]) {
      expect(pod(name).volumes).toContainEqual({
        name: "daily-data",
        persistentVolumeClaim: { claimName: "uptime-tracker-daily-data" },
      });
      expect(pod(name).volumes).toContainEqual({
        name: "data",
        persistentVolumeClaim: { claimName: "uptime-tracker-backup-data" },
      });
      // The disk can be mounted on one node only: the one where its owner runs.
      expect(pod(name).affinity).toEqual({
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              labelSelector: { matchLabels: { "app.kubernetes.io/name": "uptime-tracker" } },
              topologyKey: "kubernetes.io/hostname",
            },
          ],
        },
      });
    }
    const [container] = pod("uptime-tracker-backup").containers;
    expect(container?.["volumeMounts"]).toContainEqual({
      name: "daily-data",
      mountPath: "/daily-data",
      readOnly: true,
    });
    const claims = collected.resources.filter(({ type }) =>
      type.endsWith(":PersistentVolumeClaim"),
    );
    expect(claims.map(({ name }) => name)).toEqual(["uptime-tracker-backup-data"]);
  });
});
