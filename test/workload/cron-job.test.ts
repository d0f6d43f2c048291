import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { type CronRun, type JobArgs, makeCronJob } from "../../components/workload/cron-job.ts";
import { collect, find } from "../harness.ts";
import { workload } from "./workload-fixture.ts";

const run = (plan: CronRun, change: Partial<JobArgs> = {}) =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider });
    const args: JobArgs = { ...workload(change), kind: "Job" };
    return makeCronJob("echo", args, plan, { parent });
  });

const specOf = async (plan: CronRun) =>
  find(await run(plan), "kubernetes:batch/v1:CronJob", "echo").inputs["spec"];

describe("a CronJob", () => {
  it("never overlaps itself, makes up for a missed run, and gives up one that hangs", async () => {
    expect(await specOf({ schedule: "17 3 * * *", backoffLimit: 2 })).toMatchObject({
      schedule: "17 3 * * *",
      timeZone: "Etc/UTC",
      suspend: false,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 3_600,
      jobTemplate: {
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: 21_600,
          template: { spec: { restartPolicy: "Never" } },
        },
      },
    });
  });

  it("without a schedule only waits for an operator", async () => {
    // 31 February: even a CronJob that somebody resumes by mistake starts nothing.
    expect(await specOf({ backoffLimit: 0 })).toMatchObject({
      schedule: "0 0 31 2 *",
      suspend: true,
      jobTemplate: { spec: { backoffLimit: 0 } },
    });
  });

  it("makes its own disks, and none that it borrows", async () => {
    const collected = await run(
      { backoffLimit: 0 },
      {
        claims: [{ name: "own", size: "1Gi" }],
        givenClaims: [{ name: "lent", claim: "other-data" }],
      },
    );
    const made = collected.resources.filter(({ type }) => type.endsWith(":PersistentVolumeClaim"));
    expect(made.map(({ name }) => name)).toEqual(["echo-own"]);
    const { inputs } = find(collected, "kubernetes:batch/v1:CronJob", "echo");
    expect(inputs["spec"]).toMatchObject({
      jobTemplate: {
        spec: {
          template: {
            spec: {
              volumes: [
                { name: "own", persistentVolumeClaim: { claimName: "echo-own" } },
                { name: "lent", persistentVolumeClaim: { claimName: "other-data" } },
              ],
            },
          },
        },
      },
    });
  });

  it("makes no network policy in a namespace that has none", async () => {
    const policies = async (networkPolicy: boolean) => {
      const { resources } = await run({ backoffLimit: 0 }, { networkPolicy });
      return resources.filter(({ type }) => type.endsWith(":NetworkPolicy")).length;
    };
    expect(await policies(true)).toBe(1);
    expect(await policies(false)).toBe(0);
  });

  it("refuses what no Workload may be", async () => {
    await expect(run({ backoffLimit: 0 }, { security: { user: 0 } })).rejects.toThrow(
      "named security.exception",
    );
  });
});
