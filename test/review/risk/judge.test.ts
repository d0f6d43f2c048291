/** How risks are put together: the worst of a change and of a stack, and steps of which no rule speaks. */
import { describe, expect, it } from "vitest";

import { worst } from "../../../review/risk/judge.ts";
import type { JsonObject } from "../../../review/values.ts";
import { blinded, type Made, madeItem, madeReport, object, workload } from "../made.ts";
import { balanced, bucket, firewall, gone, image, middleware } from "./changes.ts";
import { rulesOf } from "./each-rule.ts";

describe("what an update that failed had replaced, and only goes now", () => {
  const left = (type: string, before: JsonObject): readonly string[] =>
    rulesOf({ op: ["same", "delete-replaced"], type, before });

  it.each(["Deployment", "Job"])("is no %s that stops, rolls or runs again", (type) => {
    expect(left(type, workload())).toEqual(["object-replaced"]);
  });

  it("is what is in it all the same", () => {
    expect(left(bucket, { name: "data" })).toContain("store-deleted");
  });
});

describe("what is only read", () => {
  it.each<[string, JsonObject]>([
    ["Role", object()],
    ["ServiceAccount", object()],
    ["NetworkPolicy", object()],
    ["Service", balanced([])],
    ["PodDisruptionBudget", object()],
    ["ValidatingWebhookConfiguration", object()],
    [middleware, object()],
    [firewall, {}],
  ])("stays as it is, and nobody needs to ask of it: %s", (type, after) => {
    expect(rulesOf({ op: "read", type, after })).toEqual(["taken-over"]);
    expect(rulesOf({ op: "read", type, before: after, after })).toEqual(["taken-over"]);
  });
});

describe("what the engine calls the same", () => {
  const inputs = object({ data: { a: "1" }, secret: blinded });
  const same = (more: Partial<Made>): Made => ({
    op: "same",
    type: "ConfigMap",
    before: inputs,
    after: inputs,
    ...more,
  });

  it.each<[string, Partial<Made>]>([
    ["protection-lifted", { protect: [true, false] }],
    ["retention-lifted", { retain: [true, false] }],
  ])("is told where it is kept less than before: %s, and nothing else", (rule, more) => {
    const item = madeItem(same(more));
    expect(item.findings.map((finding) => finding.rule)).toEqual([rule]);
    expect(item).toMatchObject({ operation: "update", risk: "data-loss", changes: [] });
    expect(item.secrets.map(({ change }) => change)).toEqual(["unchanged"]);
    const { verdict, stacks } = madeReport([same(more), { ...same({}), name: "other" }]);
    expect(verdict.exitCode).toBe(3);
    expect(stacks[0]?.counts).toMatchObject({ update: 1, same: 1 });
  });

  it.each<[string, Partial<Made>]>([
    ["as before", { protect: [true, true], retain: [true, true] }],
    ["more than before", { protect: [false, true], retain: [false, true] }],
  ])("is nothing where it is kept %s", (_, more) => {
    expect(madeReport([same(more)]).stacks[0]).toMatchObject({ outcome: "unchanged", items: [] });
  });
});

describe("a step of which this version does not know", () => {
  it("is told as a change, and one that does nothing to the world is not", () => {
    const step = (op: string): Made => ({
      op,
      type: "ConfigMap",
      before: object(),
      after: object(),
    });
    expect(madeItem(step("transmogrify"))).toMatchObject({ operation: "update", risk: "rollout" });
    for (const op of ["refresh", "remove-pending-replace"]) {
      expect(madeReport([step(op)]).stacks[0]?.items).toEqual([]);
    }
  });
});

describe("the risk of a change", () => {
  it("is that of the worst rule, which comes first", () => {
    const item = madeItem(gone("StatefulSet", workload()));
    expect(item.risk).toBe("data-loss");
    expect(item.findings.map(({ risk }) => risk)).toEqual(["data-loss", "downtime"]);
  });

  it("is told of every change, whatever it is", () => {
    const item = madeItem({
      op: "update",
      type: "strange:thing:Thing",
      before: { a: 1 },
      after: { a: 2 },
    });
    expect(item.findings).not.toEqual([]);
  });

  it("is the worst of a stack's, in whatever order its changes come", () => {
    for (const changes of [
      [image(), gone("Namespace")],
      [gone("Namespace"), image()],
    ]) {
      const { verdict } = madeReport(changes.map((made, at) => ({ ...made, name: `n${at}` })));
      expect(verdict.risk).toBe("data-loss");
    }
    expect(worst(["cosmetic", undefined, "access", "rollout"])).toBe("access");
  });
});
