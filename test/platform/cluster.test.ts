import { describe, expect, it, vi } from "vitest";

import {
  allocatable,
  ClusterConfig,
  clusterNodes,
} from "../../components/platform/cluster.schema.ts";
import { Cluster } from "../../components/platform/cluster.ts";
import { collect, find } from "../harness.ts";
import { cluster, clusterInput, complaints } from "./fixtures.ts";

const withPool = (pool: Record<string, unknown>) => ({ ...clusterInput, pools: { edge: pool } });
const node = { cpu: "2", memory: "4Gi" };
const slot = (address: Record<string, unknown>) => ({ address });

describe("the cluster section", () => {
  it("takes a kubeconfig context with pools of nodes and of slots", () => {
    expect(complaints(ClusterConfig, clusterInput)).toEqual([]);
  });

  it("takes a taint without a value where nodes are made by hand", () => {
    const taints = [{ key: "a", effect: "NoSchedule" }];
    expect(complaints(ClusterConfig, withPool({ ...node, nodes: 1, taints }))).toEqual([]);
  });

  it.each([
    [
      "both nodes and slots",
      withPool({ ...node, nodes: 1, slots: { "0": slot({ kind: "ephemeral" }) } }),
      "pools.edge: must say either nodes or slots",
    ],
    ["neither nodes nor slots", withPool(node), "pools.edge: must say either nodes or slots"],
    [
      "no slot at all",
      withPool({ ...node, slots: {} }),
      "pools.edge.slots: must have at least one slot",
    ],
    [
      "half a node",
      withPool({ ...node, nodes: 1.5 }),
      "pools.edge.nodes: must be a whole number of nodes, e.g. 2",
    ],
    [
      "at Linode, a taint that none of its pools can have",
      {
        ...withPool({ ...node, nodes: 1, taints: [{ key: "a", effect: "NoSchedule" }] }),
        linode: { region: "ap-south" },
      },
      "pools.edge.taints.0.value: must not be empty at Linode",
    ],
    ["no pool", { ...clusterInput, pools: {} }, "pools: must have at least one pool"],
    [
      "a label that follows from the pool",
      withPool({ ...node, nodes: 1, labels: { "fleet/slot": "3" } }),
      'pools.edge.labels.fleet/slot: must not begin with "fleet/"',
    ],
    [
      "a node that keeps everything for itself",
      withPool({ ...node, nodes: 1, memory: "512Mi" }),
      "pools.edge.memory: must be above the node's own share of 512Mi",
    ],
    [
      "memory without a unit",
      withPool({ ...node, nodes: 1, memory: "4096" }),
      "pools.edge.memory: must be a quantity with a binary unit",
    ],
    [
      "a context with a blank",
      { ...clusterInput, context: "demo test" },
      "context: must be the name of a kubeconfig context",
    ],
  ])("refuses %s", (_, value, expected) => {
    expect(complaints(ClusterConfig, value).join("\n")).toContain(expected);
  });

  it("refuses an unknown kind of cluster and of address", () => {
    expect(complaints(ClusterConfig, { ...clusterInput, kind: "minikube" })).toHaveLength(1);
    const floating = withPool({ ...node, slots: { "0": slot({ kind: "floating" }) } });
    expect(complaints(ClusterConfig, floating)[0]).toContain("pools.edge.slots.0.address.kind");
  });

  it("refuses a slot's number and an address that stand twice, wherever the pools", () => {
    const reserved = slot({ kind: "reserved", ip: "203.0.113.7", assignedBy: "operator" });
    const twice = {
      ...clusterInput,
      pools: {
        a: { ...node, slots: { "0": reserved } },
        b: { ...node, slots: { "0": slot({ kind: "ephemeral" }), "1": reserved } },
      },
    };
    expect(complaints(ClusterConfig, twice)).toEqual([
      "pools.b.slots.0: slot 0 already stands at fleet:cluster.pools.a.slots.0: each stands once in a cluster",
      "pools.b.slots.1.address.ip: address 203.0.113.7 already stands at fleet:cluster.pools.a.slots.0.address.ip: each stands once in a cluster",
    ]);
  });
});

describe("the nodes that the pools promise", () => {
  it("carry the labels that placement selects by, slot by slot", () => {
    const nodes = clusterNodes(
      cluster({
        edge: {
          ...node,
          region: "ap-south",
          labels: { coturn: "yes" },
          slots: {
            "10": slot({ kind: "ephemeral" }),
            "9": slot({ kind: "dns", name: "edge-9.example.org" }),
          },
        },
      }),
    );
    expect(nodes.map(({ pool, slot, index }) => [pool, slot, index])).toEqual([
      ["edge", 9, 0],
      ["edge", 10, 1],
      ["general", undefined, 0],
      ["general", undefined, 1],
    ]);
    expect(nodes[0]?.labels).toEqual({
      "kubernetes.io/os": "linux",
      "topology.kubernetes.io/region": "ap-south",
      coturn: "yes",
      "fleet/pool": "edge",
      "fleet/slot": "9",
    });
    expect(nodes[2]?.labels).toEqual({ "kubernetes.io/os": "linux", "fleet/pool": "general" });
  });

  it("offer what is left after the node's own share", () => {
    const pool = cluster().pools["general"];
    expect(pool && allocatable(pool)).toEqual({ cpu: "1.7", memory: "3584Mi", pods: 100 });
  });
});

describe("Cluster", () => {
  it("makes one explicit provider, bound to the context, with no text of the kubeconfig", async () => {
    const collected = await collect(() => new Cluster("cluster", cluster()));
    expect(collected.urns).toEqual([
      "urn:pulumi:test::fleet::fleet:platform:Cluster$pulumi:providers:kubernetes::cluster-provider",
      "urn:pulumi:test::fleet::fleet:platform:Cluster::cluster",
    ]);
    const { inputs } = find(collected, "pulumi:providers:kubernetes", "cluster-provider");
    expect(inputs).toMatchObject({
      context: "demo-test",
      clusterIdentifier: "demo-test",
      kubeconfig: "",
    });
  });

  it("takes nothing from the shell of whoever deploys", async () => {
    vi.stubEnv("KUBECONFIG", "/home/someone/.kube/config");
    const quiet = await collect(() => new Cluster("cluster", cluster()));
    for (const name of [
      "DELETE_UNREACHABLE",
      "SKIP_UPDATE_UNREACHABLE",
      "ENABLE_CONFIGMAP_MUTABLE",
      "ENABLE_SECRET_MUTABLE",
      "ENABLE_PATCH_FORCE",
      "UPSERT_EXISTING_OBJECTS",
      "SUPPRESS_DEPRECATION_WARNINGS",
    ]) {
      vi.stubEnv(`PULUMI_K8S_${name}`, "true");
    }
    vi.stubEnv("PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", "false");
    const loud = await collect(() => new Cluster("cluster", cluster()));
    vi.unstubAllEnvs();
    const inputs = (from: typeof quiet) =>
      find(from, "pulumi:providers:kubernetes", "cluster-provider").inputs;
    expect(inputs(loud)).toEqual(inputs(quiet));
    expect(inputs(loud)).toMatchObject({ deleteUnreachable: "false", kubeconfig: "" });
  });

  it("is left unread in previews alone: an update that knows no cluster would go nowhere", async () => {
    const unread = () => new Cluster("cluster", { ...cluster(), isUnread: true });
    await expect(collect(unread)).rejects.toThrow(/FLEET_UNREAD_CLUSTER is for previews/);
  });
});
