/**
 * What a Workload renders, put before a real API server: it takes every field of every kind as it
 * stands, and refuses what Fleet refuses before. Nothing is made, and nothing runs.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as k8s from "@pulumi/kubernetes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeController } from "../../components/workload/controller.ts";
import type { WorkloadArgs } from "../../components/workload/types.ts";
import type { Api } from "../../sandbox/api.ts";
import { sandboxPlace, stackFile } from "../../sandbox/place.ts";
import { readPlan } from "../../sandbox/plan.ts";
import { openSandbox, removeSandbox } from "../../sandbox/sandbox.ts";
import { collect, type Registered } from "../harness.ts";
import { schedules } from "../base/schedules.ts";
import { LoneWorkload } from "../workload/lone-workload.ts";
import { unchecked, workload } from "../workload/workload-fixture.ts";
import { admit, type Admitted } from "./admission.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-admission-"));
const place = sandboxPlace("test", { root });

let api: Api;

beforeAll(async () => {
  const plan = readPlan("test", stackFile(sandboxPlace("test")), new Map());
  ({ api } = await openSandbox(place, plan, process.env, () => undefined));
});

afterAll(async () => {
  api.close();
  await removeSandbox(place);
  rmSync(root, { recursive: true, force: true });
});

/** Empty fields and words such as `@daily` are the API server's to take: Fleet asks for five fields. */
const refusedSchedules = schedules.bad.filter((schedule) => schedule !== "1, * * * *");

/** Lets the API server judge an object, named as the program names it where it has no name. */
async function admitRegistered({ name, inputs }: Registered): Promise<void> {
  const object = inputs as unknown as Admitted;
  await admit(api, "default", { ...object, metadata: { name, ...object.metadata } });
}

/** Kubernetes objects that a program makes. */
async function objectsOf(program: (provider: k8s.Provider) => unknown): Promise<Registered[]> {
  const { resources } = await collect(() =>
    program(new k8s.Provider("cluster", { context: "demo" })),
  );
  return resources.filter(({ type }) => type.startsWith("kubernetes:"));
}

const probe = (change: object) => ({
  ...unchecked,
  ports: [{ name: "http", port: 8080 }],
  probes: { readiness: { check: { kind: "tcp" as const, port: "http" } }, ...change },
});

const everywhere: WorkloadArgs["placement"] = {
  nodeSelector: { disk: "ssd" },
  nodeAffinity: [
    { key: "disk", operator: "NotIn", values: ["tape"] },
    { key: "node-role.kubernetes.io/control-plane", operator: "DoesNotExist", values: [] },
  ],
  spread: [
    { topologyKey: "rack", maxSkew: 2, whenUnsatisfiable: "DoNotSchedule" },
    { topologyKey: "rack", maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" },
  ],
  podAntiAffinity: "required",
  tolerations: [
    { key: "edge", value: "yes", effect: "NoSchedule" },
    { key: "down", effect: "NoExecute", tolerationSeconds: 60 },
  ],
};

describe("a real API server", () => {
  it.each<[string, Partial<WorkloadArgs>]>([
    ["nothing but defaults", {}],
    ["labels that only controller and Services carry", { labels: { APP: "VOTING" } }],
    ["a required spread", { placement: { spread: "required" } }],
    ["every word of placement", { placement: everywhere }],
    ["a pod stopped first", { update: { maxSurge: 0, maxUnavailable: "30%" } }],
    [
      "all pods stopped first, on a disk",
      { update: { strategy: "Recreate" }, claims: [{ name: "data", size: "1Gi" }] },
    ],
    [
      "a shared disk",
      { replicas: 3, claims: [{ name: "data", size: "1Gi", accessMode: "ReadWriteMany" }] },
    ],
    ["an autoscaler", { autoscale: { min: 2, max: 5, cpuPercent: 70 } }],
    ["a grpc check", { container: probe({ liveness: { check: { kind: "grpc", port: "http" } } }) }],
    ["no checks, and why", { container: { ...unchecked, probes: { none: "it only sleeps" } } }],
    ["a run that does not wait", { await: false }],
    ["a StatefulSet", { kind: "StatefulSet", replicas: 3 }],
    [
      "a canary of a StatefulSet that starts in parallel, a disk for each pod",
      {
        kind: "StatefulSet",
        replicas: 3,
        await: false,
        update: { partition: 2, podManagementPolicy: "Parallel", minReadySeconds: 5 },
        claims: [{ name: "data", size: "1Gi", perPod: true }],
      },
    ],
    ["a DaemonSet", { kind: "DaemonSet" }],
    [
      "a DaemonSet that starts the new pod first",
      { kind: "DaemonSet", update: { maxSurge: "10%", minReadySeconds: 5 } },
    ],
    ["a Job", { kind: "Job" }],
    [
      "every word of a Job",
      {
        kind: "Job",
        job: {
          completions: 4,
          parallelism: 2,
          backoffLimit: 0,
          activeDeadlineSeconds: 60,
          restartPolicy: "OnFailure",
          ttlSecondsAfterFinished: 60,
        },
      },
    ],
    ["a migration", { kind: "Job", job: { migration: true } }],
  ])("takes %s", async (_, change) => {
    const services = change.kind === "Job" ? [] : [{ ports: [{ name: "http" }] }];
    const objects = await objectsOf(
      (provider) => new LoneWorkload("echo", workload({ services, ...change }), { provider }),
    );
    expect(objects.length).toBeGreaterThan(2);
    for (const object of objects) {
      await admitRegistered(object);
    }
  });

  /** The refusals of workload.schema.ts and faults.ts that are the API server's own as well. */
  it.each<[string, Partial<WorkloadArgs>, string]>([
    [
      "a ready time beyond the progress deadline",
      { update: { minReadySeconds: 600 } },
      "must be greater than minReadySeconds",
    ],
    [
      "no surge and nothing unavailable",
      { update: { maxSurge: "0%", maxUnavailable: 0 } },
      "may not be 0 when `maxSurge` is 0",
    ],
    [
      "a DaemonSet's update both ways",
      { kind: "DaemonSet", update: { maxSurge: 1, maxUnavailable: 1 } },
      "may not be set when maxUnavailable is non-zero",
    ],
    [
      "a DaemonSet's update neither way",
      { kind: "DaemonSet", update: { maxSurge: 0, maxUnavailable: 0 } },
      "cannot be 0 when maxSurge is 0",
    ],
    [
      "a spread constraint twice",
      {
        placement: {
          spread: [
            { topologyKey: "rack", maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" },
            { topologyKey: "rack", maxSkew: 2, whenUnsatisfiable: "ScheduleAnyway" },
          ],
        },
      },
      "Duplicate value",
    ],
    [
      "a time on a taint that evicts nobody",
      {
        placement: {
          tolerations: [{ key: "edge", effect: "NoSchedule", tolerationSeconds: 5 }],
        },
      },
      "effect must be 'NoExecute' when `tolerationSeconds` is set",
    ],
  ])("refuses %s, as Fleet does before", async (_, change, message) => {
    const args = workload(change);
    const metadata = { name: "echo", namespace: "default", labels: {} };
    const none = { files: {}, secretFiles: {}, secretEnv: undefined, claims: {} };
    // Past Fleet's own refusal, which would end it here.
    const objects = await objectsOf((provider) =>
      makeController("echo", args, metadata, none, { provider }),
    );
    const [controller] = objects.filter(({ type }) => type.startsWith("kubernetes:apps/"));
    if (controller === undefined) {
      throw new Error("no controller was rendered");
    }
    await expect(admitRegistered(controller)).rejects.toThrow(message);
  });

  const scheduled = (schedule: string): Admitted & { readonly spec: object } => ({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "echo" },
    spec: {
      schedule,
      jobTemplate: {
        spec: {
          template: {
            spec: { restartPolicy: "Never", containers: [{ name: "echo", image: "echo:1" }] },
          },
        },
      },
    },
  });

  it.each([...schedules.good, ...schedules.never])("takes the schedule %j", async (schedule) => {
    await admit(api, "default", scheduled(schedule));
  });

  it.each(refusedSchedules)("refuses the schedule %j, as Fleet does before", async (schedule) => {
    await expect(admit(api, "default", scheduled(schedule))).rejects.toThrow(/spec\.schedule/);
  });
});
