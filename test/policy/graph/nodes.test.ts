/** What room a pod needs, and which nodes take it. */
import { describe, expect, test } from "vitest";

import type { NodeShape } from "../../../components/platform/cluster.schema.ts";
import { eligible } from "../../../policy/graph/nodes.ts";
import { PodSpec } from "../../../policy/graph/objects.ts";
import { found } from "./found.ts";
import { controller, type Loose, pod, town, twoNodes } from "./town.ts";

test.each([
  ["a Job at once", { kind: "Job", spec: {} }, "3 pods at once"],
  ["a Job that needs fewer", { kind: "Job", spec: { completions: 2 } }, "2 pods at once"],
  ["a Job by the clock", { kind: "CronJob", spec: {} }, "3 pods at once"],
])("room is wanted for all pods of %s", (_, { kind, spec }, told) => {
  const { template } = controller(
    "Deployment",
    "shop",
    "work",
    pod("work", {}, { resources: { requests: { cpu: "1", memory: "7Gi" } } }),
  )["spec"] as { template: object };
  const job = { parallelism: 3, ...spec, template };
  const work = {
    apiVersion: "batch/v1",
    kind,
    metadata: { name: "work", namespace: "shop" },
    spec: kind === "Job" ? job : { schedule: "0 3 * * *", jobTemplate: { spec: job } },
  };
  expect(found("requests-fit", town({ work }))).toContain(`${kind} shop/work: 0 of ${told}`);
});

test.each<[string, object | undefined, object, string]>([
  ["as they are", undefined, {}, ""],
  ["stopped first", { maxUnavailable: 1 }, {}, ""],
  ["none started first", { maxSurge: "0%", maxUnavailable: 1 }, {}, ""],
  [
    "started first",
    { maxSurge: 1, maxUnavailable: 0 },
    {},
    "no room for one more, as an update needs it",
  ],
  ["a share started first", { maxSurge: "10%", maxUnavailable: 0 }, {}, "no room for one more"],
  ["too large", undefined, { memory: "20Gi" }, "has no room for one"],
])("a DaemonSet's pods find room on each node, %s", (_, rollingUpdate, more, told) => {
  const each = controller(
    "DaemonSet",
    "shop",
    "each",
    pod("each", {}, { resources: { requests: { cpu: "1m", memory: "4Gi", ...more } } }),
    rollingUpdate === undefined ? {} : { updateStrategy: { type: "RollingUpdate", rollingUpdate } },
  );
  const said = found("requests-fit", town({ each }))
    .split("\n")
    .filter((line) => line.startsWith("DaemonSet shop/each"));
  expect(said.length).toBe(told === "" ? 0 : twoNodes.length);
  expect(said.every((line) => line.includes(told))).toBe(true);
});

describe("a pod's room", () => {
  const starting = (...steps: readonly object[]): string => {
    const asking = (memory: string, more: object = {}): object => ({
      ...pod("step", {}, { resources: { requests: { cpu: "1m", memory } } }).containers[0],
      ...more,
    });
    const spec = {
      ...pod("early", {}, { resources: { requests: { cpu: "1m", memory: "2Gi" } } }),
      initContainers: steps.map((step) => {
        const { memory, ...more } = step as { memory: string };
        return asking(memory, more);
      }),
    };
    const early = controller("Deployment", "shop", "early", spec, {
      strategy: { type: "Recreate" },
    });
    return found("requests-fit", town({ early }))
      .split("\n")
      .filter((line) => line.includes("shop/early"))
      .map((line) => /and (\S+)$/.exec(line)?.[1] ?? line)
      .join();
  };
  const sidecar = (memory: string): object => ({ memory, restartPolicy: "Always" });

  test.each<[string, readonly object[], string]>([
    ["its containers together with its sidecars", [sidecar("7Gi")], "9Gi"],
    ["its hungriest step", [{ memory: "8Gi" }, { memory: "7Gi" }], "8Gi"],
    ["a step with the sidecars before it", [sidecar("1Gi"), { memory: "8Gi" }], "9Gi"],
    ["a step without the sidecars behind it", [{ memory: "8Gi" }, sidecar("1Gi")], "8Gi"],
  ])("is that of %s", (_, steps, told) => {
    expect(starting(...steps)).toBe(told);
  });

  test.each<[string, object, object, string]>([
    [
      "its own, whatever its containers say",
      { requests: { memory: "7Gi" } },
      { requests: { memory: "1Gi" } },
      "7Gi",
    ],
    [
      "its own, where they say more",
      { requests: { memory: "1Gi" } },
      { requests: { memory: "9Gi" } },
      "",
    ],
    [
      "theirs, where it has a limit alone",
      { limits: { memory: "9Gi" } },
      { requests: { memory: "7Gi" } },
      "7Gi",
    ],
    [
      "what their limits say, rather than its own",
      { limits: { memory: "9Gi" } },
      { limits: { memory: "7Gi" } },
      "7Gi",
    ],
    ["its own limit, where nobody says more", { limits: { memory: "7Gi" } }, {}, "7Gi"],
    [
      "theirs, where it says another thing",
      { requests: { cpu: "1m" } },
      { requests: { memory: "7Gi" } },
      "7Gi",
    ],
  ])("is %s", (_, resources, own, told) => {
    const spec = { ...pod("early", {}, { resources: own }), resources };
    const early = controller("Deployment", "shop", "early", spec);
    const said = found("requests-fit", town({ early }));
    expect(/shop\/early.* and (\S+)$/m.exec(said)?.[1] ?? "").toBe(told);
  });

  test("is what its limits say where it requests nothing", () => {
    const hungry = (resources: object): Record<string, Loose> => ({
      store: controller(
        "Deployment",
        "shop",
        "store",
        pod("store", { redis: 6379, metrics: 9100 }, { resources }),
        { replicas: 2 },
        { "fleet/metrics-port": "9100" },
      ),
    });
    const limits = { cpu: "100m", memory: "7Gi" };
    expect(found("requests-fit", town(hungry({ limits })))).toContain("0 of 3 pods");
    const requests = { cpu: "100m", memory: "64Mi" };
    expect(found("requests-fit", town(hungry({ limits, requests })))).toBe("");
  });
});

describe("a node", () => {
  const [node] = twoNodes as readonly [NodeShape];
  const bound = (...nodeSelectorTerms: readonly object[]): boolean =>
    eligible(
      node,
      PodSpec.parse({
        ...pod("web", {}),
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
          },
        },
      }),
    );
  const general = { key: "fleet/pool", operator: "In", values: ["general"] };
  const large = { key: "fleet/pool", operator: "In", values: ["large"] };

  test.each([
    ["a term that it meets", [{ matchExpressions: [general] }], true],
    ["one of two terms", [{ matchExpressions: [large] }, { matchExpressions: [general] }], true],
    ["half of a term", [{ matchExpressions: [general, large] }], false],
    ["a term of nothing, which no node meets", [{}], false],
    [
      "a label that its kubelet sets",
      [{ matchExpressions: [{ key: "kubernetes.io/arch", operator: "In", values: ["arm64"] }] }],
      true,
    ],
    [
      "its name, which no file says",
      [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["a"] }] }],
      true,
    ],
  ])("is chosen by %s: %s", (_, terms, is) => {
    expect(bound(...terms)).toBe(is);
  });

  const taint = { key: "a", value: "b", effect: "NoSchedule" } as const;
  test.each([
    ["nothing", [], false],
    ["its key", [{ key: "a", operator: "Exists" }], true],
    ["its value", [{ key: "a", value: "b" }], true],
    ["another value", [{ key: "a", value: "c" }], false],
    ["another key", [{ key: "c", operator: "Exists" }], false],
    ["its effect", [{ key: "a", operator: "Exists", effect: "NoSchedule" }], true],
    ["another effect", [{ key: "a", operator: "Exists", effect: "NoExecute" }], false],
    ["anything", [{ operator: "Exists" }], true],
    [
      "anything, as it is written with empty words",
      [{ key: "", operator: "Exists", effect: "" }],
      true,
    ],
  ])("with a taint takes pods that tolerate %s: %s", (_, tolerations, takes) => {
    const spec = PodSpec.parse({ ...pod("web", {}), tolerations });
    expect(eligible({ ...node, taints: [taint] }, spec)).toBe(takes);
    const wish = { ...taint, effect: "PreferNoSchedule" } as const;
    expect(eligible({ ...node, taints: [wish] }, spec)).toBe(true);
  });
});
