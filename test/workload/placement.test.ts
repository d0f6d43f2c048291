import { describe, expect, it } from "vitest";

import { placementOf } from "../../components/workload/placement.ts";
import type { WorkloadArgs } from "../../components/workload/types.ts";
import { workload } from "./workload-fixture.ts";

const placed = (placement: WorkloadArgs["placement"], kind: WorkloadArgs["kind"] = "Deployment") =>
  placementOf("echo", workload({ kind, ...(placement === undefined ? {} : { placement }) }));

const mine = { matchLabels: { "app.kubernetes.io/name": "echo" } };

/** A spread constraint that is only wished for. */
const wish = (topologyKey: string) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: mine,
  matchLabelKeys: ["pod-template-hash"],
});

describe("placement", () => {
  it("wishes for different nodes and zones, and asks for nothing else", () => {
    const usual = {
      topologySpreadConstraints: [
        wish("kubernetes.io/hostname"),
        wish("topology.kubernetes.io/zone"),
      ],
    };
    expect(placed(undefined)).toEqual(usual);
    expect(placed({ spread: "preferred" }, "StatefulSet")).toEqual(usual);
  });

  it("leaves a pod pending rather than lie unevenly over nodes, where that is required", () => {
    expect(placed({ spread: "required" })).toEqual({
      topologySpreadConstraints: [
        {
          ...wish("kubernetes.io/hostname"),
          whenUnsatisfiable: "DoNotSchedule",
          // Else a node that the pods may not use would hold all the others at one pod.
          nodeTaintsPolicy: "Honor",
        },
        wish("topology.kubernetes.io/zone"),
      ],
    });
  });

  it("spreads as a list says", () => {
    const spread = [
      { topologyKey: "rack", maxSkew: 2, whenUnsatisfiable: "ScheduleAnyway" as const },
    ];
    const list = { topologySpreadConstraints: [{ ...wish("rack"), maxSkew: 2 }] };
    expect(placed({ spread })).toEqual(list);
    expect(placed({ spread }, "Job")).toEqual(list);
  });

  it.each<[string, WorkloadArgs["placement"], WorkloadArgs["kind"]]>([
    ["none is none", { spread: "none" }, "Deployment"],
    ["a Job's pods lie where there is room", undefined, "Job"],
    ["a DaemonSet is everywhere", undefined, "DaemonSet"],
    [
      "a DaemonSet is everywhere, whatever config says by default",
      { spread: "preferred" },
      "DaemonSet",
    ],
  ])("asks for no spread where %s", (_, placement, kind) => {
    expect(placed(placement, kind)).toEqual({});
  });

  it("pins to a slot by its label, beside the other labels", () => {
    expect(placed({ slot: 3, nodeSelector: { disk: "ssd" }, spread: "preferred" })).toEqual({
      nodeSelector: { disk: "ssd", "fleet/slot": "3" },
    });
  });

  it("asks for all of a list of labels at once: Kubernetes would take any of several terms", () => {
    const nodeAffinity = [
      { key: "disk", operator: "In" as const, values: ["ssd", "nvme"] },
      {
        key: "node-role.kubernetes.io/control-plane",
        operator: "DoesNotExist" as const,
        values: [],
      },
    ];
    expect(placed({ nodeAffinity, spread: "none" })).toEqual({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: "disk", operator: "In", values: ["ssd", "nvme"] },
                  { key: "node-role.kubernetes.io/control-plane", operator: "DoesNotExist" },
                ],
              },
            ],
          },
        },
      },
    });
  });

  it("never puts two of the pods on one node, where that is required", () => {
    expect(placed({ podAntiAffinity: "required", spread: "none" })).toEqual({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: mine, topologyKey: "kubernetes.io/hostname" },
          ],
        },
      },
    });
    expect(placed({ podAntiAffinity: "none", spread: "none" })).toEqual({});
  });

  it("tolerates a taint with any value, with one, or for a while", () => {
    const tolerations = [
      { key: "edge" },
      { key: "edge", value: "yes", effect: "NoSchedule" as const },
      { key: "down", effect: "NoExecute" as const, tolerationSeconds: 60 },
    ];
    expect(placed({ tolerations, spread: "none" })).toEqual({
      tolerations: [
        { key: "edge", operator: "Exists" },
        { key: "edge", operator: "Equal", value: "yes", effect: "NoSchedule" },
        { key: "down", operator: "Exists", effect: "NoExecute", tolerationSeconds: 60 },
      ],
    });
  });
});
