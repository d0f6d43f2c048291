import { describe, expect, it } from "vitest";

import {
  ClusterConfig,
  clusterNodes,
  describeNode,
  googleOf,
} from "../../components/platform/cluster.schema.ts";
import { diskLeftByGke, keptByGke } from "../../components/platform/gke-allocatable.ts";
import { machineTypes } from "../../components/platform/google.schema.ts";
import { parseQuantity } from "../../components/base/quantity.ts";
import { slotFaults } from "../../components/platform/slots.ts";
import { clusterInput, complaints } from "./fixtures.ts";
import { gke, gkeInput, withPools } from "./gke-fixtures.ts";

describe("what GKE keeps of a node", () => {
  it("is what its documentation computes: 110m and, with eviction, 5.58 Gi of an e2-standard-16", () => {
    const { cpus, gibibytes } = keptByGke({ cpus: 16, gibibytes: 64 }, 110);
    expect(cpus).toBeCloseTo(0.11, 6);
    // And what the kernel never tells the kubelet of, 2.5 %.
    expect(gibibytes - 64 * 0.025).toBeCloseTo(5.58, 2);
  });

  it("leaves 12.87 of 16 Gi, as the documented node of that size shows", () => {
    const { gibibytes } = keptByGke({ cpus: 4, gibibytes: 16 }, 110);
    expect(16 - gibibytes).toBeCloseTo(12.87, 1);
  });

  it("is 400m more above 110 pods", () => {
    const size = { cpus: 2, gibibytes: 8 };
    expect(keptByGke(size, 111).cpus - keptByGke(size, 110).cpus).toBeCloseTo(0.4, 6);
  });

  it("leaves 47.06 GB of a disk of 100 Gi to pods, as the documented node shows", () => {
    expect(Math.abs(diskLeftByGke(100) - 47_060_071_478)).toBeLessThan(10_000_000);
  });

  it("keeps half of a small disk, less than that of a larger one, and 100 Gi at most", () => {
    const left = (gibibytes: number) => diskLeftByGke(gibibytes) / 2 ** 30;
    // Beside the tenth at which pods are evicted, of what the partitions leave.
    expect(left(20)).toBeCloseTo(20 * 0.9425 * 0.9 - 10, 6);
    expect(left(200)).toBeCloseTo(200 * 0.9425 * 0.9 - 76, 6);
    expect(left(1000)).toBeCloseTo(1000 * 0.9425 * 0.9 - 100, 6);
    expect(diskLeftByGke(0)).toBe(0);
  });

  it("grows with the machine, and is never all of it", () => {
    for (const [type, size] of machineTypes) {
      const kept = keptByGke(size, 110);
      expect(kept.cpus, type).toBeLessThan(size.cpus);
      expect(kept.gibibytes, type).toBeLessThan(size.gibibytes);
    }
  });
});

describe("a node of a cluster at Google", () => {
  it("offers less than its machine has: a request for all of it finds no room", () => {
    const [node] = clusterNodes(gke()).filter(({ pool }) => pool === "default");
    expect(node?.capacity).toEqual({ cpu: "16", memory: "65536Mi", pods: 110 });
    // 16 less 110m less 500m of Google's own pods.
    expect(node?.allocatable.cpu).toBe("15.39");
    expect(parseQuantity(node?.allocatable.memory ?? "") / 2 ** 30).toBeCloseTo(55.8, 1);
    expect(node?.allocatable.pods).toBe(98);
    // Of the usual disk of 100Gi, in whole mebibytes.
    expect(node?.scratch).toBe("44876Mi");
    expect(node === undefined ? "" : describeNode(node)).toContain("15.39 CPU");
  });

  it("says where it is, whose pool, and waits with pods until it has its slot's address", () => {
    const slots = clusterNodes(gke()).filter(({ pool }) => pool === "edge");
    expect(slots.map(({ slot }) => slot)).toEqual([0, 10]);
    expect(slots[1]).toMatchObject({
      address: { kind: "reserved", assignedBy: "kubeip" },
      labels: {
        "fleet/pool": "edge",
        "fleet/slot": "10",
        "topology.kubernetes.io/region": "us-central1",
        "topology.kubernetes.io/zone": "us-central1-b",
      },
      taints: [],
      startupTaints: [{ key: "fleet/address", value: "pending", effect: "NoSchedule" }],
    });
  });

  it("has an address that stays, so that what publishes one may run there", () => {
    expect(slotFaults(gke(), [{ path: [], slot: 10, publishes: true }])).toEqual([]);
  });

  it.each([
    ["all", { edge: 2, default: 2 }],
    ["one", { default: 1 }],
    ["none", {}],
  ] as const)("is there or not, as the stack runs: %s", (there, expected) => {
    const pools = clusterNodes(gke(), there).map(({ pool }) => pool);
    const counts = Object.fromEntries(
      [...new Set(pools)].map((pool) => [pool, pools.filter((one) => one === pool).length]),
    );
    expect(counts).toEqual(expected);
  });

  it("is never one of fewer than autoscale.min", () => {
    const pools = { default: { type: "e2-standard-4", nodes: 1, autoscale: { min: 3 } } };
    expect(clusterNodes(gke({ pools }))).toHaveLength(3);
    expect(clusterNodes(gke({ pools }), "one")).toHaveLength(3);
  });

  it("of another cloud is not taken away by a parked stack", () => {
    const there = ClusterConfig.parse(clusterInput);
    expect(clusterNodes(there, "none")).toEqual(clusterNodes(there));
  });
});

describe("a cluster's file", () => {
  it("names the region and the one zone of its nodes by a zone alone", () => {
    const { zone, google } = gke({ location: "europe-west4-a", zone: undefined });
    expect(zone).toBe("europe-west4-a");
    expect(google).toMatchObject({ region: "europe-west4", project: "demo-networks" });
  });

  it("leaves nodes alone by default, as the original did, and repairs them on a channel", () => {
    expect(gke()).toMatchObject({ channel: "none", repair: false });
    expect(gke({ channel: "stable" })).toMatchObject({ repair: true });
  });

  it.each([
    ["no project", { ...gkeInput, project: undefined }, "project: must be the id of a project"],
    ["a name that is no label", { ...gkeInput, name: "Mini_Net" }, "name: must be 1 to 63"],
    [
      "a location that Google has not",
      { ...gkeInput, location: "home" },
      "location: must be a region or a zone at Google",
    ],
    [
      "a region without the zone of the nodes",
      { ...gkeInput, zone: undefined },
      "zone: must be a zone of us-central1, e.g. us-central1-b: all nodes lie in one",
    ],
    [
      "a zone of another region",
      { ...gkeInput, zone: "europe-west4-a" },
      "zone: must be a zone of us-central1",
    ],
    [
      "another zone than the cluster's own",
      { ...gkeInput, location: "us-central1-a" },
      "zone: must be us-central1-a, the cluster's own zone, or left out",
    ],
    [
      "a version that is half of one",
      { ...gkeInput, version: "1.34" },
      "version: must be a whole version of GKE's, e.g. 1.34.1-gke.1829001",
    ],
    [
      "no repairs on a channel",
      { ...gkeInput, channel: "regular", repair: false },
      "repair: must be true on the channel regular",
    ],
    [
      "a machine type nobody sells",
      withPools({ more: { type: "e2-giant-3", nodes: 1 } }),
      "pools.more.type: must be one of Google's machine types with CPUs of its own",
    ],
    [
      "a machine that Google's own pods fill",
      withPools({ more: { type: "n1-standard-1", nodes: 1, systemPods: { cpu: "1" } } }),
      "pools.more.type: must be larger",
    ],
    [
      "a pool that says twice how many",
      withPools({ more: { type: "e2-standard-4", nodes: 1, size: "auto" } }),
      "pools.more: must say either nodes or slots, or size: auto",
    ],
    [
      "an autoscaler upside down",
      withPools({ more: { type: "e2-standard-4", nodes: 2, autoscale: { min: 5, max: 4 } } }),
      "pools.more.autoscale.min: must not be above max, 4",
    ],
    [
      "an autoscaler that may not reach the number that is said",
      withPools({ more: { type: "e2-standard-4", nodes: 5, autoscale: { max: 4 } } }),
      "pools.more.autoscale.max: must not be below nodes, 5",
    ],
    [
      "an autoscaler of slots",
      withPools({ edge: { ...gkeInput.pools.edge, autoscale: {} } }),
      "pools.edge.autoscale: must not be there",
    ],
    [
      "a slot in two pools",
      withPools({ more: { type: "e2-standard-2", slots: { "0": {} } } }),
      "pools.more.slots.0: slot 0 already stands at fleet:cluster.pools.edge.slots.0",
    ],
    [
      "two addresses of one name, one of them by default",
      withPools({
        edge: {
          type: "e2-standard-2",
          slots: { "0": {}, "1": { address: { kind: "reserved", name: "mini-slot-0" } } },
        },
      }),
      "pools.edge.slots.1.address.name: address mini-slot-0 already stands at fleet:cluster.pools.edge.slots.0",
    ],
    [
      "an address of the operator's own",
      withPools({
        edge: {
          type: "e2-standard-2",
          slots: { "0": { address: { kind: "reserved", assignedBy: "operator" } } },
        },
      }),
      "address.assignedBy: must be kubeip",
    ],
    [
      "a name of an address that Google refuses",
      withPools({
        edge: {
          type: "e2-standard-2",
          slots: { "0": { address: { kind: "reserved", name: "-slot" } } },
        },
      }),
      "address.name: must be 1 to 63 lower-case letters",
    ],
    [
      "nothing but slots",
      { ...gkeInput, pools: { edge: gkeInput.pools.edge } },
      "pools: must have a pool without slots",
    ],
    [
      "a pool whose name is too long with its slots",
      withPools({ [`e${"x".repeat(32)}`]: { type: "e2-standard-2", slots: { "20": {} } } }),
      "must be named by a letter and at most 31",
    ],
    [
      "an accelerator that Google attaches to other machines",
      withPools({
        more: {
          type: "e2-standard-4",
          nodes: 1,
          accelerator: { type: "nvidia-tesla-t4", count: 1 },
        },
      }),
      "pools.more.accelerator: must stand on a machine of the family n1",
    ],
    [
      "a label of Google's own",
      withPools({
        more: { type: "e2-standard-4", nodes: 1, labels: { "cloud.google.com/x": "y" } },
      }),
      "must have another prefix: Google refuses this one",
    ],
    [
      "a taint without value",
      withPools({
        more: { type: "e2-standard-4", nodes: 1, taints: [{ key: "a", effect: "NoSchedule" }] },
      }),
      "pools.more.taints.0.value: must not be empty at Google",
    ],
    [
      "a disk of half a gibibyte",
      withPools({ more: { type: "e2-standard-4", nodes: 1, disk: { size: "512Mi" } } }),
      "pools.more.disk.size: must be whole Gi, 10Gi at least",
    ],
    [
      "a firewall that lets in nobody",
      { ...gkeInput, firewall: { from: [] } },
      "firewall.from: must name at least one range",
    ],
    [
      "a pool whose name is too long by one with its slots",
      withPools({ ["e".repeat(34)]: { type: "e2-standard-2", slots: { "5": {} } } }),
      "must be named by a letter and at most 31",
    ],
    [
      "a pool whose name is too long by one",
      withPools({ ["e".repeat(41)]: { type: "e2-standard-2", nodes: 1 } }),
      "must be named by a letter and at most 31",
    ],
    [
      "a pool whose name begins with a digit",
      withPools({ "1st": { type: "e2-standard-2", nodes: 1 } }),
      "must be named by a letter and at most 31",
    ],
    [
      "a label of the pool's own",
      withPools({ more: { type: "e2-standard-4", nodes: 1, labels: { "fleet/pool": "x" } } }),
      'must not begin with "fleet/"',
    ],
    [
      "a pool that takes no pods beside Google's own",
      withPools({ more: { type: "e2-standard-4", nodes: 1, pods: 12 } }),
      "pools.more.type: must be larger",
    ],
  ])("refuses %s", (_, value, expected) => {
    expect(complaints(ClusterConfig, value).join("\n")).toContain(expected);
  });

  it.each([
    [
      "an autoscaler from the number that is said to the same",
      withPools({ more: { type: "e2-standard-4", nodes: 4, autoscale: { min: 4, max: 4 } } }),
    ],
    [
      "a pool whose name is just short enough with its slots",
      withPools({ ["e".repeat(33)]: { type: "e2-standard-2", slots: { "5": {} } } }),
    ],
    [
      "a pool whose name is just short enough",
      withPools({ ["e".repeat(40)]: { type: "e2-standard-2", nodes: 1 } }),
    ],
    [
      "a pool with room for one pod",
      withPools({ more: { type: "e2-standard-4", nodes: 1, pods: 13 } }),
    ],
    [
      "an accelerator on a machine that takes one",
      withPools({
        more: {
          type: "n1-standard-8",
          nodes: 1,
          accelerator: { type: "nvidia-tesla-t4", count: 1 },
        },
      }),
    ],
    ["repairs without a channel", { ...gkeInput, channel: "none", repair: true }],
    ["the zone of a cluster that lies in it", { ...gkeInput, location: "us-central1-b" }],
    [
      "a label of somebody whose name ends like Google's",
      withPools({ more: { type: "e2-standard-4", nodes: 1, labels: { "notgke.io/x": "y" } } }),
    ],
  ])("takes %s", (_, value) => {
    expect(complaints(ClusterConfig, value)).toEqual([]);
  });
});

describe("a cluster at Google that exists", () => {
  const google = { project: "demo-networks", region: "us-central1", name: "old" };
  const slots = { "0": { address: { kind: "reserved", assignedBy: "kubeip" } } };
  const pools = { edge: { slots, cpu: "2", memory: "8Gi" } };

  it("may have slots whose addresses the program makes, once it says where it is", () => {
    const there = ClusterConfig.parse({ ...clusterInput, google, pools });
    expect(googleOf(there)).toMatchObject(google);
  });

  it("has none of them otherwise: nothing would make them, and nobody assign them", () => {
    expect(complaints(ClusterConfig, { ...clusterInput, pools }).join()).toContain(
      "pools.edge.slots.0.address.assignedBy: must be node-keeper or operator: kubeip is for clusters at Google",
    );
  });
});
