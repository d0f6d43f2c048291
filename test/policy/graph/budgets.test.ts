/** Budgets, and pods that want to be apart: whether an eviction and an update find a way. */
import { describe, expect, test } from "vitest";

import type { NodeShape } from "../../../components/platform/cluster.schema.ts";
import { found, specced } from "./found.ts";
import { controller, type Loose, pod, town, twoNodes } from "./town.ts";

describe("a budget", () => {
  const autoscaled = (scaler: object): Record<string, Loose> => ({
    scaler: {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "scaler", namespace: "shop" },
      spec: { scaleTargetRef: { kind: "Deployment", name: "store" }, maxReplicas: 9, ...scaler },
    },
  });

  test("without a selector speaks of no pods", () => {
    expect(found("budgets-feasible", town(specced("storeBudget", { selector: undefined })))).toBe(
      "PodDisruptionBudget shop/store: selects no pods",
    );
  });

  test("that says neither how many stay nor how many go lets none go", () => {
    const changes = specced("storeBudget", { minAvailable: undefined });
    expect(found("budgets-feasible", town(changes))).toContain("lets none of 2 pods be evicted");
  });

  test("of pods of which there are none now forbids nothing", () => {
    expect(found("budgets-feasible", town(specced("store", { replicas: 0 })))).toBe("");
  });

  test("is held against the fewest pods that an autoscaler leaves", () => {
    expect(found("budgets-feasible", town(autoscaled({})))).toContain("none of 1 pods");
    expect(found("budgets-feasible", town(autoscaled({ minReplicas: 1 })))).toContain("none of 1");
    expect(found("budgets-feasible", town(autoscaled({ minReplicas: 2 })))).toBe("");
  });

  test.each<[string, object, string]>([
    ["a half of three, rounded up", { maxUnavailable: "50%", minAvailable: undefined }, ""],
    ["a share below one, rounded up", { maxUnavailable: "1%", minAvailable: undefined }, ""],
    ["none at all", { maxUnavailable: 0, minAvailable: undefined }, "none of 2 pods"],
    ["all but one", { minAvailable: "50%" }, ""],
  ])("lets go %s", (_, spec, told) => {
    const said = found("budgets-feasible", town(specced("storeBudget", spec)));
    expect(told === "" ? said : said.includes(told)).toBe(told === "" ? "" : true);
  });
});

describe("a budget that speaks of pods of which no number is asked for", () => {
  const labelled = (kind: "DaemonSet" | "Job"): Record<string, Loose> => {
    const made = controller("DaemonSet", "shop", "sweeper", pod("sweeper", {}));
    const { template } = made["spec"] as { template: { metadata: { labels: Loose } } };
    template.metadata.labels = { "app.kubernetes.io/name": "store" };
    const apiVersion = kind === "Job" ? "batch/v1" : "apps/v1";
    return { sweeper: { ...made, apiVersion, kind, spec: { template } } };
  };
  const told = (kind: "DaemonSet" | "Job", spec: object): string =>
    found("budgets-feasible", town({ ...labelled(kind), ...specced("storeBudget", spec) }));

  test.each<["DaemonSet" | "Job", string, object]>([
    ["DaemonSet", "how many may go", { minAvailable: undefined, maxUnavailable: 1 }],
    ["Job", "how many may go", { minAvailable: undefined, maxUnavailable: "50%" }],
    ["Job", "a share that stays", { minAvailable: "50%" }],
  ])("lets none go of any where it says, of a %s, %s", (kind, _, spec) => {
    expect(told(kind, spec)).toContain(`store: speaks of ${kind} shop/sweeper, too`);
  });

  test("counts them where it says a number that stays", () => {
    expect(told("Job", { minAvailable: 1 })).toBe("");
  });
});

describe("pods that may not share a node", () => {
  const [general] = twoNodes as readonly [NodeShape];
  const alone = {
    ...pod("alone", {}),
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            labelSelector: { matchLabels: { "app.kubernetes.io/name": "alone" } },
            topologyKey: "kubernetes.io/hostname",
          },
        ],
      },
    },
  };
  const told = (made: Loose, nodes: number): string =>
    found(
      "enough-nodes",
      town(
        { alone: made },
        Array.from({ length: nodes }, () => general),
      ),
    );
  const rolling = (replicas: number, rollingUpdate?: object): Loose =>
    controller("Deployment", "shop", "alone", alone, {
      replicas,
      ...(rollingUpdate === undefined
        ? {}
        : { strategy: { type: "RollingUpdate", rollingUpdate } }),
    });
  const stuck = "an update never ends";

  // As the Deployment's controller counts: one too many is rounded up, one too few is rounded down, and none of both is one too few.
  test.each<[string, Loose, number, string]>([
    ["two pods on two nodes, as nothing else is said", rolling(2), 2, stuck],
    ["two pods on three nodes", rolling(2), 3, ""],
    ["four pods on four nodes, of which one may be missing", rolling(4), 4, ""],
    ["one that may be missing", rolling(2, { maxSurge: 1, maxUnavailable: 1 }), 2, ""],
    ["none too many and none too few", rolling(2, { maxSurge: 0, maxUnavailable: 0 }), 2, ""],
    ["a share too few that is less than one", rolling(3, { maxUnavailable: "33%" }), 3, stuck],
    ["a share too few that is one", rolling(3, { maxUnavailable: "34%" }), 3, ""],
    ["no pods", rolling(0, { maxSurge: 1, maxUnavailable: 0 }), 0, ""],
    ["pods without a node", rolling(1), 0, "1 replicas have 0 nodes to be on: they never all run"],
  ])("and are %s", (_, made, nodes, message) => {
    const said = told(made, nodes);
    expect(message === "" ? said : said.includes(message)).toBe(message === "" ? "" : true);
  });

  test.each(["DaemonSet", "Job", "CronJob"])("are none of a %s's", (kind) => {
    const { template } = rolling(1)["spec"] as { template: object };
    const spec =
      kind === "CronJob"
        ? { schedule: "@daily", jobTemplate: { spec: { template } } }
        : { template };
    expect(told({ ...rolling(1), kind, spec }, 0)).toBe("");
  });
});

describe("a spread that is no mere wish", () => {
  const [general] = twoNodes as readonly [NodeShape];
  const node = (change: Partial<NodeShape>): NodeShape => ({ ...general, ...change });
  const taints = [{ key: "a", value: "", effect: "NoSchedule" as const }];
  const spread = (change: object, replicas: number): Record<string, Loose> => ({
    spread: controller(
      "Deployment",
      "shop",
      "spread",
      {
        ...pod("spread", {}, { resources: { requests: { cpu: "1m", memory: "1Mi" } } }),
        topologySpreadConstraints: [
          {
            topologyKey: "kubernetes.io/hostname",
            maxSkew: 1,
            whenUnsatisfiable: "DoNotSchedule",
            ...change,
          },
        ],
      },
      { replicas, strategy: { type: "Recreate" } },
    ),
  });
  const halls = [
    node({ labels: { ...general.labels, hall: "a" } }),
    node({ labels: { ...general.labels, hall: "b" } }),
  ];
  const tainted = [general, general, node({ taints })];

  test.each<[string, object, number, readonly NodeShape[], string]>([
    ["as many pods as nodes", {}, 2, [general, general], ""],
    ["more pods than nodes, evenly", {}, 4, [general, general], ""],
    ["a mere wish", { whenUnsatisfiable: "ScheduleAnyway" }, 4, tainted, ""],
    ["a tainted node, which never has one", {}, 3, tainted, "2 of 3 pods at once"],
    ["a tainted node that does not count", { nodeTaintsPolicy: "Honor" }, 4, tainted, ""],
    ["the skew that it allows", { maxSkew: 2 }, 4, tainted, ""],
    ["halls that nodes have", { topologyKey: "hall" }, 4, halls, ""],
    ["halls that one node has", { topologyKey: "hall" }, 3, [...halls, general], ""],
    ["halls that no node has", { topologyKey: "hall" }, 1, [general, general], "0 of 1 pods"],
    ["fewer halls than asked for", { topologyKey: "hall", minDomains: 3 }, 3, halls, "2 of 3"],
    ["as many halls as asked for", { topologyKey: "hall", minDomains: 2 }, 3, halls, ""],
  ])("with %s", (_, change, replicas, nodes, told) => {
    const said = found("requests-fit", town(spread(change, replicas), nodes))
      .split("\n")
      .filter((line) => line.includes("shop/spread"))
      .join("\n");
    expect(told === "" ? said : said.includes(told)).toBe(told === "" ? "" : true);
  });

  test("counts nodes that the pods do not ask for where it says so", () => {
    const change = spread({ nodeAffinityPolicy: "Ignore" }, 3);
    const kept = spread({}, 3);
    for (const made of [change, kept]) {
      const { spec } = (made["spread"]?.["spec"] as { template: { spec: Loose } }).template;
      spec["nodeSelector"] = { hall: "a" };
    }
    const nodes = [halls[0] ?? general, halls[1] ?? general];
    expect(found("requests-fit", town(kept, nodes))).not.toContain("shop/spread");
    expect(found("requests-fit", town(change, nodes))).toContain("shop/spread: 1 of 3 pods");
  });
});
