/** A cluster's pools against those of its stack. */
import { describe, expect, it } from "vitest";

import type { CloudThing } from "../../../ops/adopt/clouds.ts";
import { decidePools } from "../../../ops/adopt/pools.ts";
import type { Planned } from "../../../ops/adopt/preview.ts";
import { brief, clusterType, planned, poolType, unknown } from "./made.ts";

describe("a cluster's pools", () => {
  const cluster = planned(clusterType, "lke", {
    label: "prod",
    pools: [{ type: "g6-standard-1", count: 1 }],
  });
  const taken = [{ verdict: "adopted", what: "", why: "", planned: cluster, id: "7" }] as const;
  const wish = (type: string, labels: Record<string, string>, nodeCount = 1) =>
    planned(poolType, JSON.stringify(labels), { clusterId: unknown, type, nodeCount, labels });
  const live = (id: string, type: string, more: Record<string, unknown> = {}): CloudThing => ({
    type: poolType,
    id: `7,${id}`,
    inputs: { clusterId: "7", type, nodeCount: 1, labels: {}, tags: ["fleet"], ...more },
  });
  const base = live("1", "g6-standard-1", { tags: [] });
  const decide = (wanted: readonly Planned[], things: readonly CloudThing[]) =>
    brief(decidePools([cluster, ...wanted], things, taken));

  it("are told apart by their labels, or by a size that one alone has", () => {
    const slot = { "fleet/pool": "dmsg", "fleet/slot": "1" };
    const wanted = [
      wish("g6-standard-2", slot),
      wish("g6-standard-4", { "fleet/pool": "general" }),
    ];
    const things = [base, live("2", "g6-standard-4"), live("3", "g6-standard-2", { labels: slot })];
    expect(decide(wanted, things)).toEqual([
      ["adopted", "LkeNodePool dmsg slot 1 (7,3)", "as it is"],
      [
        ...["adopted", "LkeNodePool general (7,2)"],
        "the next update changes its labels, and no node",
      ],
    ]);
  });

  it("that could be either of two are not guessed", () => {
    const slots = ["1", "2"].map((slot) => ({ "fleet/pool": "dmsg", "fleet/slot": slot }));
    const things = [base, live("2", "g6-standard-2"), live("3", "g6-standard-2")];
    const decisions = decide(
      slots.map((labels) => wish("g6-standard-2", labels)),
      things,
    );
    expect(decisions.slice(0, 2)).toEqual(
      slots.map(({ "fleet/slot": slot }) => [
        ...["in the way", `LkeNodePool dmsg slot ${slot}`],
        `which of 7,2 and 7,3 it is cannot be told: give it the tag fleet and the labels {fleet/pool: dmsg, fleet/slot: ${slot}}`,
      ]),
    );
  });

  it("are not taken by their size where another could be it, has another's name, or is the cluster's own", () => {
    const labels = { "fleet/pool": "general" };
    const verdicts = (...things: readonly CloudThing[]) =>
      decide([wish("g6-standard-2", labels)], [base, ...things]).map(([verdict, what]) =>
        [verdict, what].join(": "),
      );
    const size = (id: string, more: Record<string, unknown> = {}) =>
      live(id, "g6-standard-2", more);
    expect(verdicts(size("2", { labels }), size("3", { labels }))[0]).toBe(
      "in the way: LkeNodePool general",
    );
    expect(verdicts(size("2", { labels: { "fleet/pool": "other" } }))[0]).toBe(
      "in the way: LkeNodePool general",
    );
    expect(verdicts(size("2", { tags: [] }))[0]).toBe("in the way: LkeNodePool general");
    // One that is there, and two that are wanted: whichever was taken, the other would be made anew.
    const two = ["general", "other"].map((pool) => wish("g6-standard-2", { "fleet/pool": pool }));
    expect(decide(two, [base, size("2")]).map(([verdict]) => verdict)).toEqual([
      ...["in the way", "in the way", "untouched"],
    ]);
    expect(verdicts(size("2"), size("3"))[0]).toBe("in the way: LkeNodePool general");
    // Of another size it is no rival.
    const sizes = [wish("g6-standard-2", labels), wish("g6-standard-4", { "fleet/pool": "b" })];
    const both = [base, size("2"), live("3", "g6-standard-4")];
    expect(decide(sizes, both).map(([, what]) => what)).toEqual([
      ...["LkeNodePool general (7,2)", "LkeNodePool b (7,3)"],
    ]);
    // What others are called by is left to them, also where it has the size of one that is found by its name.
    expect(verdicts(size("2", { labels }), size("3"))).toEqual([
      "adopted: LkeNodePool general (7,2)",
      "untouched: LkeNodePool (7,3), 1 × g6-standard-2",
    ]);
  });

  it("are the cluster's own where they have its size and number, the first of them alone", () => {
    const cases: readonly (readonly CloudThing[])[] = [
      [live("2", "g6-standard-1", { tags: [], nodeCount: 3 })],
      [live("2", "g6-standard-1", { tags: [] })],
      [live("2", "g6-standard-2", { tags: [] })],
    ];
    for (const more of cases) {
      expect(decide([], [base, ...more]).map(([verdict, what]) => [verdict, what])).toEqual([
        ["in the way", expect.stringContaining("LkeNodePool (7,2)")],
      ]);
    }
    expect(decide([], [base])).toEqual([]);
    // One with the tag is never the cluster's own, whatever its size.
    expect(decide([], [live("2", "g6-standard-1"), base]).map(([verdict]) => verdict)).toEqual([
      "untouched",
    ]);
  });

  it("that the cluster's next update would delete stop everything", () => {
    const labels = { "fleet/pool": "general" };
    const untagged = live("2", "g6-standard-4", { labels, tags: [] });
    const stranger = live("3", "g6-standard-6", { tags: [] });
    const decisions = decide([wish("g6-standard-4", labels)], [base, untagged, stranger]);
    expect(decisions.map(([verdict, what]) => [verdict, what])).toEqual([
      ["in the way", "LkeNodePool general (7,2)"],
      ["in the way", "LkeNodePool (7,3), 1 × g6-standard-6"],
    ]);
    expect(decisions.every(([, , why]) => why?.includes("would delete it with its nodes"))).toBe(
      true,
    );
  });

  it("of another size or number are not changed on the way", () => {
    const labels = { "fleet/pool": "general" };
    const [[, , size] = []] = decide(
      [wish("g6-standard-4", labels)],
      [base, live("2", "g6-standard-2", { labels })],
    );
    expect(size).toContain("its type is g6-standard-2, the stack says g6-standard-4");
    const [[, , count] = []] = decide(
      [wish("g6-standard-4", labels, 2)],
      [base, live("2", "g6-standard-4", { labels, nodeCount: 3 })],
    );
    expect(count).toContain("it has 3 nodes, the stack says 2");
  });

  it("are those of the stack's own cluster, whatever else is taken or lies beside it", () => {
    const labels = { "fleet/pool": "general" };
    const wanted = wish("g6-standard-4", labels);
    const elsewhere = live("5", "g6-standard-4", { labels, clusterId: "8", tags: [] });
    const firewall = { verdict: "adopted", what: "", why: "", id: "9" } as const;
    const nodes = planned("linode:index/firewall:Firewall", "nodes", { label: "x" });
    const own = live("2", "g6-standard-4", { labels });
    const all = [{ ...firewall, planned: nodes }, ...taken];
    expect(brief(decidePools([cluster, wanted], [elsewhere, base, own], all))).toEqual([
      ["adopted", "LkeNodePool general (7,2)", "as it is"],
    ]);
  });

  it("of a cluster that the state has already are looked at by its number", () => {
    const labels = { "fleet/pool": "general" };
    const inputs = { clusterId: 7, type: "g6-standard-4", nodeCount: 1, labels };
    const wanted = planned(poolType, "general", inputs);
    // What came beside it since is not the cluster's own affair.
    const stranger = live("3", "g6-standard-6", { tags: [] });
    const own = live("2", "g6-standard-4", { labels });
    expect(brief(decidePools([wanted], [own, stranger], []))).toEqual([
      ["adopted", "LkeNodePool general (7,2)", "as it is"],
    ]);
    expect(decidePools([wanted], [], [])).toEqual([]);
  });

  it("that are nobody's stay, and one that is missing is asked for", () => {
    const things = [base, live("9", "g6-standard-8")];
    expect(decide([wish("g6-standard-4", { "fleet/pool": "general" })], things)).toEqual([
      [
        ...["in the way", "LkeNodePool general"],
        "the cluster has none that could be it: make one of 1 g6-standard-4, and give it the tag fleet and the labels {fleet/pool: general}",
      ],
      [
        ...["untouched", "LkeNodePool (7,9), 1 × g6-standard-8"],
        "is not the stack's, and keeps its nodes",
      ],
    ]);
  });

  it("of a cluster that is still to be made are none", () => {
    expect(decidePools([cluster, wish("g6-standard-4", { "fleet/pool": "a" })], [], [])).toEqual(
      [],
    );
  });
});
