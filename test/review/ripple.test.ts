/** Which workloads roll, in what order, and what their budget says; and who causes unknown values. */
import { describe, expect, it } from "vitest";

import { dependenciesOfPlan, dependenciesOfState } from "../../review/dependencies.ts";
import type { Roll, StackReport } from "../../review/model.ts";
import type { Dependencies } from "../../review/unknowns.ts";
import type { JsonObject } from "../../review/values.ts";
import { blinded, type Made, object, previewOf, unknown, urnOf, workload } from "./made.ts";
import { recorded, reportOf } from "./recorded.ts";

function stackOf(resources: readonly Made[], dependencies?: Dependencies): StackReport {
  const [stack] = reportOf([{ stack: "test", preview: previewOf(resources), dependencies }]).stacks;
  if (stack === undefined) {
    throw new Error("no stack");
  }
  return stack;
}

const rollOf = (...resources: readonly Made[]): Roll | undefined => stackOf(resources).ripple[0];

const image = (name: string, more: JsonObject = {}): Made => ({
  type: "Deployment",
  name,
  before: workload(more),
  after: workload(more, { image: "shop/web:v2" }),
});

const budget = (spec: JsonObject): Made => ({
  op: "same",
  type: "PodDisruptionBudget",
  before: object({ spec: { selector: { matchLabels: { app: "web" } }, ...spec } }),
});

describe("a workload rolls", () => {
  it("where its template changes, for what changes in it", () => {
    const { because, pace } = rollOf(image("web")) ?? {};
    expect({ because, pace }).toEqual({ because: ["image"], pace: "one at a time" });
  });

  it("where a secret in its template changes, though both sides look alike", () => {
    const inputs = workload({}, { env: [{ name: "A", value: blinded }] });
    const made: Made = {
      type: "Deployment",
      before: inputs,
      after: inputs,
      detail: { "spec.template.spec.containers[0].env[0].value": "update" },
    };
    expect(rollOf(made)).toBeDefined();
  });

  it("not where only its number of pods or its labels change", () => {
    expect(
      rollOf({ type: "Deployment", before: workload(), after: workload({ replicas: 5 }) }),
    ).toBeUndefined();
    expect(
      rollOf({ type: "CronJob", before: workload(), after: workload({ schedule: "" }) }),
    ).toBeUndefined();
  });

  it("with the config object whose new name or checksum makes it", () => {
    const reads = (name: string, sum: string) =>
      workload({
        template: {
          metadata: { labels: { app: "web" }, annotations: { sum } },
          spec: { containers: [{ name: "web", envFrom: [{ configMapRef: { name } }] }] },
        },
      });
    const config: Made = {
      type: "ConfigMap",
      before: object({ data: { a: "1" } }, "settings"),
      after: object({ data: { a: "2" } }, "settings"),
    };
    const roll = rollOf(
      { type: "Deployment", before: reads("settings", "1"), after: reads("settings", "2") },
      config,
    );
    expect(roll?.because).toEqual(["pod annotations", "ConfigMap settings"]);
  });
});

describe("its budget", () => {
  const strategy = (maxUnavailable: number) => ({
    replicas: 4,
    strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable } },
  });
  it.each<[string, JsonObject, Roll["budget"]]>([
    ["is kept", { minAvailable: 2 }, { state: "kept", line: "budget web: 2 of 4 stay, 2 must" }],
    [
      "is broken",
      { minAvailable: 3 },
      { state: "broken", line: "budget web: 2 of 4 stay, 3 must" },
    ],
    [
      "counts shares",
      { minAvailable: "51%" },
      { state: "broken", line: "budget web: 2 of 4 stay, 3 must" },
    ],
    [
      "may say how many may miss",
      { maxUnavailable: 1 },
      { state: "broken", line: "budget web: 2 of 4 stay, 3 must" },
    ],
    [
      "may not be known yet",
      { minAvailable: unknown },
      { state: "unknown", line: "budget web: not known before the update" },
    ],
  ])("%s", (_, spec, expected) => {
    expect(rollOf(image("web", strategy(2)), budget(spec))?.budget).toEqual(expected);
  });

  it("is one that selects its pods, in its namespace", () => {
    const other = budget({
      minAvailable: 1,
      selector: { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] },
    });
    expect(rollOf(image("web"), other)?.budget.state).toBe("none");
    const far: Made = {
      ...budget({ minAvailable: 1 }),
      before: {
        ...budget({ minAvailable: 1 }).before,
        metadata: { name: "web", namespace: "far" },
      },
    };
    expect(rollOf(image("web"), far)?.budget.state).toBe("none");
  });
});

describe("the order", () => {
  const urn = (name: string) => urnOf({ type: "Deployment", name });

  it("is that of what waits for what, through resources that do not roll", () => {
    const dependencies: Dependencies = new Map([
      [urn("c"), { "": ["between"] }],
      ["between", { x: [urn("b")] }],
      [urn("b"), { "": [urn("a")] }],
    ]);
    const { ripple } = stackOf([image("c"), image("b"), image("a"), image("d")], dependencies);
    expect(ripple.map(({ workload, wave }) => [workload.urn.split("::").at(-1), wave])).toEqual([
      ["a", 1],
      ["d", 1],
      ["b", 2],
      ["c", 3],
    ]);
  });

  it("comes to an end where things wait for each other", () => {
    const circle: Dependencies = new Map([
      [urn("a"), { "": [urn("b")] }],
      [urn("b"), { "": [urn("a")] }],
    ]);
    expect(stackOf([image("a"), image("b")], circle).ripple).toHaveLength(2);
  });
});

describe("an unknown value", () => {
  const balancer: Made = {
    op: ["create-replacement", "replace", "delete-replaced"],
    type: "linode:index/nodeBalancer:NodeBalancer",
    name: "balancer",
    before: { region: "a" },
    outputs: { ipv4: "192.0.2.147", region: "a" },
    after: { region: "b" },
  };
  const record: Made = {
    type: "linode:index/domainRecord:DomainRecord",
    name: "lb",
    before: { target: "192.0.2.147" },
    after: { target: unknown },
    detail: { target: "update" },
  };
  const whys = (stack: StackReport) => stack.unknowns.causes.map(({ why, count }) => [why, count]);

  it("is explained by who had its old value as an output", () => {
    const stack = stackOf([balancer, record]);
    expect(whys(stack)).toEqual([["unknown until ipv4 of NodeBalancer balancer is replaced", 1]]);
    const item = stack.items.find(({ resource }) => resource.name === "lb");
    expect(item?.unknowns[0]?.cause).toMatchObject({ urn: urnOf(balancer), property: "ipv4" });
  });

  it("is explained by what its property is made from, where it is new", () => {
    const made: Made = { ...record, op: "create" };
    const urn = urnOf(made);
    const dependencies = new Map([[urn, { target: [urnOf(balancer)] }]]);
    expect(whys(stackOf([{ ...balancer, op: "create" }, made], dependencies))).toEqual([
      ["unknown until NodeBalancer balancer is made", 1],
    ]);
  });

  it("has no cause made up: not of two, not of one that stays, not of the resource itself", () => {
    const made: Made = { ...record, op: "create" };
    const other: Made = { ...balancer, op: "create", name: "other" };
    const two = new Map([[urnOf(made), { target: [urnOf(balancer), urnOf(other)] }]]);
    const honest = [["unknown until the update: what makes it is not told", 1]];
    expect(whys(stackOf([{ ...balancer, op: "create" }, other, made], two))).toEqual(honest);
    expect(whys(stackOf([made], new Map([[urnOf(made), { target: ["gone"] }]])))).toEqual(honest);
    expect(whys(stackOf([{ ...record, outputs: { self: "192.0.2.147" } }]))).toEqual(honest);
  });

  it("of a real preview is explained", () => {
    const [stack] = reportOf([{ stack: "test", preview: recorded("test") }]).stacks;
    expect(stack?.unknowns.causes.map(({ why }) => why)).toEqual([
      "unknown until ipv4 of NodeBalancer balancer is replaced",
    ]);
  });
});

describe("what depends on what", () => {
  const state = {
    resources: [
      { urn: "a" },
      { urn: "b", dependencies: ["a"], propertyDependencies: { x: ["a"], y: null } },
    ],
  };

  it("is read from a state and from a plan", () => {
    expect(dependenciesOfState(state).get("b")).toEqual({ x: ["a"], y: [], "": ["a"] });
    const plan = { resourcePlans: { b: { goal: state.resources[1] }, gone: { goal: null } } };
    expect(dependenciesOfPlan(JSON.stringify(plan))).toEqual(
      new Map([["b", { x: ["a"], y: [], "": ["a"] }]]),
    );
  });

  it.each([undefined, null, 1, {}, { resources: null }, { resources: [{}] }])(
    "of %j is nothing",
    (other) => {
      expect(dependenciesOfState(other).size).toBe(0);
      expect(dependenciesOfPlan(other === undefined ? "{" : JSON.stringify(other)).size).toBe(0);
    },
  );
});
