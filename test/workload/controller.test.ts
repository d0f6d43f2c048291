import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { describe, expect, it } from "vitest";

import type { WorkloadArgs } from "../../components/workload/types.ts";
import { collect, type Collected, type Registered } from "../harness.ts";
import { LoneWorkload } from "./lone-workload.ts";
import { unchecked, workload } from "./workload-fixture.ts";

/** What a Workload made, and how long the engine was told to wait for its controller. */
interface Made extends Collected {
  readonly controller: Registered;
  readonly timeouts: ReadonlyMap<string, string>;
  /** Type → fields that the engine was told to leave alone. */
  readonly ignored: ReadonlyMap<string, readonly string[]>;
  /** Names of what stays as it is when it goes from the program. */
  readonly left: readonly string[];
}

async function make(change: Partial<WorkloadArgs>): Promise<Made> {
  const timeouts = new Map<string, string>();
  const ignored = new Map<string, readonly string[]>();
  const left: string[] = [];
  const collected = await collect(() => {
    const monitor = pulumi.runtime.getMonitor() as unknown as {
      registerResource: (request: RegisterResourceRequest, ...rest: unknown[]) => Promise<void>;
    };
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, ...rest) => {
      const { create, update } = request.getCustomtimeouts()?.toObject() ?? {};
      if (create !== undefined && create !== "") {
        timeouts.set(request.getType(), `${create} ${update ?? ""}`);
      }
      if (request.getIgnorechangesList().length > 0) {
        ignored.set(request.getType(), request.getIgnorechangesList());
      }
      if (request.getRetainondelete() === true) {
        left.push(request.getName());
      }
      return register(request, ...rest);
    };
    const provider = new k8s.Provider("cluster", { context: "demo" });
    return new LoneWorkload("echo", workload(change), { providers: [provider] });
  });
  const type = change.kind === "Job" ? "kubernetes:batch/v1:Job" : "kubernetes:apps/v1:";
  const [controller] = collected.resources.filter((one) => one.type.startsWith(type));
  if (controller === undefined) {
    throw new Error(`no controller among ${collected.urns.join("\n")}`);
  }
  return { ...collected, controller, timeouts, ignored, left };
}

const wholeSpec = ({ controller }: Made) => controller.inputs["spec"] as Record<string, unknown>;

/** The controller's spec without what all kinds have alike. */
const specOf = (made: Made): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(wholeSpec(made)).filter(([key]) => key !== "template" && key !== "selector"),
  );

const metadataOf = ({ inputs }: Registered) => inputs["metadata"] as Record<string, unknown>;

const template = (made: Made) =>
  wholeSpec(made)["template"] as Record<string, Record<string, unknown>>;

const ofType = ({ resources }: Made, type: string): Registered[] =>
  resources.filter((one) => one.type.endsWith(`:${type}`));

describe("a Deployment", () => {
  it("starts a successor first, waits ten minutes for progress and keeps no old revision", async () => {
    expect(specOf(await make({}))).toEqual({
      replicas: 1,
      minReadySeconds: 0,
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 0,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
  });

  it("exchanges its pods as it is told", async () => {
    const made = await make({
      replicas: 2,
      update: {
        maxSurge: 0,
        maxUnavailable: "30%",
        minReadySeconds: 60,
        progressDeadlineSeconds: 300,
        revisionHistoryLimit: 10,
      },
    });
    expect(specOf(made)).toEqual({
      replicas: 2,
      minReadySeconds: 60,
      progressDeadlineSeconds: 300,
      revisionHistoryLimit: 10,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: "30%" } },
    });
  });

  it("says nothing of a surge where all pods are stopped first: the API server refuses both", async () => {
    const made = await make({ update: { strategy: "Recreate", maxSurge: 1 } });
    expect(specOf(made)["strategy"]).toEqual({ type: "Recreate" });
  });

  it("is waited for by what its controller says of the exchanged pod, where that is asked for alone", async () => {
    const waitFor = async (change: Partial<WorkloadArgs>) =>
      (metadataOf((await make(change)).controller)["annotations"] as Record<string, string>)[
        "pulumi.com/waitFor"
      ];
    const one = { update: { strategy: "Recreate" } } as const;
    expect(JSON.parse((await waitFor({ ...one, awaitExchange: true })) ?? "")).toEqual([
      "jsonpath={.status.updatedReplicas}=1",
      "jsonpath={.status.availableReplicas}=1",
    ]);
    expect(await waitFor({ ...one, awaitExchange: false })).toBeUndefined();
    expect(await waitFor(one)).toBeUndefined();
  });

  it("leaves the number of pods to its autoscaler, so that no update sets it back", async () => {
    const made = await make({ autoscale: { min: 2, max: 9, cpuPercent: 60 } });
    expect(specOf(made)).not.toHaveProperty("replicas");
    // A number no longer said would fall back to one pod: what is there is left alone.
    expect([...made.ignored]).toEqual([["kubernetes:apps/v1:Deployment", ["spec.replicas"]]]);
    expect((await make({ replicas: 3 })).ignored.size).toBe(0);
    expect(ofType(made, "HorizontalPodAutoscaler")[0]?.inputs["spec"]).toEqual({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "echo" },
      minReplicas: 2,
      maxReplicas: 9,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
        },
      ],
    });
  });
});

describe("a StatefulSet", () => {
  // With OrderedReady the controller waits for a broken pod before it looks at what mends it.
  it("exchanges a broken pod for a mended one: its pods do not wait for one another", async () => {
    expect(specOf(await make({ kind: "StatefulSet", replicas: 3 }))).toEqual({
      replicas: 3,
      serviceName: "echo",
      minReadySeconds: 0,
      podManagementPolicy: "Parallel",
    });
  });

  it("starts in order and holds back a canary where it is told", async () => {
    const update = {
      partition: 2,
      podManagementPolicy: "OrderedReady",
      minReadySeconds: 5,
    } as const;
    const made = await make({ kind: "StatefulSet", replicas: 3, update, await: false });
    expect(specOf(made)).toEqual({
      replicas: 3,
      serviceName: "echo",
      minReadySeconds: 5,
      podManagementPolicy: "OrderedReady",
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } },
    });
  });

  it("gives each pod a disk that stays when it is scaled down", async () => {
    const made = await make({
      kind: "StatefulSet",
      replicas: 3,
      claims: [{ name: "data", size: "1Gi", perPod: true }],
      services: [
        { ports: [{ name: "http" }] },
        { name: "echo-peers", type: "Headless", ports: [{ name: "http" }] },
      ],
    });
    // The pods' own names lie below the Service without an address, wherever it stands.
    expect(specOf(made)).toMatchObject({
      serviceName: "echo-peers",
      volumeClaimTemplates: [
        { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"] } },
      ],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    });
  });

  it("lets the disks of pods go with the StatefulSet only where each of them may", async () => {
    const whenDeleted = async (data: WorkloadArgs["data"], ...own: WorkloadArgs["data"][]) => {
      const claims = own.map((one, index) => ({
        ...{ name: `disk-${index}`, size: "1Gi", perPod: true },
        ...(one === undefined ? {} : { data: one }),
      }));
      const made = await make({
        kind: "StatefulSet",
        claims,
        ...(data === undefined ? {} : { data }),
      });
      return (
        specOf(made)["persistentVolumeClaimRetentionPolicy"] as Record<string, string> | undefined
      )?.["whenDeleted"];
    };
    expect(await whenDeleted("delete", undefined, "delete")).toBe("Delete");
    expect(await whenDeleted("delete", undefined, "protect")).toBe("Retain");
    expect(await whenDeleted("protect", undefined, "delete")).toBe("Retain");
    expect(await whenDeleted(undefined, "delete")).toBe("Delete");
    expect(await whenDeleted(undefined, undefined)).toBe("Retain");
    expect(await whenDeleted("delete")).toBeUndefined();
  });

  it("makes disks larger where they are: another template would be another StatefulSet, with the same disks", async () => {
    const disks = { claims: [{ name: "data", size: "5Gi", perPod: true }] } as const;
    const made = await make({ kind: "StatefulSet", replicas: 2, ...disks });
    expect([...made.ignored]).toEqual([
      [
        "kubernetes:apps/v1:StatefulSet",
        [
          "spec.volumeClaimTemplates[*].spec.resources",
          "spec.volumeClaimTemplates[*].spec.storageClassName",
        ],
      ],
    ]);
    const sizes = ofType(made, "PersistentVolumeClaimPatch").map(({ inputs }) => [
      (inputs["metadata"] as { name: string }).name,
      inputs["spec"],
    ]);
    const larger = { resources: { requests: { storage: "5Gi" } } };
    expect(sizes).toEqual([
      ["data-echo-0", larger],
      ["data-echo-1", larger],
    ]);
    // A claim that has its pod is not one that waits for it, which the provider would want for five minutes.
    const annotations = { "pulumi.com/patchForce": "true", "pulumi.com/skipAwait": "true" };
    for (const { inputs } of ofType(made, "PersistentVolumeClaimPatch")) {
      expect(inputs["metadata"]).toMatchObject({ annotations });
    }
    // One pod fewer: its disk is the StatefulSet's, and nobody makes it smaller.
    expect(made.left).toEqual(["data-echo-0", "data-echo-1"]);
    // Whoever counts on the room waits until it is granted.
    const { ready } = made.result as LoneWorkload;
    expect(
      ready.slice(1).every((one) => one instanceof k8s.core.v1.PersistentVolumeClaimPatch),
    ).toBe(true);
    expect(ready).toHaveLength(3);
  });

  it("says the class of the disks where they are, so that another one is refused and not passed over", async () => {
    const claims = [{ name: "data", size: "5Gi", storageClass: "fast", perPod: true }];
    const made = await make({ kind: "StatefulSet", replicas: 1, claims });
    const [disk] = ofType(made, "PersistentVolumeClaimPatch");
    expect(disk?.inputs["spec"]).toEqual({
      resources: { requests: { storage: "5Gi" } },
      storageClassName: "fast",
    });
  });

  it.each([
    ["no disks of its own", { claims: [{ name: "data", size: "5Gi" }] }],
    [
      "disks that nobody waits for",
      { claims: [{ name: "data", size: "5Gi", perPod: true }], await: false },
    ],
  ])("sets no sizes of %s", async (_, change) => {
    const made = await make({ kind: "StatefulSet", ...change });
    expect(ofType(made, "PersistentVolumeClaimPatch")).toEqual([]);
    expect(made.ignored.size).toBe(0);
  });

  it("sets none where an autoscaler counts the pods: of how many there are disks nobody knows", async () => {
    const claims = [{ name: "data", size: "5Gi", perPod: true }];
    const autoscale = { min: 1, max: 3, cpuPercent: 70 };
    const made = await make({ kind: "StatefulSet", claims, autoscale });
    expect(ofType(made, "PersistentVolumeClaimPatch")).toEqual([]);
    expect([...made.ignored.values()]).toEqual([["spec.replicas"]]);
  });

  it("sets those of each pod's own disks alone: one that all share is a claim of the program's", async () => {
    const made = await make({
      kind: "StatefulSet",
      claims: [
        { name: "files", size: "1Gi", accessMode: "ReadWriteMany" },
        { name: "data", size: "5Gi", perPod: true },
      ],
    });
    expect(ofType(made, "PersistentVolumeClaimPatch").map(({ name }) => name)).toEqual([
      "data-echo-0",
    ]);
    expect(ofType(made, "PersistentVolumeClaim").map(({ name }) => name)).toEqual(["echo-files"]);
    expect(specOf(made)["volumeClaimTemplates"]).toEqual([
      expect.objectContaining({ metadata: { name: "data" } }),
    ]);
  });
});

describe("a DaemonSet", () => {
  it("stops a node's old pod before the new one starts, one node at a time", async () => {
    const made = await make({ kind: "DaemonSet" });
    expect(specOf(made)).toEqual({
      minReadySeconds: 0,
      revisionHistoryLimit: 3,
      updateStrategy: {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
      },
    });
    // A drained node takes its pods along: a budget would only stop the drain.
    expect(ofType(made, "PodDisruptionBudget")).toEqual([]);
  });

  it("starts the new pod beside the old one where it is told", async () => {
    const update = { maxSurge: "10%", minReadySeconds: 10 } as const;
    expect(specOf(await make({ kind: "DaemonSet", update }))).toMatchObject({
      minReadySeconds: 10,
      updateStrategy: { rollingUpdate: { maxSurge: "10%", maxUnavailable: 0 } },
    });
  });
});

describe("a Job", () => {
  it("has no name of its own, so that a changed template makes the next one", async () => {
    const made = await make({ kind: "Job" });
    expect(metadataOf(made.controller)).not.toHaveProperty("name");
    expect(specOf(made)).toEqual({ backoffLimit: 6 });
    expect(template(made)["spec"]).toMatchObject({ restartPolicy: "Never" });
  });

  it("runs as often as it is told, and no longer", async () => {
    const made = await make({
      kind: "Job",
      job: {
        completions: 4,
        parallelism: 2,
        backoffLimit: 0,
        activeDeadlineSeconds: 120,
        restartPolicy: "OnFailure",
        ttlSecondsAfterFinished: 3_600,
      },
    });
    expect(specOf(made)).toEqual({
      completions: 4,
      parallelism: 2,
      backoffLimit: 0,
      activeDeadlineSeconds: 120,
      ttlSecondsAfterFinished: 3_600,
    });
    expect(template(made)["spec"]).toMatchObject({ restartPolicy: "OnFailure" });
  });

  it("is what others wait for", async () => {
    const made = await make({ kind: "Job" });
    const { ready } = made.result as LoneWorkload;
    expect(ready).toHaveLength(1);
    expect(ready[0]).toBeInstanceOf(k8s.batch.v1.Job);
    expect(metadataOf(made.controller)).not.toHaveProperty("annotations");
  });

  it("says of a migration that no rollback may cross it, and of nothing else", async () => {
    const migration = await make({ kind: "Job", job: { migration: true } });
    expect(metadataOf(migration.controller)["annotations"]).toEqual({ "fleet/migration": "true" });
    const other = await make({ kind: "Job", job: { migration: false } });
    expect(metadataOf(other.controller)).not.toHaveProperty("annotations");
  });
});

describe("a controller", () => {
  it("is waited for as long as its update may take", async () => {
    const { timeouts } = await make({ replicas: 2, update: { minReadySeconds: 590 } });
    expect([...timeouts]).toEqual([["kubernetes:apps/v1:Deployment", "1380s 1380s"]]);
  });

  it("is waited for as long as it is said", async () => {
    const { timeouts } = await make({ readyTimeout: "45m" });
    expect([...timeouts.values()]).toEqual(["45m 45m"]);
  });

  it("is not waited for where the run is to go on whatever becomes of it", async () => {
    const made = await make({ await: false });
    expect(metadataOf(made.controller)["annotations"]).toMatchObject({
      "pulumi.com/skipAwait": "true",
    });
    expect(made.timeouts.size).toBe(0);
  });

  it("says why it cannot be checked, which changes no pod", async () => {
    const made = await make({ container: { ...unchecked, probes: { none: "it only sleeps" } } });
    expect(metadataOf(made.controller)["annotations"]).toMatchObject({
      "fleet/no-probes": "it only sleeps",
    });
    expect(JSON.stringify(template(made))).not.toMatch(/probe|sleeps/i);
  });

  it("puts back what others have changed, where an update would else end as a conflict", async () => {
    const kinds = ["Deployment", "StatefulSet", "DaemonSet"] as const;
    for (const kind of kinds) {
      const { controller } = await make({ kind });
      expect(metadataOf(controller)["annotations"]).toEqual({ "pulumi.com/patchForce": "true" });
    }
  });

  it("carries extra labels, and its Services too, but never its pods or its selector", async () => {
    const services = [{ ports: [{ name: "http" }] }];
    const plain = await make({ services });
    const labelled = await make({ services, labels: { APP: "VOTING" } });
    const both = [labelled.controller, ...ofType(labelled, "Service")];
    expect(both.map((one) => metadataOf(one)["labels"])).toEqual([
      expect.objectContaining({ APP: "VOTING", "app.kubernetes.io/name": "echo" }),
      expect.objectContaining({ APP: "VOTING", "app.kubernetes.io/name": "echo" }),
    ]);
    expect(wholeSpec(labelled)).toEqual(wholeSpec(plain));
  });

  it("hands its logs to the stack's store unless it is told not to", async () => {
    const annotations = async (change: Partial<WorkloadArgs>) =>
      template(await make(change))["metadata"]?.["annotations"];
    expect(await annotations({})).toEqual({ "fleet/logs": "ship" });
    expect(await annotations({ logs: { ship: false } })).toEqual({ "fleet/logs": "drop" });
  });
});

describe("a disk", () => {
  it("that many pods share is asked for as such", async () => {
    const made = await make({
      replicas: 3,
      claims: [{ name: "files", size: "1Gi", accessMode: "ReadWriteMany" }],
    });
    expect(ofType(made, "PersistentVolumeClaim")[0]?.inputs["spec"]).toEqual({
      accessModes: ["ReadWriteMany"],
      resources: { requests: { storage: "1Gi" } },
    });
  });
});
