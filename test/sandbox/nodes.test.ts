import { describe, expect, it } from "vitest";

import { ClusterConfig, clusterNodes } from "../../components/platform/cluster.schema.ts";
import {
  attended,
  machine,
  nodeName,
  nodeObject,
  positions,
  reservedAddresses,
  shapeHash,
} from "../../sandbox/nodes.ts";

const nodes = clusterNodes(
  ClusterConfig.parse({
    kind: "kubeconfig",
    context: "c",
    pools: {
      edge: {
        cpu: "2",
        memory: "4Gi",
        region: "ap-south",
        labels: { tier: "edge" },
        taints: [{ key: "edge", value: "yes", effect: "NoSchedule" }],
        slots: {
          "0": { address: { kind: "reserved", ip: "203.0.113.7", assignedBy: "operator" } },
          "3": { address: { kind: "ephemeral" } },
        },
      },
      general: { nodes: 2, cpu: "4", memory: "8Gi", pods: 60 },
    },
  }),
);
const taken = reservedAddresses(nodes);
const objects = nodes.map((node, position) =>
  nodeObject("test", node, position, attended(machine(position, taken), node)),
);
const [slot0, slot3, general0] = objects;

describe("nodes of a sandbox", () => {
  it("are named after pool and slot", () => {
    expect(objects.map(({ metadata }) => metadata.name)).toEqual([
      "test-edge-slot-0",
      "test-edge-slot-3",
      "test-general-0",
      "test-general-1",
    ]);
  });

  it("carry the labels that pods select by", () => {
    expect(slot3?.metadata.labels).toMatchObject({
      tier: "edge",
      "fleet/pool": "edge",
      "fleet/slot": "3",
      "kubernetes.io/hostname": "test-edge-slot-3",
      "topology.kubernetes.io/region": "ap-south",
      "topology.kubernetes.io/zone": "ap-south",
    });
    // Spreading over zones leaves nodes without the label out.
    expect(general0?.metadata.labels["topology.kubernetes.io/zone"]).toBe("sandbox");
  });

  it("have the pool's size and what is left of it, and its taints", () => {
    expect(general0?.status.capacity).toMatchObject({ cpu: "4", memory: "8Gi", pods: "60" });
    expect(general0?.status.allocatable).toMatchObject({
      cpu: "3.7",
      memory: "7680Mi",
      pods: "50",
    });
    expect(slot0?.spec.taints).toEqual([{ key: "edge", value: "yes", effect: "NoSchedule" }]);
  });

  it("stand on machines of their own, each with another number and address", () => {
    expect(machine(1, taken).externalIps).not.toEqual(machine(9, taken).externalIps);
    expect(machine(1, taken).id).not.toBe(machine(9, taken).id);
  });

  it("have a reserved address beside the machine's own once an operator has assigned it", () => {
    const [reserved, ephemeral] = nodes;
    if (
      reserved?.address?.kind !== "reserved" ||
      reserved.address.assignedBy === "kubeip" ||
      ephemeral === undefined
    ) {
      throw new Error("the pools have two slots");
    }
    const made = machine(0, taken);
    const [own] = made.externalIps;
    expect(attended(made, reserved).externalIps).toEqual([own, "203.0.113.7"]);
    expect(attended(made, ephemeral)).toEqual(made);
    // The keeper's pod assigns it, once there is one.
    const kept = {
      ...reserved,
      address: { ...reserved.address, assignedBy: "node-keeper" },
    } as const;
    expect(attended(made, kept)).toEqual(made);
  });

  it("never get an address that the stack file reserves", () => {
    const [first = ""] = machine(0, new Set()).externalIps;
    expect(machine(0, new Set([first])).externalIps).not.toEqual([first]);
  });

  it("have addresses and pod ranges of their own, for hundreds of nodes", () => {
    const [, , node] = nodes;
    if (node === undefined) {
      throw new Error("the pools have a third node");
    }
    const many = Array.from({ length: 1_000 }, (_, position) =>
      nodeObject("test", { ...node, index: position }, position, { id: 1, externalIps: ["x"] }),
    );
    const internal = many.map(({ status }) => status.addresses[1]?.address);
    expect(new Set(internal).size).toBe(1_000);
    expect(internal[0]).toBe("192.168.128.1");
    expect(new Set(many.map(({ spec }) => spec.podCIDR)).size).toBe(1_000);
    expect(many.at(-1)?.spec.podCIDR).toBe("10.71.206.0/23");
  });

  it("are told apart by shape, so that a changed pool makes its nodes anew", () => {
    const [first] = nodes;
    if (first === undefined) {
      throw new Error("the pools have a node");
    }
    expect(nodeName("test", first)).toBe("test-edge-slot-0");
    const changed = { ...first, capacity: { ...first.capacity, cpu: "8" } };
    expect(shapeHash(changed)).not.toBe(shapeHash(first));
    expect(shapeHash({ ...first })).toBe(shapeHash(first));
  });

  it("keep their number when other pools come and go", () => {
    const first = positions(["edge-0", "edge-1", "general-0"], new Map());
    expect([...first.values()]).toEqual([0, 1, 2]);
    const second = positions(["a-0", "edge-1", "edge-2", "general-0"], first);
    expect(Object.fromEntries(second)).toEqual({
      "edge-1": 1,
      "general-0": 2,
      "a-0": 0,
      "edge-2": 3,
    });
  });
});
