import { describe, expect, it } from "vitest";
import type * as z from "zod";

import {
  Autoscale,
  budgetFault,
  Disruption,
  NodeRequirement,
  Pace,
  Placement,
  Toleration,
  Update,
} from "../../components/workload/workload.schema.ts";

/** `path: message` of each fault. */
function faults(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("what a stack file may say of an update", () => {
  it("leaves open what depends on the kind of workload", () => {
    expect(Update.parse({})).toEqual({
      strategy: "RollingUpdate",
      minReadySeconds: 0,
      progressDeadlineSeconds: 600,
    });
  });

  it.each([
    [{ minReadySeconds: 600 }, "minReadySeconds: must be below progressDeadlineSeconds (600)"],
    [
      { minReadySeconds: 60, progressDeadlineSeconds: 60 },
      "minReadySeconds: must be below progressDeadlineSeconds (60)",
    ],
    [{ maxSurge: 0 }, "maxUnavailable: must be at least 1 where maxSurge is 0"],
    [{ maxSurge: "0%", maxUnavailable: 0 }, "maxUnavailable: must be at least 1"],
    [{ maxSurge: 0, maxUnavailable: "0%" }, "maxUnavailable: must be at least 1"],
    [{ maxSurge: "30" }, "maxSurge: must be a number of pods or a percentage"],
    [{ maxUnavailable: "101%" }, "maxUnavailable: must be a number of pods or a percentage"],
    [{ maxUnavailable: -1 }, "maxUnavailable: must be a number of pods or a percentage"],
    [{ revisionHistoryLimit: -1 }, "revisionHistoryLimit: must not be negative"],
    [{ partition: -1 }, "partition: must not be negative"],
    [{ max_surge: 1 }, ': Unrecognized key: "max_surge"'],
  ])("refuses %o", (update, fault) => {
    expect(faults(Update, update)).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    { minReadySeconds: 599 },
    { maxSurge: 0, maxUnavailable: "30%" },
    { strategy: "Recreate", maxSurge: 0, maxUnavailable: 0 },
    { partition: 2, podManagementPolicy: "Parallel" },
  ])("takes %o", (update) => {
    expect(faults(Update, update)).toEqual([]);
  });

  it("refuses a ready time beyond the deadline where only the pace can be said, too", () => {
    expect(faults(Pace, { minReadySeconds: 700 })).toEqual([
      expect.stringContaining("minReadySeconds: must be below progressDeadlineSeconds (600)"),
    ]);
    expect(faults(Pace, { maxSurge: 1 })).toHaveLength(1);
  });
});

describe("what a stack file may say of placement", () => {
  it("spreads by default, and nothing else", () => {
    expect(Placement.parse({})).toEqual({
      nodeSelector: {},
      nodeAffinity: [],
      spread: "preferred",
      podAntiAffinity: "none",
      tolerations: [],
    });
  });

  it.each([
    [NodeRequirement, { key: "disk", operator: "In" }, "values: must list values"],
    [
      NodeRequirement,
      { key: "disk", operator: "Exists", values: ["ssd"] },
      "values: must list values",
    ],
    [
      Toleration,
      { key: "edge", effect: "NoSchedule", tolerationSeconds: 5 },
      "tolerationSeconds: must stand beside effect: NoExecute",
    ],
    [
      Toleration,
      { key: "edge", tolerationSeconds: 5 },
      "tolerationSeconds: must stand beside effect: NoExecute",
    ],
    [Placement, { spread: "always" }, "spread: must be preferred, required, none or a list"],
    [Placement, { spread: [] }, "spread: must list a constraint: say none for no spread"],
    [
      Placement,
      { spread: [{ topologyKey: "rack" }, { topologyKey: "rack" }] },
      "spread: must not list a topologyKey twice",
    ],
    [
      Placement,
      { podAntiAffinity: "preferred" },
      'podAntiAffinity: Invalid option: expected one of "none"|"required"',
    ],
    [Placement, { podAffinity: [] }, 'Unrecognized key: "podAffinity"'],
  ])("refuses %#: %o", (schema, value, fault) => {
    expect(faults(schema, value)).toEqual([expect.stringContaining(fault)]);
  });

  it("fills a spread constraint with a wish, one pod askew", () => {
    expect(Placement.parse({ spread: [{ topologyKey: "rack" }] }).spread).toEqual([
      { topologyKey: "rack", maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" },
    ]);
  });

  it("tells of a spread list what is wrong with its entry", () => {
    expect(faults(Placement, { spread: [{ topologyKey: "rack", maxSkew: 0 }] })).toEqual([
      expect.stringContaining("must be at least 1"),
    ]);
  });
});

describe("a budget of evictions", () => {
  it.each([
    [3, { minAvailable: 3 }],
    [1, { minAvailable: 1 }],
    // Rounded up: all three of them.
    [3, { minAvailable: "90%" }],
    [1, { minAvailable: "50%" }],
    [5, { minAvailable: "100%" }],
    [3, { maxUnavailable: 0 }],
    [3, { maxUnavailable: "0%" }],
  ])("of %i pods that is never satisfied is told: %o", (replicas, budget) => {
    expect(budgetFault(replicas, budget)).toContain("a node could never be drained");
  });

  it.each([
    [3, { minAvailable: 2 }],
    [3, { minAvailable: "60%" }],
    // Rounded up, too: one pod may go.
    [1, { maxUnavailable: "10%" }],
    [1, { maxUnavailable: 1 }],
    [0, { minAvailable: 1 }],
  ])("of %i pods that lets go of one is none: %o", (replicas, budget) => {
    expect(budgetFault(replicas, budget)).toBeUndefined();
  });

  it("says one of its two words", () => {
    expect(faults(Disruption, {})).toHaveLength(1);
    expect(faults(Disruption, { minAvailable: 1, maxUnavailable: 1 })).toHaveLength(1);
  });
});

describe("an autoscaler", () => {
  it("has room between min and max, and at least one pod", () => {
    expect(faults(Autoscale, { min: 3, max: 2 })).toEqual(["max: must not be below min"]);
    expect(faults(Autoscale, { min: 0, max: 2 })).toEqual(["min: must be at least 1"]);
    expect(Autoscale.parse({ min: 1, max: 2 })).toEqual({ min: 1, max: 2, cpuPercent: 70 });
  });
});
