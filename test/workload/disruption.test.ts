import * as k8s from "@pulumi/kubernetes";
import { describe, expect, it } from "vitest";

import type { WorkloadArgs } from "../../components/workload/types.ts";
import { collect } from "../harness.ts";
import { LoneWorkload } from "./lone-workload.ts";
import { workload } from "./workload-fixture.ts";

/** Specs of a Workload's budgets. */
async function budgets(change: Partial<WorkloadArgs>): Promise<readonly unknown[]> {
  const { resources } = await collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    return new LoneWorkload("echo", workload(change), { providers: [provider] });
  });
  return resources
    .filter(({ type }) => type === "kubernetes:policy/v1:PodDisruptionBudget")
    .map(({ inputs }) => inputs["spec"]);
}

const rest = {
  selector: { matchLabels: { "app.kubernetes.io/name": "echo" } },
  unhealthyPodEvictionPolicy: "AlwaysAllow",
};

describe("a budget of evictions", () => {
  // Also with one pod: it may go, so that a node can be drained, and the budget is there to scale.
  it.each([1, 3])("lets one of %i pods go at a time, and a broken one always", async (replicas) => {
    expect(await budgets({ replicas })).toEqual([{ ...rest, maxUnavailable: 1 }]);
    const set = { kind: "StatefulSet", replicas } as const;
    expect(await budgets(set)).toEqual([{ ...rest, maxUnavailable: 1 }]);
  });

  it("is the one that is said", async () => {
    expect(await budgets({ replicas: 5, disruption: { minAvailable: "60%" } })).toEqual([
      { ...rest, minAvailable: "60%" },
    ]);
  });

  it("is none of what a drained node takes along, or of what ends by itself", async () => {
    expect(await budgets({ kind: "DaemonSet" })).toEqual([]);
    expect(await budgets({ kind: "Job" })).toEqual([]);
  });
});
