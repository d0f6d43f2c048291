/** What `doctor` makes of the number of disks that each node's drivers say they take. */
import { describe, expect, it } from "vitest";

import { ClusterConfig } from "../../../components/platform/cluster.schema.ts";
import { diskCheck, DiskList } from "../../../ops/doctor/disk-checks.ts";
import { NodeList } from "../../../ops/doctor/node-checks.ts";

const linode = "linodebs.csi.linode.com";

const clusterOf = (general: object, more: object = {}) =>
  ClusterConfig.parse({
    kind: "kubeconfig",
    context: "shop",
    pools: { general: { nodes: 2, cpu: "2", memory: "4Gi", ...general } },
    ...more,
  });

const node = (name: string, pool?: string) => ({
  metadata: { name, labels: pool === undefined ? {} : { "fleet/pool": pool } },
  status: { allocatable: {} },
});

const csiNode = (name: string, drivers: Readonly<Record<string, number | null | undefined>>) => ({
  ...{ apiVersion: "storage.k8s.io/v1", kind: "CSINode", metadata: { name } },
  spec: {
    drivers: Object.entries(drivers).map(([driver, count]) => ({
      ...{ name: driver, nodeID: name, topologyKeys: [] },
      ...(count === undefined ? {} : { allocatable: count === null ? {} : { count } }),
    })),
  },
});

const diskClass = (provisioner: string, usual = true) => ({
  ...{ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", provisioner },
  metadata: {
    name: `of-${provisioner}`,
    annotations: { "storageclass.kubernetes.io/is-default-class": `${usual}` },
  },
});

const found = (
  cluster: ClusterConfig,
  items: readonly object[],
  nodes = [node("a", "general"), node("b", "general")],
) => {
  const check = diskCheck(
    cluster,
    NodeList.parse({ items: nodes }).items,
    DiskList.parse({ items }),
  );
  const lines = (list: typeof check.faults = []) =>
    list.map(({ path, expected, mend = "" }) => `${path} ${expected} → ${mend}`);
  return { detail: check.detail, faults: lines(check.faults), notices: lines(check.notices) };
};

describe("disks of the nodes", () => {
  it("that are as many as the pool promises, or more, are in order", () => {
    const all = [csiNode("a", { [linode]: 6 }), csiNode("b", { [linode]: 7 })];
    expect(found(clusterOf({ disks: 6 }), all)).toEqual({
      detail: "2 nodes, whose drivers say how many they take",
      faults: [],
      notices: [],
    });
  });

  it("that are fewer are a fault, told by the node that takes the fewest, with the number to write", () => {
    const all = [csiNode("a", { [linode]: 6 }), csiNode("b", { [linode]: 5 })];
    expect(found(clusterOf({ disks: 7 }), all).faults).toEqual([
      `fleet:cluster.pools.general.disks is 7; ${linode} attaches 5 to b: a pod beyond would wait for its disk → write 5 there`,
    ]);
    expect(found(clusterOf({ disks: 1 }), [csiNode("a", { [linode]: 0 })]).faults).toHaveLength(1);
  });

  it("that nobody said are Linode's rule's in a cluster at Linode", () => {
    const at = clusterOf({ region: "ap-south" }, { linode: { region: "ap-south" } });
    expect(found(at, [csiNode("a", { [linode]: 6 })])).toMatchObject({ faults: [], notices: [] });
    expect(found(at, [csiNode("a", { [linode]: 4 })]).faults).toEqual([
      expect.stringMatching(/^fleet:cluster.pools.general.disks is 6, by Linode's rule; .* 4 to a/),
    ]);
  });

  it("that nobody said are to be written down where pods could come to want more", () => {
    const told = (count: number) =>
      found(clusterOf({}), [csiNode("a", { "pd.csi.example": count })]);
    expect(told(15)).toMatchObject({
      faults: [],
      notices: [
        "fleet:cluster.pools.general.disks is not said, so that nobody counts them; pd.csi.example attaches 15 to a, and a pod beyond waits → write 15 there",
      ],
    });
    // 110 pods are the most of a node, ten of them its own.
    expect(told(127)).toMatchObject({ faults: [], notices: [] });
  });

  it.each<[string, readonly object[]]>([
    ["there is no CSINode", []],
    ["a node has no driver", [csiNode("a", {})]],
    ["a driver says nothing", [csiNode("a", { "files.example": undefined })]],
    ["a driver says no number", [csiNode("a", { "files.example": null })]],
    ["spec.drivers is left out", [{ kind: "CSINode", metadata: { name: "a" }, spec: {} }]],
  ])("are nobody's business where %s", (_, all) => {
    const silent = { detail: "no driver says how many a node takes", faults: [], notices: [] };
    expect(found(clusterOf({ disks: 6 }), all)).toEqual(silent);
    expect(found(clusterOf({}), all)).toEqual(silent);
  });

  it("are those of the driver that claims get who ask for no other", () => {
    const both = [csiNode("a", { [linode]: 6, "shared.example": 2 })];
    const cluster = clusterOf({ disks: 6 });
    expect(found(cluster, [...both, diskClass(linode)]).faults).toEqual([]);
    expect(found(cluster, [...both, diskClass("shared.example")]).faults).toHaveLength(1);
    expect(found(cluster, [...both, diskClass(linode, false)]).faults).toHaveLength(1);
    // One that says no number takes any.
    const any = [csiNode("a", { [linode]: undefined, "shared.example": 2 })];
    expect(found(cluster, [...any, diskClass(linode)]).faults).toEqual([]);
  });

  it("are each pool's own, and nobody's of nodes in no pool", () => {
    const two = clusterOf(
      {},
      {
        pools: {
          large: { nodes: 1, cpu: "8", memory: "32Gi", disks: 30 },
          small: { nodes: 1, cpu: "2", memory: "4Gi", disks: 6 },
        },
      },
    );
    const nodes = [node("l", "large"), node("s", "small"), node("x"), node("y", "others")];
    const all = [
      ...[csiNode("l", { [linode]: 29 }), csiNode("s", { [linode]: 6 })],
      ...[
        csiNode("x", { [linode]: 1 }),
        csiNode("y", { [linode]: 1 }),
        csiNode("gone", { [linode]: 1 }),
      ],
    ];
    expect(found(two, all, nodes).faults).toEqual([
      expect.stringMatching(/pools.large.disks is 30; .* attaches 29 to l/),
    ]);
  });

  it("say names as they are, and no terminal's words", () => {
    const name = "a\u001B[31m";
    const told = found(
      clusterOf({ disks: 6 }),
      [csiNode(name, { [linode]: 1 })],
      [node(name, "general")],
    );
    expect(told.faults).toHaveLength(1);
    expect(told.faults[0]).not.toContain("\u001B");
  });
});
