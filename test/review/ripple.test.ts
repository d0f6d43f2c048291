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
    expect(rollOf(made)?.because).toEqual(["environment"]);
    const secrets = { "spec.template.spec.volumes[0].secret": "update", "spec.replicas": "update" };
    expect(rollOf({ ...made, detail: secrets })?.because).toEqual(["volumes"]);
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

describe("a workload that is made anew", () => {
  const anew = (op: readonly string[], type = "Deployment"): Made => ({
    op,
    type,
    before: workload({ replicas: 4 }),
    after: workload({ replicas: 4, strategy: { type: "Recreate" } }),
  });

  it.each<[string, readonly string[], number, string]>([
    [
      "all at once: the old ones stop first",
      ["delete-replaced", "replace", "create-replacement"],
      4,
      "budget web: 0 of 4 stay, 2 must",
    ],
    [
      "all at once, beside the old ones",
      ["create-replacement", "replace", "delete-replaced"],
      0,
      "budget web: 4 of 4 stay, 2 must",
    ],
  ])("rolls %s", (pace, op, missing, line) => {
    const roll = rollOf(anew(op), budget({ minAvailable: 2 }));
    expect(roll).toMatchObject({ because: ["it is replaced"], pace, missing, replicas: 4 });
    expect(roll?.budget).toEqual({ state: missing === 0 ? "kept" : "broken", line });
  });

  it("is none that rolls where nothing of it serves, or only the old one goes", () => {
    expect(
      rollOf(anew(["delete-replaced", "replace", "create-replacement"], "Job")),
    ).toBeUndefined();
    expect(
      rollOf({ op: ["same", "delete-replaced"], type: "Deployment", before: workload() }),
    ).toBeUndefined();
  });
});

describe("what makes it roll", () => {
  const containers = (...list: readonly JsonObject[]) => workload({}, {}, { containers: list });
  const web = { name: "web", image: "a:1" };
  const because = (before: JsonObject, after: JsonObject, ...others: readonly Made[]) =>
    rollOf({ type: "Deployment", before, after }, ...others)?.because;
  const labelled = (labels: JsonObject) =>
    workload({ template: { metadata: { labels }, spec: { containers: [web] } } });

  it.each<[string, JsonObject, JsonObject, readonly string[]]>([
    [
      "parts of its containers, each once",
      containers({ ...web, env: [] }, { name: "b", env: [] }),
      containers({ ...web, envFrom: [{}] }, { name: "b", env: [{ name: "A" }], args: ["a"] }),
      ["environment", "args"],
    ],
    ["a container that comes", containers(web), containers(web, { name: "b" }), ["containers"]],
    ["a container that goes", containers(web, { name: "b" }), containers(web), ["containers"]],
    [
      "containers in another order",
      containers({ name: "b" }, web),
      containers(web, { name: "b" }),
      [],
    ],
    [
      "another part of its pods",
      workload({}, {}, { nodeSelector: { a: "1" }, hostname: "a" }),
      workload({}, {}, { nodeSelector: { a: "2" }, hostname: "a" }),
      ["nodeSelector"],
    ],
    [
      "labels of its pods",
      labelled({ app: "web" }),
      labelled({ app: "web", a: "1" }),
      ["pod labels"],
    ],
  ])("is told: %s", (_, before, after, causes) => {
    expect(because(before, after)).toEqual(causes);
  });

  it("is a Secret under a new name as well, and no object that it does not read, or that stays", () => {
    const reads = (name: string) => workload({}, { envFrom: [{ secretRef: { name } }] });
    const secret = (name: string, more: Partial<Made> = {}): Made => ({
      op: "create",
      type: "Secret",
      name,
      after: object({}, name),
      ...more,
    });
    expect(because(reads("a"), reads("b"), secret("b"), secret("c"))).toEqual([
      "environment",
      "Secret b",
    ]);
    const noted: Partial<Made> = {
      op: "update",
      before: { metadata: { name: "b", namespace: "shop", labels: { a: "1" } } },
      after: { metadata: { name: "b", namespace: "shop", labels: { a: "2" } } },
    };
    expect(because(reads("a"), reads("b"), secret("b", noted))).toEqual(["environment"]);
    expect(because(reads("a"), reads("b"), { ...secret("b"), type: "ServiceAccount" })).toEqual([
      "environment",
    ]);
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

  it("is not known of pods of which there is one a node", () => {
    const daemon: Made = { ...image("web"), type: "DaemonSet" };
    const roll = rollOf(daemon, budget({ minAvailable: 1 }));
    expect(roll?.budget.state).toBe("unknown");
    expect(Object.keys(roll ?? {})).not.toContain("replicas");
    expect(Object.keys(roll ?? {})).not.toContain("missing");
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

  it("is that of their names where none waits", () => {
    const { ripple } = stackOf([image("b"), image("c"), image("a")]);
    expect(ripple.map(({ workload }) => workload.urn.split("::").at(-1))).toEqual(["a", "b", "c"]);
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

  const wants = (before: unknown): Made => ({ ...record, before: { target: before } });
  const gives = (value: unknown, more: Partial<Made> = {}): Made => ({
    ...balancer,
    outputs: { ipv4: value },
    ...more,
  });
  const told = "unknown until ipv4 of NodeBalancer balancer is replaced";
  const untold = "unknown until the update: what makes it is not told";

  it.each<[string, readonly Made[], string]>([
    ["a number", [gives(30_443), wants(30_443)], told],
    ["the shortest that tells anything", [gives("12345"), wants("12345")], told],
    ["one that may stand anywhere", [gives("1234"), wants("1234")], untold],
    [
      "what two had",
      [gives("192.0.2.1"), gives("192.0.2.1", { name: "b" }), wants("192.0.2.1")],
      untold,
    ],
    [
      "what it was told itself",
      [gives("192.0.2.1", { before: { a: "192.0.2.1" } }), wants("192.0.2.1")],
      untold,
    ],
    [
      "what is the provider's own",
      [gives("", { outputs: { __a: "192.0.2.1" } }), wants("192.0.2.1")],
      untold,
    ],
    [
      "what one had that is let go",
      [gives("192.0.2.1", { op: "delete", retain: true }), wants("192.0.2.1")],
      untold,
    ],
    ["what one had that goes", [gives("192.0.2.1", { op: "delete" }), wants("192.0.2.1")], untold],
    [
      "a part of a list",
      [gives("", { outputs: { a: [{ b: "192.0.2.1" }] } }), wants("192.0.2.1")],
      told.replace("ipv4", "a[0].b"),
    ],
    [
      "what one had twice",
      [gives("", { outputs: { ipv4: "192.0.2.1", b: "192.0.2.1" } }), wants("192.0.2.1")],
      told,
    ],
    ["no value but an object", [gives("192.0.2.1"), wants({ a: "192.0.2.1" })], untold],
  ])("is explained by an old value: %s", (_, resources, why) => {
    expect(whys(stackOf(resources))).toEqual([[why, 1]]);
  });

  it("is made by what is in a component, not by the component, and by nothing that goes", () => {
    const made: Made = { ...record, op: "create" };
    const component: Made = { op: "create", type: "fleet:shop:Shop", after: { a: 1 } };
    const gone: Made = { ...balancer, op: "delete", name: "gone" };
    const asked = [component, gone, balancer, made].map(urnOf);
    const stack = stackOf(
      [component, gone, { ...balancer, op: "create" }, made],
      new Map([[urnOf(made), { target: asked }]]),
    );
    expect(whys(stack)).toEqual([["unknown until NodeBalancer balancer is made", 1]]);
    const provider: Made = { op: "create", type: "pulumi:providers:linode", after: {} };
    const byProvider = new Map([[urnOf(made), { target: [urnOf(provider)] }]]);
    expect(whys(stackOf([provider, made], byProvider))).toEqual([
      ["unknown until linode web is made", 1],
    ]);
  });

  it("is counted by what makes it, the most first", () => {
    const two: Made = {
      ...record,
      name: "two",
      after: { target: unknown, a: unknown, b: unknown, c: unknown },
    };
    const { causes, count } = stackOf([balancer, record, two]).unknowns;
    expect(count).toBe(5);
    expect(causes.map((each) => [each.why, each.count, each.cause?.label])).toEqual([
      [untold, 3, undefined],
      [told, 2, "NodeBalancer balancer"],
    ]);
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
