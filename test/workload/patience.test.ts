import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readySeconds } from "../../components/workload/patience.ts";
import type { Probes, WorkloadArgs } from "../../components/workload/types.ts";
import { workload } from "./workload-fixture.ts";

const seconds = (change: Partial<WorkloadArgs>, probes?: Probes): number | undefined => {
  const args = workload(change);
  return readySeconds(
    probes === undefined ? args : { ...args, container: { ...args.container, probes } },
  );
};

/** Three minutes to start, in a container that is checked every five seconds. */
const slow: Probes = {
  startup: {
    check: { kind: "tcp", port: "http" },
    initialDelaySeconds: 10,
    periodSeconds: 5,
    failureThreshold: 34,
  },
  readiness: { check: { kind: "tcp", port: "http" }, periodSeconds: 5 },
};
/** Start-up, first check, and a minute for node and image. */
const slowPod = 60 + 10 + 5 * 34 + 5;

describe("how long the engine waits for pods", () => {
  it("is never shorter than the controller's own deadline, which says why", () => {
    expect(seconds({})).toBe(660);
    expect(seconds({ update: { progressDeadlineSeconds: 1_800 } })).toBe(1_860);
    expect(seconds({ replicas: 0 })).toBe(660);
  });

  it("counts pods one after another, each with all the time its probes give it", () => {
    expect(seconds({ replicas: 4 }, slow)).toBe(4 * slowPod + 60);
    expect(seconds({ replicas: 4, update: { minReadySeconds: 60 } }, slow)).toBe(
      4 * (slowPod + 60) + 60,
    );
  });

  it("counts pods that are exchanged together once", () => {
    const update = { minReadySeconds: 60 };
    expect(seconds({ replicas: 8, update: { ...update, maxSurge: 2 } }, slow)).toBe(
      4 * (slowPod + 60) + 60,
    );
    expect(
      seconds({ replicas: 8, update: { ...update, maxSurge: 1, maxUnavailable: "25%" } }, slow),
    ).toBe(3 * (slowPod + 60) + 60);
  });

  it("adds the time to stop where a pod goes before its successor comes", () => {
    const update = { maxSurge: 0, maxUnavailable: 1 };
    expect(seconds({ replicas: 4, update, terminationGraceSeconds: 45 }, slow)).toBe(
      4 * (slowPod + 45) + 60,
    );
    expect(seconds({ kind: "StatefulSet", replicas: 4 }, slow)).toBe(4 * (slowPod + 30) + 60);
    expect(seconds({ replicas: 4, update: { strategy: "Recreate" } }, slow)).toBe(660);
  });

  it("takes an autoscaler's largest number, and ten nodes of a DaemonSet", () => {
    expect(seconds({ autoscale: { min: 1, max: 5, cpuPercent: 70 } }, slow)).toBe(5 * slowPod + 60);
    expect(seconds({ kind: "DaemonSet" }, slow)).toBe(10 * (slowPod + 30) + 60);
    expect(seconds({ kind: "DaemonSet", update: { maxUnavailable: "50%" } }, slow)).toBe(660);
  });

  it("waits for the slowest of a pod's containers", () => {
    const { container } = workload({});
    const sidecars = [{ ...container, name: "proxy", probes: slow }];
    expect(seconds({ replicas: 4, sidecars })).toBe(4 * slowPod + 60);
  });

  it("takes a Job's own deadline, and leaves one without to the provider", () => {
    expect(seconds({ kind: "Job", job: { activeDeadlineSeconds: 900 } })).toBe(990);
    expect(seconds({ kind: "Job" })).toBeUndefined();
  });

  it("grows with the pods, and always outlasts deadline and ready time", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("Deployment" as const, "StatefulSet" as const),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 301, max: 3_600 }),
        (kind, replicas, minReadySeconds, progressDeadlineSeconds) => {
          const update = { minReadySeconds, progressDeadlineSeconds };
          const fewer = seconds({ kind, replicas, update }, slow) ?? 0;
          const more = seconds({ kind, replicas: replicas + 1, update }, slow) ?? 0;
          expect(more).toBeGreaterThanOrEqual(fewer);
          expect(fewer).toBeGreaterThan(progressDeadlineSeconds);
          expect(fewer).toBeGreaterThan(replicas * (minReadySeconds + 175));
        },
      ),
    );
  });
});
