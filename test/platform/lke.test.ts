import { describe, expect, it } from "vitest";

import {
  allocatable,
  ClusterConfig,
  clusterNodes,
  nameOfCluster,
} from "../../components/platform/cluster.schema.ts";
import { Cluster, type ClusterTerms } from "../../components/platform/cluster.ts";
import { collect, find } from "../harness.ts";
import { complaints } from "./fixtures.ts";
import { poolsOf, turnsOf } from "./pool-turns.ts";

const node = { type: "g6-standard-2", cpu: "2", memory: "4Gi" };
const lkeInput = {
  kind: "lke",
  label: "demo",
  version: "1.34",
  linode: { region: "ap-south" },
  pools: {
    general: { ...node, nodes: 3 },
    edge: {
      ...node,
      labels: { tier: "edge" },
      taints: [{ key: "fleet/slot", value: "true", effect: "NoSchedule" }],
      slots: {
        "10": { address: { kind: "ephemeral" } },
        "9": { address: { kind: "dns", name: "nine.example.org" } },
      },
    },
  },
};
const withPool = (pool: Record<string, unknown>) => ({ ...lkeInput, pools: { edge: pool } });

describe("a cluster that is made", () => {
  const program = () => collect(() => new Cluster("cluster", ClusterConfig.parse(lkeInput)));
  const cluster = "linode:index/lkeCluster:LkeCluster";
  const pool = "linode:index/lkeNodePool:LkeNodePool";

  it("declares one small pool and spares all others by their tag", async () => {
    const { inputs } = find(await program(), cluster, "cluster-lke-cluster");
    expect(inputs).toEqual({
      label: "demo",
      region: "ap-south",
      k8sVersion: "1.34",
      tags: ["fleet"],
      externalPoolTags: ["fleet"],
      controlPlane: { highAvailability: false },
      pools: [
        {
          type: "g6-standard-1",
          count: 1,
          taints: [{ key: "fleet/base", value: "true", effect: "NoSchedule" }],
        },
      ],
    });
  });

  it("has each slot as a pool of one node, which carries the slot's number whatever machine it is", async () => {
    const collected = await program();
    const pools = collected.resources.filter(({ type }) => type === pool);
    expect(pools.map(({ name }) => name).sort()).toEqual([
      "cluster-lke-edge-slot-10",
      "cluster-lke-edge-slot-9",
      "cluster-lke-general",
    ]);
    expect(find(collected, pool, "cluster-lke-edge-slot-9").inputs).toEqual({
      clusterId: expect.any(Number) as number,
      type: "g6-standard-2",
      nodeCount: 1,
      labels: { tier: "edge", "fleet/pool": "edge", "fleet/slot": "9" },
      taints: [{ key: "fleet/slot", value: "true", effect: "NoSchedule" }],
      tags: ["fleet"],
    });
    expect(find(collected, pool, "cluster-lke-general").inputs).toMatchObject({
      nodeCount: 3,
      labels: { "fleet/pool": "general" },
    });
  });

  it("is reached by its own kubeconfig, and known by its number: a renewed one replaces nothing", async () => {
    const collected = await program();
    const { inputs } = find(collected, "pulumi:providers:kubernetes", "cluster-provider");
    expect(inputs).toMatchObject({
      // Not a string but a secret: its token is the administrator's.
      kubeconfig: { value: "kind: Config\n" },
      clusterIdentifier: expect.stringMatching(/^lke\d{8}$/) as string,
      deleteUnreachable: "false",
    });
    expect(inputs["context"]).toBeUndefined();
    // What makes all that is at Linode is explicit, too.
    const made = collected.resources.filter(({ type }) => type.startsWith("linode:"));
    expect(made.every(({ provider }) => provider.includes("::cluster-linode::"))).toBe(true);
  });

  it("promises the nodes of its pools, and the one of its own that takes nothing of ours", () => {
    const config = ClusterConfig.parse(lkeInput);
    expect(clusterNodes(config).map(({ pool: name, slot }) => [name, slot])).toEqual([
      ["base", undefined],
      ["edge", 9],
      ["edge", 10],
      ["general", undefined],
      ["general", undefined],
      ["general", undefined],
    ]);
    const [base, edge] = clusterNodes(config);
    expect(base?.taints).toEqual([{ key: "fleet/base", value: "true", effect: "NoSchedule" }]);
    expect(edge?.labels["topology.kubernetes.io/region"]).toBe("ap-south");
    const general = config.pools["general"];
    expect(general && allocatable(general).memory).toBe("3584Mi");
    expect(nameOfCluster(config)).toBe("demo");
  });
});

describe("pools of slots at Linode", () => {
  const poolType = "linode:index/lkeNodePool:LkeNodePool";
  const poolsWith = (terms: ClusterTerms) =>
    poolsOf(poolType, ClusterConfig.parse(lkeInput), terms);

  it("go slot by slot: together, all that is dialled by their addresses would be away at once", async () => {
    expect(turnsOf(await poolsWith({}))).toEqual({
      "cluster-lke-edge-slot-9": [],
      "cluster-lke-edge-slot-10": ["cluster-lke-edge-slot-9"],
      "cluster-lke-general": [],
    });
  });

  it("go before their successors come: made beside them, all would go together at the end", async () => {
    const first = (await poolsWith({})).filter(({ deleteBeforeReplace }) => deleteBeforeReplace);
    expect(first.map(({ name }) => name).sort()).toEqual([
      "cluster-lke-edge-slot-10",
      "cluster-lke-edge-slot-9",
    ]);
  });

  it("are made together where nobody is there to be disturbed", async () => {
    const turns = turnsOf(await poolsWith({ slotsInTurn: false }));
    expect(Object.values(turns)).toEqual([[], [], []]);
  });
});

describe("the lke section", () => {
  it("is right as it stands", () => {
    expect(complaints(ClusterConfig, lkeInput)).toEqual([]);
  });

  it.each([
    [
      "no region",
      { ...lkeInput, linode: {} },
      "linode.region: must be Linode's name of the region",
    ],
    ["no linode at all", { ...lkeInput, linode: undefined }, "linode"],
    ["a patch version", { ...lkeInput, version: "1.34.1" }, "version: must be major.minor"],
    [
      "a version that YAML read as a number",
      { ...lkeInput, version: 1.34 },
      "version: must be major.minor",
    ],
    ["a label of two letters", { ...lkeInput, label: "ab" }, "label: must be 3 to 32"],
    [
      "a pool without a type",
      withPool({ nodes: 1, cpu: "2", memory: "4Gi" }),
      "pools.edge.type: must be Linode's machine type",
    ],
    [
      "a type nobody sells",
      withPool({ ...node, type: "g9-huge", nodes: 1 }),
      "must be one of Linode's machine types",
    ],
    [
      "a size that the type does not have",
      withPool({ ...node, memory: "8Gi", nodes: 1 }),
      "pools.edge.type: must fit the pool's cpu and memory: a g6-standard-2 has 2 and 4Gi",
    ],
    [
      "a pool in another region",
      withPool({ ...node, nodes: 1, region: "eu-west" }),
      "pools.edge.region: must be ap-south",
    ],
    [
      "a taint without value",
      withPool({ ...node, nodes: 1, taints: [{ key: "a", effect: "NoSchedule" }] }),
      "pools.edge.taints.0.value: must not be empty at Linode",
    ],
    [
      "a label of Linode's own",
      withPool({ ...node, nodes: 1, labels: { "lke.linode.com/x": "y" } }),
      "must have another prefix",
    ],
    [
      "a pool named as the cluster's own",
      { ...lkeInput, pools: { base: { ...node, nodes: 1 } } },
      "pools.base: must be named otherwise",
    ],
    ["a context", { ...lkeInput, context: "demo" }, "context"],
  ])("refuses %s", (_, value, expected) => {
    expect(complaints(ClusterConfig, value).join("\n")).toContain(expected);
  });
});
