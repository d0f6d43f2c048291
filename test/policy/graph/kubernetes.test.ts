/** What Kubernetes makes of objects where one may think otherwise: empty lists, missing selectors, ports by name, headless Services. */
import { describe, expect, test } from "vitest";

import { callsAllowed, graphRules } from "../../../policy/graph/rules.ts";
import { graphOf } from "../../../policy/graph/graph.ts";
import type { NodeShape } from "../../../components/platform/cluster.schema.ts";
import { anyNetwork, networkOf, type Plugin } from "../../../policy/graph/networks.ts";
import { eligible } from "../../../policy/graph/nodes.ts";
import { PodSpec, type World } from "../../../policy/graph/objects.ts";
import { judgeStack } from "../../../policy/judge.ts";
import { unknownText } from "../../../policy/resource.ts";
import { allows, internet, undenied } from "../../../policy/graph/policies.ts";
import { restrictedFaults } from "../../../policy/graph/restricted.ts";
import { podsOf, restrictedPod, shop } from "./fixture.ts";
import {
  controller,
  type Loose,
  onNetwork,
  pod,
  policy,
  town,
  townObjects,
  twoNodes,
} from "./town.ts";

const found = (name: string, stack: ReturnType<typeof town>): string =>
  graphRules
    .filter((rule) => rule.name === name)
    .flatMap((rule) => rule.check(stack))
    .map(({ message }) => message)
    .join("\n");

/** An object of the town with other fields in its spec. */
const specced = (name: string, spec: object): Record<string, Loose> => ({
  [name]: {
    ...townObjects()[name],
    spec: { ...(townObjects()[name]?.["spec"] as object), ...spec },
  },
});

describe("a network policy", () => {
  const named = (spec: object): object => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "store", namespace: "shop" },
    spec: { podSelector: { matchLabels: { "app.kubernetes.io/name": "store" } }, ...spec },
  });
  const withPolicy = (spec: object, storePorts?: readonly object[]): World =>
    shop({
      storePolicy: named(spec),
      webPolicy: undefined,
      ...(storePorts === undefined
        ? {}
        : {
            store: controller(
              "Deployment",
              "shop",
              "store",
              pod("store", {}, { ports: storePorts }),
            ),
          }),
    });
  const reaches = (world: World, port = 6379, protocol = "TCP", from = "web"): boolean =>
    allows(world, {
      from: { kind: "pods", pods: podsOf(world, from) },
      to: { kind: "pods", pods: podsOf(world, "store") },
      port,
      protocol,
    });

  test.each<[string, object, readonly string[]]>([
    ["says nothing of directions: callers alone", {}, ["Egress"]],
    ["has an empty list of directions and of calls", { policyTypes: [], egress: [] }, ["Egress"]],
    ["names calls", { egress: [{}] }, []],
    ["says Egress alone", { policyTypes: ["Egress"] }, ["Ingress"]],
    ["selects others", { podSelector: { matchLabels: { a: "b" } } }, ["Ingress", "Egress"]],
  ])("that %s leaves open %j", (_, spec, open) => {
    const world = withPolicy(spec);
    expect(undenied(world, podsOf(world, "store"))).toEqual(open);
  });

  test.each<[string, object, boolean]>([
    ["no rule", { ingress: [] }, false],
    ["a rule of nothing, which is of all", { ingress: [{}] }, true],
    ["empty lists, which are of all", { ingress: [{ from: [], ports: [] }] }, true],
    ["ports of another number", { ingress: [{ ports: [{ port: 6380 }] }] }, false],
    ["a range of ports", { ingress: [{ ports: [{ port: 6000, endPort: 6379 }] }] }, true],
    ["a range that ends before", { ingress: [{ ports: [{ port: 6000, endPort: 6378 }] }] }, false],
    [
      "a range that begins behind",
      { ingress: [{ ports: [{ port: 6380, endPort: 7000 }] }] },
      false,
    ],
    ["every port of another protocol", { ingress: [{ ports: [{ protocol: "UDP" }] }] }, false],
    ["every port of the protocol", { ingress: [{ ports: [{ protocol: "TCP" }] }] }, true],
    ["a port by its name", { ingress: [{ ports: [{ port: "redis" }] }] }, true],
    ["a port by another's name", { ingress: [{ ports: [{ port: "metrics" }] }] }, false],
    ["every pod of its namespace", { ingress: [{ from: [{ podSelector: {} }] }] }, true],
    [
      "other pods of its namespace",
      { ingress: [{ from: [{ podSelector: { matchLabels: { a: "b" } } }] }] },
      false,
    ],
    [
      "pods of a namespace by its labels",
      {
        ingress: [
          {
            from: [
              { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } },
            ],
          },
        ],
      },
      true,
    ],
    [
      "pods of another namespace",
      {
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "b" } } }],
          },
        ],
      },
      false,
    ],
    [
      "a range of addresses, which pods have none of",
      { ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] },
      false,
    ],
    ["rules of a direction that it is not about", { policyTypes: ["Egress"], ingress: [] }, true],
  ])("with %s lets a call of its namespace in: %s", (_, spec, passes) => {
    expect(reaches(withPolicy(spec))).toBe(passes);
  });

  test("means by a port's name that of its protocol alone", () => {
    const ports = [
      { name: "redis", containerPort: 6379, protocol: "UDP" },
      { name: "other", containerPort: 6379 },
    ];
    expect(reaches(withPolicy({ ingress: [{ ports: [{ port: "redis" }] }] }, ports))).toBe(false);
    const udp = { ingress: [{ ports: [{ port: "redis", protocol: "UDP" }] }] };
    expect(reaches(withPolicy(udp, ports), 6379, "UDP")).toBe(true);
    expect(reaches(withPolicy(udp, ports), 6380, "UDP")).toBe(false);
  });

  test("knows a sidecar's port by its name to Calico, and not to Cilium", () => {
    const [early] = pod("early", { gossip: 7000 }).containers;
    const stack = (restartPolicy: string | undefined, ...plugins: readonly Plugin[]) =>
      onNetwork(
        town({
          ...specced("storePolicy", {
            ingress: [{ from: [{ podSelector: {} }], ports: [{ port: "gossip" }] }],
            egress: undefined,
            policyTypes: ["Ingress"],
          }),
          store: controller("Deployment", "shop", "store", {
            ...pod("store", {}),
            initContainers: [{ ...early, restartPolicy }],
          }),
          storeService: {
            ...townObjects()["storeService"],
            spec: {
              selector: { "app.kubernetes.io/name": "store" },
              ports: [{ port: 6379, targetPort: "gossip" }],
            },
          },
          webPolicy: policy("shop", "web", [{}], [{}]),
        }),
        { ...anyNetwork, plugins },
      );
    const told = (restartPolicy: string | undefined, ...plugins: readonly Plugin[]) =>
      ["calls-allowed", "policies-meet"].map((name) =>
        found(name, stack(restartPolicy, ...plugins))
          .split("\n")
          .filter((line) => /7000|gossip/.test(line))
          .join("\n"),
      );
    expect(told("Always", "Calico")).toEqual(["", ""]);
    const call = "shop/web -> shop/store TCP 7000 is refused by the callee's ingress";
    for (const plugins of [["Cilium"], ["Calico", "Cilium"]] as const) {
      const [calls, policies] = told("Always", ...plugins);
      expect(calls).toContain(`${call} (no port of a sidecar has a name to Cilium)`);
      expect(policies).toContain("TCP gossip, a sidecar's port, which has no name to Cilium");
    }
    expect(told(undefined, "Calico")[1]).toContain("TCP gossip, on which nobody listens");
  });

  test("knows no port by its name in a node's own network", () => {
    const egress = (port: number | string): World =>
      shop({
        webPolicy: {
          ...named({ policyTypes: ["Egress"], egress: [{ ports: [{ port }] }] }),
          ...{
            spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{ ports: [{ port }] }] },
          },
        },
        storePolicy: undefined,
        store: controller("Deployment", "shop", "store", {
          hostNetwork: true,
          ...pod("store", { redis: 6379 }),
        }),
      });
    expect(reaches(egress("redis"))).toBe(false);
    expect(reaches(egress(6379))).toBe(true);
  });

  test("has ranges of both versions of IP, and an address lies in one of its own", () => {
    const cidrs = ["203.0.113.0/24", "2001:db8::/32", "2001:db9::1/128"];
    const world = withPolicy({
      ingress: [
        { from: cidrs.map((cidr) => ({ ipBlock: { cidr, except: ["2001:db8:7::/48"] } })) },
      ],
    });
    const enters = (ip: string): boolean =>
      allows(world, {
        from: { kind: "address", ip },
        to: { kind: "pods", pods: podsOf(world, "store") },
        port: 6379,
        protocol: "TCP",
      });
    expect(
      ["203.0.113.8", "198.51.100.1", "2001:db8::8", "2001:db8:7::8", "2001:dba::8"].map(enters),
    ).toEqual([true, false, true, false, false]);
    expect(["2001:db9::1", "2001:db9::2"].map(enters)).toEqual([true, false]);
  });

  test("with a range that the update is still to tell is not judged", () => {
    const cidr = unknownText;
    const changes = {
      doorPolicy: policy("doors", "door", [{ from: [{ ipBlock: { cidr } }] }], [{}]),
    };
    const verdict = judgeStack(callsAllowed, town(changes), []);
    expect([verdict.findings, verdict.untold.length]).toEqual([[], 1]);
  });

  test("adds to what others of the same pods let through", () => {
    const shut = named({ ingress: [] }) as Loose;
    const open = {
      ...(named({ ingress: [{}] }) as Loose),
      metadata: { name: "more", namespace: "shop" },
    };
    expect(reaches(shop({ webPolicy: undefined, storePolicy: shut, open }))).toBe(true);
    expect(reaches(shop({ webPolicy: undefined, storePolicy: open, shut }))).toBe(true);
    expect(reaches(shop({ webPolicy: undefined, storePolicy: shut }))).toBe(false);
  });

  test("does not hold for pods in a node's own network", () => {
    const world = shop({
      webPolicy: undefined,
      storePolicy: named({ ingress: [], policyTypes: ["Ingress", "Egress"] }),
      store: controller("Deployment", "shop", "store", {
        hostNetwork: true,
        ...pod("store", { redis: 6379 }),
      }),
    });
    expect(reaches(world)).toBe(true);
    expect(undenied(world, podsOf(world, "store"))).toEqual(["Ingress", "Egress"]);
  });

  test("that selects pods of one namespace says nothing of their like in another", () => {
    const other = { ...(named({ ingress: [] }) as Loose), metadata: { name: "a", namespace: "b" } };
    const world = shop({ storePolicy: undefined, webPolicy: undefined, other });
    expect(reaches(world)).toBe(true);
    expect(undenied(world, podsOf(world, "store"))).toEqual(["Ingress", "Egress"]);
  });

  test("without peers lets the internet in, and an address by the range it lies in", () => {
    const world = withPolicy({
      ingress: [{ from: [{ ipBlock: { cidr: "203.0.113.0/24", except: ["203.0.113.7/32"] } }] }],
    });
    const from = (ip: string): boolean =>
      allows(world, {
        from: { kind: "address", ip },
        to: { kind: "pods", pods: podsOf(world, "store") },
        port: 6379,
        protocol: "TCP",
      });
    expect(["203.0.113.8", "203.0.113.7", "203.0.114.8"].map(from)).toEqual([true, false, false]);
    const open = withPolicy({ ingress: [{}] });
    const to = { kind: "pods", pods: podsOf(open, "store") } as const;
    expect(allows(open, { from: internet, to, port: 1, protocol: "TCP" })).toBe(true);
  });
});

test.each<[object, string]>([
  [{}, ""],
  [{ protocol: "UDP" }, ""],
  [{ port: "redis" }, ""],
  [{ port: "gone" }, "TCP gone"],
  [{ port: "redis", protocol: "UDP" }, "UDP redis"],
  [{ port: 6379 }, ""],
  [{ port: 6379, protocol: "UDP" }, "UDP 6379"],
  [{ port: 9101 }, "TCP 9101"],
  [{ port: 9000, endPort: 9200 }, ""],
])("a policy that lets in %j meets a port of its pods unless it is told: %s", (port, told) => {
  const ingress = [{ from: [{ podSelector: {} }], ports: [port] }];
  const said = found("policies-meet", town(specced("storePolicy", { ingress })));
  expect(said).toBe(
    told === "" ? "" : `NetworkPolicy shop/store: lets in ${told}, on which nobody listens`,
  );
});

describe("rights at the API server", () => {
  const bound = (subject: object, more: object = {}): Record<string, Loose> => ({
    ...specced("eyesPolicy", { egress: [] }),
    eyesBinding: {
      ...townObjects()["eyesBinding"],
      subjects: [{ kind: "ServiceAccount", name: "eyes", namespace: "doors", ...subject }],
      ...more,
    },
  });
  const inNamespace = { kind: "RoleBinding", metadata: { name: "eyes", namespace: "doors" } };

  test.each<[string, Record<string, Loose>, boolean]>([
    ["an account", bound({}), true],
    ["another account", bound({ name: "ears" }), false],
    ["a user who is called as the account", bound({ kind: "User" }), false],
    [
      "the user that an account is",
      bound({ kind: "User", name: "system:serviceaccount:doors:eyes" }),
      true,
    ],
    ["an account of that name elsewhere", bound({ namespace: "shop" }), false],
    [
      "an account of the binding's own namespace",
      bound({ namespace: undefined }, inNamespace),
      true,
    ],
    [
      "one of two accounts",
      bound(
        {},
        {
          subjects: [
            { kind: "ServiceAccount", name: "ears", namespace: "doors" },
            { kind: "ServiceAccount", name: "eyes", namespace: "doors" },
          ],
        },
      ),
      true,
    ],
  ])("of %s are in vain where it may not reach it: %s", (_, changes, isTold) => {
    const said = found("calls-allowed", town(changes));
    expect(said.includes("Deployment doors/eyes: has rights at the API server")).toBe(isTold);
  });
});

describe("names", () => {
  const without = {
    eyesPolicy: {
      ...townObjects()["eyesPolicy"],
      spec: {
        podSelector: { matchLabels: { "app.kubernetes.io/name": "eyes" } },
        policyTypes: ["Egress"],
        egress: [
          {
            to: [
              {
                namespaceSelector: {
                  matchLabels: { "kubernetes.io/metadata.name": "kube-system" },
                },
                podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
              },
            ],
          },
        ],
      },
    },
  };
  test.each([
    ["gke", true],
    ["lke", false],
    ["kubeconfig", true],
  ] as const)("are asked of a cache on each node of a cluster of kind %s: %s", (kind, isAsked) => {
    const stack = onNetwork(town(without), networkOf({ kind }));
    expect(found("calls-allowed", stack).includes("eyes: may not look up names")).toBe(isAsked);
  });
});

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

describe("the restricted profile", () => {
  const [web] = restrictedPod.containers;
  const faults = (changes: object, container: object = {}, annotations = {}): readonly string[] =>
    restrictedFaults(
      PodSpec.parse({ ...restrictedPod, ...changes, containers: [{ ...web, ...container }] }),
      annotations,
    );
  const fenced = { ...web?.securityContext, seccompProfile: { type: "Localhost" } };

  test("refuses a pod without a seccomp profile though each container has one", () => {
    const securityContext = {
      ...restrictedPod.securityContext,
      seccompProfile: { type: "Unconfined" },
    };
    expect(faults({ securityContext }, { securityContext: fenced })).toEqual([
      "the pod has no seccomp profile",
    ]);
  });

  test("refuses a pod that may run as root though no container of it does", () => {
    const securityContext = { ...restrictedPod.securityContext, runAsNonRoot: false };
    const own = { ...web?.securityContext, runAsNonRoot: true };
    expect(faults({ securityContext }, { securityContext: own })).toEqual([
      "the pod may run as root",
    ]);
  });

  test("takes what each container says where the pod says nothing", () => {
    const own = { ...fenced, runAsNonRoot: true };
    expect(faults({ securityContext: undefined }, { securityContext: own })).toEqual([]);
    const root = { ...own, runAsNonRoot: false };
    expect(faults({}, { securityContext: root })).toEqual(["container web may run as root"]);
  });

  test.each([
    ["configMap"],
    ["csi"],
    ["downwardAPI"],
    ["emptyDir"],
    ["ephemeral"],
    ["image"],
    ["persistentVolumeClaim"],
    ["projected"],
    ["secret"],
  ])("has nothing against volumes of type %s", (type) => {
    const parts: Readonly<Record<string, object>> = {
      configMap: { name: "a" },
      persistentVolumeClaim: { claimName: "a" },
      projected: { sources: [] },
      secret: { secretName: "a" },
    };
    expect(faults({ volumes: [{ [type]: parts[type] ?? {}, name: "a" }] })).toEqual([]);
  });

  const key = "container.apparmor.security.beta.kubernetes.io/web";
  test.each([
    ["runtime/default", []],
    ["localhost/web", []],
    ["", []],
    ["unconfined", ["container web has the AppArmor profile unconfined"]],
  ])("reads the annotation that stood for a field: %s", (profile, told) => {
    expect(faults({}, {}, { [key]: profile, "another.example/web": "unconfined" })).toEqual(told);
  });

  test.each<[string, object, object, string]>([
    ["a host's processes", { hostPID: true }, {}, "hostPID is true"],
    ["a host's queues", { hostIPC: true }, {}, "hostIPC is true"],
    ["privileges", {}, { privileged: true }, "container web is privileged"],
    ["a bare /proc", {}, { procMount: "Unmasked" }, "container web unmasks /proc"],
    ["root by its number", {}, { runAsUser: 0 }, "container web runs as user 0"],
    [
      "no AppArmor profile at all",
      {},
      { appArmorProfile: { type: "Unconfined" } },
      "container web has the AppArmor profile Unconfined",
    ],
    [
      "no AppArmor profile of a pod",
      {
        securityContext: {
          ...restrictedPod.securityContext,
          appArmorProfile: { type: "Unconfined" },
        },
      },
      {},
      "the pod has the AppArmor profile Unconfined",
    ],
    [
      "a process of a node of Windows",
      {},
      { windowsOptions: { hostProcess: true } },
      "container web is a process of its node",
    ],
    ["an SELinux user", {}, { seLinuxOptions: { user: "a" } }, "chooses its SELinux label (a)"],
    ["an SELinux role", {}, { seLinuxOptions: { role: "a" } }, "chooses its SELinux label (a)"],
    [
      "some capabilities of all",
      {},
      { capabilities: { drop: ["NET_RAW"] } },
      "container web keeps capabilities",
    ],
  ])("refuses %s", (_, changes, context, told) => {
    const securityContext = { ...web?.securityContext, ...context };
    expect(faults(changes, { securityContext }).join("\n")).toContain(told);
  });

  test.each<[string, object, object]>([
    [
      "the capability to bind low ports",
      {},
      { capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } },
    ],
    ["the usual /proc", {}, { procMount: "Default" }],
    ["a user of its own", {}, { runAsUser: 1 }],
    ["an SELinux type of containers", {}, { seLinuxOptions: { type: "container_t" } }],
    ["the usual AppArmor profile", {}, { appArmorProfile: { type: "RuntimeDefault" } }],
    ["no process of a node", {}, { windowsOptions: { hostProcess: false } }],
    ["a safe sysctl", { sysctls: [{ name: "net.ipv4.tcp_syncookies" }] }, {}],
  ])("has nothing against %s", (_, context, container) => {
    expect(
      faults(
        { securityContext: { ...restrictedPod.securityContext, ...context } },
        { securityContext: { ...web?.securityContext, ...container } },
      ),
    ).toEqual([]);
  });

  const elsewhere = { host: "10.0.0.1", port: 80 };
  test.each<[string, object, string | undefined]>([
    ["a probe", { startupProbe: { tcpSocket: elsewhere } }, "probes another host, 10.0.0.1"],
    ["a call", { livenessProbe: { httpGet: elsewhere } }, "probes another host, 10.0.0.1"],
    ["a hook", { lifecycle: { postStart: { tcpSocket: elsewhere } } }, "calls another host"],
    ["no host", { livenessProbe: { httpGet: { host: "", port: 80 } } }, undefined],
    ["no hook's host", { lifecycle: { preStop: { httpGet: { host: "", port: 80 } } } }, undefined],
    ["a port of the pod alone", { ports: [{ containerPort: 80, hostPort: 0 }] }, undefined],
  ])("looks at whom a pod asks about itself: %s", (_, container, told) => {
    const all = faults({}, container).join("\n");
    expect(told === undefined ? all === "" : all.includes(told)).toBe(true);
  });
});

describe("a Service", () => {
  const service = (spec: object): Loose => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "both", namespace: "shop" },
    spec: { selector: { "app.kubernetes.io/part-of": "both" }, ...spec },
  });
  const member = (name: string, ports: Readonly<Record<string, number>>, more = {}): Loose => {
    const made = controller("StatefulSet", "shop", name, pod(name, ports), more);
    const { template } = made["spec"] as { template: { metadata: { labels: Loose } } };
    template.metadata.labels["app.kubernetes.io/part-of"] = "both";
    return made;
  };
  const shut = (name: string): Loose => policy("shop", name, [], []);
  const told = (url: string): Record<string, Loose> => ({
    web: controller("Deployment", "shop", "web", {
      serviceAccountName: "web",
      ...pod("web", { http: 8080 }, { args: [url] }),
    }),
    webPolicy: policy("shop", "web", [{}], [{}]),
  });

  test("leads to another number in each of its pods, where those call it alike", () => {
    const lines = found(
      "calls-allowed",
      town({
        ...told("http://both"),
        both: service({ ports: [{ port: 80, targetPort: "http" }] }),
        one: member("one", { http: 8081 }),
        two: member("two", { http: 8082 }),
        onePolicy: shut("one"),
        twoPolicy: shut("two"),
      }),
    );
    expect(lines).toContain("shop/web -> shop/one TCP 8081 is refused");
    expect(lines).toContain("shop/web -> shop/two TCP 8082 is refused");
    expect(lines).not.toMatch(/one TCP 8082|two TCP 8081/);
  });

  test("is missed by the one of its pods that does not have the port", () => {
    const lines = found(
      "ports-agree",
      town({
        both: service({ ports: [{ port: 80, targetPort: "http" }] }),
        one: member("one", { http: 8081 }),
        two: member("two", { https: 8082 }),
      }),
    );
    expect(lines).toBe(
      "Service shop/both: port 80 leads to TCP http, on which no container of StatefulSet shop/two listens",
    );
  });

  test("leads to a container that is started before the others and runs on", () => {
    const init = (restartPolicy?: string): Record<string, Loose> => {
      const store = structuredClone(townObjects()["store"] ?? {}) as {
        spec: { template: { spec: { containers: object[]; initContainers?: object[] } } };
      };
      const { spec } = store.spec.template;
      spec.initContainers = [{ ...pod("early", { redis: 6379 }).containers[0], restartPolicy }];
      spec.containers = pod("store", { metrics: 9100 }).containers;
      return { store };
    };
    expect(found("ports-agree", town(init("Always")))).toBe("");
    expect(found("ports-agree", town(init()))).toContain("TCP redis, on which no container");
  });

  test("without an address leads to the port that is dialled, and to its pods by their names", () => {
    const headless = (url: string, clusterIP?: string): string =>
      found(
        "calls-allowed",
        town({
          ...told(url),
          both: service({
            ...(clusterIP === undefined ? {} : { clusterIP }),
            ports: [{ port: 80, targetPort: "http" }],
          }),
          one: member("one", { http: 8081 }),
          onePolicy: shut("one"),
        }),
      );
    const refused = "shop/web -> shop/one TCP 8081 is refused";
    const nowhere = "the Service has no such port";
    expect(headless("http://both")).toContain(refused);
    expect(headless("http://both", "None")).toContain(nowhere);
    expect(headless("http://both:8081", "None")).toContain(refused);
    expect(headless("http://both:8081")).toContain(nowhere);
    expect(headless("http://one-0.both:8081", "None")).toContain(refused);
    expect(headless("http://one-0.both.shop.svc.cluster.local:8081", "None")).toContain(refused);
    expect(headless("http://one-0.both:8081")).not.toContain("shop/one TCP");
    expect(headless("http://one.both:8081", "None")).not.toContain("shop/one TCP");
  });

  test("by which members of a store find each other is called by them", () => {
    const members = (kind: "StatefulSet" | "Deployment", replicas: number): string =>
      found(
        "calls-allowed",
        town({
          both: service({ clusterIP: "None", ports: [{ port: 7000, targetPort: "gossip" }] }),
          one: {
            ...member("one", { gossip: 7000 }),
            ...controller(
              kind,
              "shop",
              "one",
              pod("one", { gossip: 7000 }, { args: ["--seeds=one:7000"] }),
              { replicas },
            ),
          },
          oneService: {
            ...townObjects()["storeService"],
            metadata: { name: "one", namespace: "shop" },
            spec: {
              clusterIP: "None",
              selector: { "app.kubernetes.io/name": "one" },
              ports: [{ port: 7000 }],
            },
          },
          onePolicy: shut("one"),
        }),
      );
    expect(members("StatefulSet", 3)).toContain("shop/one -> shop/one TCP 7000 is refused");
    expect(members("StatefulSet", 1)).not.toContain("shop/one -> shop/one");
    expect(members("Deployment", 3)).not.toContain("shop/one -> shop/one");
  });
});

describe("what leads to a Service's pods", () => {
  const http = (spec: object): Record<string, Loose> => specced("webService", spec);
  const ingress = (port: object, more: Record<string, Loose> = {}): Record<string, Loose> => ({
    ...more,
    ...specced("ingress", {
      rules: [
        {
          host: "shop.example",
          http: { paths: [{ path: "/", backend: { service: { name: "web", port } } }] },
        },
      ],
    }),
  });
  const shutWeb = { webPolicy: policy("shop", "web", [], [{}]) };
  const selector = { "app.kubernetes.io/name": "web" };

  test.each<[string, Record<string, Loose | undefined>, string]>([
    ["a port by its number", ingress({ number: 80 }), ""],
    ["another number", ingress({ number: 81 }), "leads to the port 81 of web"],
    ["another name", ingress({ name: "https" }), "leads to the port https of web"],
    [
      "a Service of that name in another namespace",
      {
        webService: {
          ...townObjects()["webService"],
          metadata: { name: "web", namespace: "doors" },
        },
      },
      "leads to the Service web, which does not exist",
    ],
    [
      "a class of another name",
      specced("ingress", { ingressClassName: "dor" }),
      "its class dor is none",
    ],
    ["no class", specced("ingress", { ingressClassName: undefined }), "its class  is none"],
    [
      "a container's port by its number",
      http({ selector, ports: [{ name: "http", port: 80, targetPort: 8080 }] }),
      "",
    ],
    ["a port of the same number", http({ selector, ports: [{ name: "http", port: 8080 }] }), ""],
    [
      "a number that nobody has",
      http({ selector, ports: [{ name: "http", port: 80, targetPort: 81 }] }),
      "leads to TCP 81",
    ],
    [
      "a port of another protocol",
      http({ selector, ports: [{ name: "http", port: 80, targetPort: "http", protocol: "UDP" }] }),
      "leads to UDP http, on which no container listens",
    ],
    [
      "no selector",
      http({ ports: [{ name: "http", port: 80 }], selector: undefined }),
      "Service shop/web: selects no pods",
    ],
  ])("is looked at by %s", (_, changes, told) => {
    const lines = found("ports-agree", town(changes));
    expect(told === "" ? lines : lines.includes(told)).toBe(told === "" ? "" : true);
  });

  test.each<[string, Record<string, Loose | undefined>, boolean]>([
    ["by its port's number", ingress({ number: 80 }, shutWeb), true],
    ["by its port's name", ingress({ name: "http" }, shutWeb), true],
    ["not by a port that it does not have", ingress({ number: 81 }, shutWeb), false],
    ["not where there is no such Service", { ...shutWeb, webService: undefined }, false],
  ])("is called by its Ingress's controller %s", (_, changes, isCalled) => {
    const lines = found("calls-allowed", town(changes));
    expect(lines.includes("doors/door -> shop/web TCP 8080 is refused")).toBe(isCalled);
  });

  test("are pods of its own namespace", () => {
    const stranger = controller("Deployment", "doors", "web", pod("web", { http: 8080 }));
    const lines = found("ports-agree", town({ web: undefined, stranger }));
    expect(lines).toContain("Service shop/web: selects no pods");
  });
});

/** What is said of ports where a container has these, and is probed so. */
const probed = (ports: Readonly<Record<string, number>>, container: Loose): string =>
  found(
    "ports-agree",
    town({
      eyes: controller("Deployment", "doors", "eyes", {
        serviceAccountName: "eyes",
        ...pod("eyes", ports, container),
      }),
    }),
  );

test("a probe names one of the ports of its container, by name or number", () => {
  const at = (port: number | string): string =>
    probed(
      { http: 9090, admin: 9091 },
      { readinessProbe: { httpGet: { port } }, startupProbe: { exec: { command: ["x"] } } },
    );
  expect([at("admin"), at(9090)]).toEqual(["", ""]);
  expect(at("metrics")).toContain("container eyes probes the port metrics");
  expect(at(9092)).toContain("container eyes probes the port 9092");
});

test("a probe asks by TCP, whatever else has a port of that number or name", () => {
  const at = (port: number | string): string =>
    probed(
      {},
      {
        ports: [{ name: "turn", containerPort: 3478, protocol: "UDP" }],
        readinessProbe: { tcpSocket: { port } },
      },
    );
  expect(at("turn")).toContain("container eyes probes the port turn");
  expect(at(3478)).toContain("container eyes probes the port 3478");
});

test("a probe by gRPC names a port of its container", () => {
  const at = (port: number): string =>
    probed({ http: 9090 }, { livenessProbe: { grpc: { port } } });
  expect(at(9090)).toBe("");
  expect(at(9091)).toContain("probes the port 9091");
});

test("a stack of whose network nobody knows meets any", () => {
  expect(graphOf(town()).world.network).toEqual(anyNetwork);
  expect(callsAllowed.check(town())).toEqual([]);
});
