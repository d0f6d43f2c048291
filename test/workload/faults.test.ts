import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { workloadFaults } from "../../components/workload/faults.ts";
import type { WorkloadShape } from "../../components/workload/kinds.ts";

const faults = (shape: Partial<WorkloadShape>): string[] =>
  workloadFaults({ kind: "Deployment", ...shape }).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );

const hostPort = { container: { ports: [{ name: "web", port: 80, hostPort: 80 }] } };
/** Its port is the node's, too, as it has no other network. */
const nodePort = { hostNetwork: true, container: { ports: [{ name: "stun", port: 3478 }] } };
const disk = { claims: [{ name: "data", size: "1Gi" }] };
const diskPerPod = { claims: [{ name: "data", size: "1Gi", perPod: true }] };
const shared = {
  claims: [{ name: "data", size: "1Gi", accessMode: "ReadWriteMany" as const }],
};

describe("contradictions of a workload", () => {
  it.each<[string, Partial<WorkloadShape>, string]>([
    [
      "a ready time beyond the progress deadline",
      { update: { minReadySeconds: 60, progressDeadlineSeconds: 30 } },
      "update.minReadySeconds: must be below progressDeadlineSeconds (30)",
    ],
    [
      "no surge and nothing unavailable",
      { update: { maxSurge: 0, maxUnavailable: "0%" } },
      "update.maxUnavailable: must be at least 1 where maxSurge is 0",
    ],
    ["a rolling update on a single-writer disk", disk, "update.strategy: must be Recreate"],
    [
      "the same without a surge: old and new write side by side on one node",
      { ...disk, update: { maxSurge: 0, maxUnavailable: 1 } },
      "update.strategy: must be Recreate",
    ],
    [
      "a surge with a host port",
      { ...hostPort, update: { maxSurge: 1 } },
      "update.maxSurge: must be 0: a pod and its successor on one node hold the same host port",
    ],
    ["the surge that is the default, with a host port", hostPort, "update.maxSurge: must be 0"],
    [
      "a surge with a sidecar's host port",
      { sidecars: [hostPort.container] },
      "update.maxSurge: must be 0",
    ],
    [
      "the same of a pod in its node's network, all of whose ports are the node's",
      nodePort,
      "update.maxSurge: must be 0: a pod and its successor on one node hold the same host port",
    ],
    [
      "a surge of a DaemonSet with a host port",
      { kind: "DaemonSet", ...hostPort, update: { maxSurge: 1 } },
      "update.maxSurge: must be 0",
    ],
    [
      "pods that hold one host port, on one node",
      {
        ...hostPort,
        replicas: 2,
        placement: { slot: 0 },
        update: { strategy: "Recreate" },
      },
      "placement.slot: is one node, and its pods hold the same host port",
    ],
    [
      "pods that keep apart, on one node",
      { replicas: 2, placement: { slot: 0, podAntiAffinity: "required" } },
      "placement.slot: is one node, and its pods placement.podAntiAffinity keeps apart",
    ],
    [
      "a surge of a pod that keeps apart, on one node",
      { placement: { slot: 0, podAntiAffinity: "required" } },
      "update.maxSurge: must be 0",
    ],
    [
      "an autoscaler beside fixed replicas",
      { replicas: 2, autoscale: { min: 1, max: 3, cpuPercent: 70 } },
      "replicas: must not stand beside autoscale",
    ],
    [
      "a budget that lets go of no pod",
      { replicas: 3, disruption: { minAvailable: "90%" } },
      "disruption: must be below replicas (3)",
    ],
    [
      "a budget of one pod, where nothing says how many there are",
      { disruption: { minAvailable: 1 } },
      "disruption: must be below replicas (1)",
    ],
    [
      "a budget that an autoscaler's smallest number cannot keep",
      { autoscale: { min: 2, max: 9, cpuPercent: 70 }, disruption: { minAvailable: 2 } },
      "disruption: must be below replicas (2)",
    ],
    [
      "two pods on one disk",
      { kind: "StatefulSet", replicas: 2, ...disk },
      "claims.0: a ReadWriteOnce disk is written by one pod only: set perPod",
    ],
    [
      "an autoscaled workload on one disk",
      { kind: "StatefulSet", autoscale: { min: 1, max: 2, cpuPercent: 70 }, ...disk },
      "claims.0: a ReadWriteOnce disk",
    ],
    [
      "a Job's pods on one disk",
      { kind: "Job", job: { parallelism: 2 }, ...disk },
      "claims.0: a ReadWriteOnce disk",
    ],
    ["a pod on each node on one disk", { kind: "DaemonSet", ...disk }, "claims.0: a ReadWriteOnce"],
    [
      "a disk for each pod of a Deployment",
      diskPerPod,
      "claims.0.perPod: a claim for each pod needs a StatefulSet",
    ],
    [
      "a DaemonSet's update both ways",
      { kind: "DaemonSet", update: { maxSurge: 1, maxUnavailable: 1 } },
      "update.maxUnavailable: must be 0 where maxSurge is not",
    ],
    [
      "a DaemonSet's update neither way, said in full: told once",
      { kind: "DaemonSet", update: { maxSurge: 0, maxUnavailable: 0 } },
      "update.maxUnavailable: must be at least 1 where maxSurge is 0",
    ],
    [
      "a DaemonSet's update neither way",
      { kind: "DaemonSet", update: { maxUnavailable: 0 } },
      "update.maxUnavailable: must be at least 1 where maxSurge is 0",
    ],
    [
      "a Deployment's update neither way: a DaemonSet would let one pod be missing",
      { update: { maxSurge: 0 } },
      "update.maxUnavailable: must be at least 1 where maxSurge is 0",
    ],
    [
      "a canary that the engine would wait for in vain",
      { kind: "StatefulSet", replicas: 3, update: { partition: 2 } },
      "update.partition: must be 0, or await false",
    ],
    [
      "no tries",
      { kind: "Job", job: { completions: 0 } },
      "job.completions: must be a whole number",
    ],
    ["half a try", { kind: "Job", job: { backoffLimit: 0.5 } }, "job.backoffLimit: must be"],
    [
      "a migration that others do not wait for",
      { kind: "Job", job: { migration: true }, await: false },
      "await: must not be false of a migration",
    ],
    [
      "a migration that is forgotten, and so runs again",
      { kind: "Job", job: { migration: true, ttlSecondsAfterFinished: 60 } },
      "job.ttlSecondsAfterFinished: must not be set of a migration",
    ],
  ])("%s: refused", (_, shape, fault) => {
    expect(faults(shape)).toEqual([expect.stringContaining(fault)]);
  });

  it.each<[string, Partial<WorkloadShape>, string]>([
    ["replicas", { kind: "DaemonSet", replicas: 2 }, "replicas"],
    ["replicas", { kind: "Job", replicas: 2 }, "replicas"],
    [
      "autoscale",
      { kind: "DaemonSet", autoscale: { min: 1, max: 2, cpuPercent: 70 } },
      "autoscale",
    ],
    ["disruption", { kind: "DaemonSet", disruption: { maxUnavailable: 1 } }, "disruption"],
    ["job", { job: { completions: 1 } }, "job"],
    ["update", { kind: "Job", update: { minReadySeconds: 1 } }, "update"],
    ["Recreate", { kind: "StatefulSet", update: { strategy: "Recreate" } }, "update.strategy"],
    ["Recreate", { kind: "DaemonSet", update: { strategy: "Recreate" } }, "update.strategy"],
    ["maxSurge", { kind: "StatefulSet", update: { maxSurge: 1 } }, "update.maxSurge"],
    [
      "maxUnavailable",
      { kind: "StatefulSet", update: { maxUnavailable: 2 } },
      "update.maxUnavailable",
    ],
    [
      "revisionHistoryLimit",
      { kind: "StatefulSet", update: { revisionHistoryLimit: 3 } },
      "update.revisionHistoryLimit",
    ],
    ["partition", { update: { partition: 0 } }, "update.partition"],
    [
      "podManagementPolicy",
      { update: { podManagementPolicy: "Parallel" } },
      "update.podManagementPolicy",
    ],
    ["spread", { kind: "DaemonSet", placement: { spread: "required" } }, "placement.spread"],
  ])("%s said of a kind that has no field for it would act on nothing: %o", (_, shape, path) => {
    expect(faults(shape)).toEqual([
      expect.stringContaining(`${path}: means nothing to a ${shape.kind ?? "Deployment"}`),
    ]);
  });

  it.each<[string, Partial<WorkloadShape>]>([
    ["nothing said", {}],
    ["a disk, stopped first", { ...disk, update: { strategy: "Recreate" } }],
    ["a disk of a StatefulSet of one", { kind: "StatefulSet", replicas: 1, ...disk }],
    ["a disk for each pod", { kind: "StatefulSet", replicas: 3, ...diskPerPod }],
    ["a shared disk, rolled with a surge", { replicas: 3, ...shared }],
    ["a shared disk on each node", { kind: "DaemonSet", ...shared }],
    ["a Job's disk", { kind: "Job", ...disk }],
    [
      "a host port, stopped first",
      { ...hostPort, replicas: 2, update: { maxSurge: 0, maxUnavailable: 1 } },
    ],
    [
      "a port of its node's network, stopped first",
      { ...nodePort, update: { strategy: "Recreate" } },
    ],
    ["its node's network without a port", { hostNetwork: true, container: {} }],
    [
      "a Deployment's update both ways",
      { replicas: 3, update: { maxSurge: 1, maxUnavailable: 1 } },
    ],
    ["a Job's host port: nothing of it is exchanged", { kind: "Job", ...hostPort }],
    ["a host port on each node", { kind: "DaemonSet", ...hostPort }],
    // Kubernetes then lets one pod be missing, as where nothing is said.
    ["no surge of a DaemonSet", { kind: "DaemonSet", ...hostPort, update: { maxSurge: 0 } }],
    [
      "a host port on a slot, exchanged by stopping it",
      { ...hostPort, placement: { slot: 1 }, update: { strategy: "Recreate" } },
    ],
    [
      "pods that keep apart, with room",
      { replicas: 3, placement: { podAntiAffinity: "required" } },
    ],
    ["an autoscaler alone", { autoscale: { min: 2, max: 9, cpuPercent: 70 } }],
    [
      "a canary that nobody waits for",
      { kind: "StatefulSet", update: { partition: 2 }, await: false },
    ],
    ["a migration", { kind: "Job", job: { migration: true, backoffLimit: 0 } }],
    ["a parked workload that keeps its budget", { replicas: 0, disruption: { minAvailable: 1 } }],
    [
      "whole config defaults on a DaemonSet",
      { kind: "DaemonSet", placement: { spread: "preferred" } },
    ],
  ])("%s: taken", (_, shape) => {
    expect(faults(shape)).toEqual([]);
  });

  it("tells all of them, each once", () => {
    const all = faults({
      ...disk,
      ...hostPort,
      replicas: 3,
      autoscale: { min: 3, max: 3, cpuPercent: 70 },
      disruption: { minAvailable: 3 },
      update: { minReadySeconds: 600 },
    });
    expect(all.map((fault) => fault.split(":")[0])).toEqual([
      "update.minReadySeconds",
      "replicas",
      "disruption",
      "claims.0",
      "update.maxSurge",
    ]);
  });

  it("never lets a rolling Deployment have two pods on a single-writer disk", () => {
    const share = fc.constantFrom(0, 1, 3, "0%", "30%", "100%");
    fc.assert(
      fc.property(
        fc.record({ maxSurge: share, maxUnavailable: share }, { requiredKeys: [] }),
        fc.integer({ min: 1, max: 5 }),
        (update, replicas) => {
          expect(faults({ ...disk, replicas, update })).not.toEqual([]);
        },
      ),
    );
  });
});
