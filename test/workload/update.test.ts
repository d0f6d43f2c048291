import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  daemonSetShares,
  deploymentBudget,
  surgeOf,
  unavailableOf,
  updateFaults,
} from "../../components/workload/update.ts";

describe("shares of pods", () => {
  // 30 % of two pods is what the lecture's max_failure_ratio comes to.
  it.each([
    ["30%", 1, 1, 0],
    ["30%", 2, 1, 0],
    ["30%", 3, 1, 0],
    ["30%", 4, 2, 1],
    ["30%", 10, 3, 3],
    ["25%", 4, 1, 1],
    ["25%", 5, 2, 1],
    ["50%", 1, 1, 0],
    ["50%", 3, 2, 1],
    ["99%", 2, 2, 1],
    ["100%", 1, 1, 1],
    ["100%", 7, 7, 7],
    ["0%", 7, 0, 0],
    ["1%", 1, 1, 0],
    [2, 1, 2, 1],
    [2, 5, 2, 2],
    [0, 5, 0, 0],
    ["30%", 0, 0, 0],
  ])("%s of %i: surge %i, unavailable %i", (share, replicas, surge, unavailable) => {
    expect(surgeOf(share, replicas)).toBe(surge);
    expect(unavailableOf(share, replicas)).toBe(unavailable);
  });

  const percent = fc.integer({ min: 0, max: 100 });
  const replicas = fc.integer({ min: 0, max: 1_000 });

  it("rounds a surge up and unavailability down, never further than the next pod", () => {
    fc.assert(
      fc.property(percent, replicas, (share, pods) => {
        const exact = (share * pods) / 100;
        const surge = surgeOf(`${share}%`, pods);
        const unavailable = unavailableOf(`${share}%`, pods);
        expect(surge).toBeGreaterThanOrEqual(exact);
        expect(surge).toBeLessThan(exact + 1);
        expect(unavailable).toBeLessThanOrEqual(exact);
        expect(unavailable).toBeGreaterThan(exact - 1);
      }),
    );
  });
});

describe("what the Deployment controller makes of an update", () => {
  it.each([
    ["nothing said: a successor first", {}, 3, { surge: 1, unavailable: 0 }],
    ["stop first", { maxSurge: 0, maxUnavailable: 1 }, 3, { surge: 0, unavailable: 1 }],
    [
      "shares that round to nothing: one pod may be missing",
      { maxSurge: 0, maxUnavailable: "30%" },
      2,
      { surge: 0, unavailable: 1 },
    ],
    ["more than there are", { maxSurge: 0, maxUnavailable: 5 }, 3, { surge: 0, unavailable: 3 }],
    ["all at once", { maxSurge: "100%" }, 3, { surge: 3, unavailable: 0 }],
    ["all stopped first", { strategy: "Recreate" as const }, 3, { surge: 0, unavailable: 3 }],
    ["parked", { maxSurge: 0, maxUnavailable: "30%" }, 0, { surge: 0, unavailable: 0 }],
  ])("%s", (_, update, replicas, budget) => {
    expect(deploymentBudget(update, replicas)).toEqual(budget);
  });

  it("can always exchange a pod of an update that the schema lets through", () => {
    const share = fc.oneof(
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
    );
    const update = fc.record({ maxSurge: share, maxUnavailable: share }, { requiredKeys: [] });
    fc.assert(
      fc.property(update, fc.integer({ min: 1, max: 100 }), (said, replicas) => {
        fc.pre(updateFaults(said).length === 0);
        const { surge, unavailable } = deploymentBudget(said, replicas);
        expect(surge + unavailable).toBeGreaterThan(0);
        expect(unavailable).toBeLessThanOrEqual(replicas);
      }),
    );
  });
});

describe("a DaemonSet's update", () => {
  it.each([
    [{}, { maxSurge: 0, maxUnavailable: 1 }],
    [{ maxSurge: 1 }, { maxSurge: 1, maxUnavailable: 0 }],
    [{ maxSurge: "0%" }, { maxSurge: "0%", maxUnavailable: 1 }],
    [{ maxUnavailable: "20%" }, { maxSurge: 0, maxUnavailable: "20%" }],
  ])("%o stops a node's old pod before or after the new one starts, not both", (said, shares) => {
    expect(daemonSetShares(said)).toEqual(shares);
  });
});
