import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { capacityFaults, type CapacityRequest } from "../../components/platform/capacity.ts";
import { ClusterConfig, clusterNodes } from "../../components/platform/cluster.schema.ts";
import {
  clusterSlots,
  slotFaults,
  slotOfMember,
  slotPool,
} from "../../components/platform/slots.ts";
import { cluster, clusterInput } from "./fixtures.ts";

const request = (change: Partial<CapacityRequest> = {}): CapacityRequest => ({
  workload: "echo",
  replicas: 1,
  cpu: "100m",
  memory: "128Mi",
  placement: {},
  ...change,
});

describe("capacity", () => {
  it("finds nothing to say about what fits", () => {
    // 1.7 cores a node: one pod of 900m each.
    const here = { nodeSelector: { "fleet/pool": "general" } };
    const large = request({ cpu: "900m", placement: here });
    expect(capacityFaults(cluster(), [{ ...large, replicas: 2 }])).toEqual([]);
    expect(capacityFaults(cluster(), [{ ...large, replicas: 3 }])).toHaveLength(1);
  });

  it("tells what is asked, what finds room and what a node offers", () => {
    const [fault] = capacityFaults(cluster(), [request({ replicas: 4, memory: "3Gi" })]);
    expect(fault?.workload).toBe("echo");
    expect(fault?.message).toContain("4 × 100m CPU and 3Gi");
    expect(fault?.message).toContain("only 3 of 4 find room in pool edge, general");
    expect(fault?.message).toContain("1.7 CPU and 3.5Gi");
    expect(fault?.message).toContain("fleet:cluster.pools");
  });

  it("counts the node's own share: a pod as large as the node fits nowhere", () => {
    expect(capacityFaults(cluster(), [request({ memory: "4Gi" })])).toHaveLength(1);
    expect(capacityFaults(cluster(), [request({ memory: "3584Mi" })])).toEqual([]);
  });

  it("finds room for what asks for much CPU and little memory, beside what asks the other way round", () => {
    const here = { nodeSelector: { "fleet/pool": "general" } };
    // Two nodes of 1.7 CPU and 3.5Gi: by memory alone the first two lie apart, and the third nowhere.
    const roomy = request({ workload: "roomy", replicas: 2, cpu: "500m", memory: "1Gi" });
    const busy = request({ workload: "busy", cpu: "1500m", memory: "64Mi" });
    const asked = [roomy, busy].map((one) => ({ ...one, placement: here }));
    expect(capacityFaults(cluster(), asked)).toEqual([]);
    const [fault] = capacityFaults(cluster(), [
      ...asked,
      { ...busy, placement: here, workload: "b" },
    ]);
    expect(fault).toMatchObject({ pods: 1 });
  });

  it("counts disks, of which a cloud attaches so many to a node and no more", () => {
    const disks = cluster({ general: { nodes: 2, cpu: "2", memory: "4Gi", disks: 2 } });
    const here = { nodeSelector: { "fleet/pool": "general" } };
    const store = request({ workload: "store", disks: 1, placement: here });
    expect(capacityFaults(disks, [{ ...store, replicas: 4 }])).toEqual([]);
    const [fault, ...others] = capacityFaults(disks, [{ ...store, replicas: 5 }, request()]);
    expect(others).toEqual([]);
    expect(fault?.message).toBe(
      "asks for 5 × 1 disk, but only 4 of 5 find room in pool general: its cloud attaches 2 disks to a node for pods, and all are taken; enlarge the pool in fleet:cluster.pools, or say in its disks how many there are",
    );
    // Where the file does not say, nobody knows.
    expect(
      capacityFaults(cluster(), [{ ...store, replicas: 30, cpu: "10m", memory: "1Mi" }]),
    ).toEqual([]);
  });

  it("counts what pods fill of their node's own disk, where the file says what there is", () => {
    const filled = cluster({ general: { nodes: 2, cpu: "2", memory: "4Gi", scratch: "50Gi" } });
    const here = { nodeSelector: { "fleet/pool": "general" } };
    const node = request({ workload: "node", scratch: "20Gi", placement: here });
    expect(capacityFaults(filled, [{ ...node, replicas: 4 }])).toEqual([]);
    // 10Gi are left on each: none for one more, and what fills nothing lies beside it.
    const [fault, ...others] = capacityFaults(filled, [{ ...node, replicas: 5 }, request()]);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ workload: "node", pods: 1 });
    expect(fault?.message).toBe(
      "asks for 5 × 20Gi of a node's own disk, but only 4 of 5 find room in pool general: a node has 50Gi of it for pods; lower what they may write, enlarge the disk of the pool's nodes, or the pool in fleet:cluster.pools",
    );
    expect(capacityFaults(filled, [{ ...node, scratch: "50Gi", replicas: 2 }])).toEqual([]);
    const unsaid = capacityFaults(cluster(), [{ ...node, replicas: 20, cpu: "10m" }]);
    expect(unsaid).toEqual([]);
  });

  it("lays what fills the most where there is a whole disk yet, however little else it asks for", () => {
    const filled = cluster({ general: { nodes: 2, cpu: "2", memory: "4Gi", scratch: "50Gi" } });
    const here = { nodeSelector: { "fleet/pool": "general" } };
    // By memory alone the two smaller ones come first, one to each node, and leave no whole disk.
    const small = request({ workload: "small", replicas: 2, memory: "1Gi", scratch: "20Gi" });
    const full = request({ workload: "full", memory: "64Mi", scratch: "50Gi" });
    const asked = [small, full].map((one) => ({ ...one, placement: here }));
    expect(capacityFaults(filled, asked)).toEqual([]);
  });

  it("tells of what is short, where it is not the disks", () => {
    const disks = cluster({ general: { nodes: 2, cpu: "2", memory: "4Gi", disks: 2 } });
    const [fault] = capacityFaults(disks, [request({ disks: 1, memory: "5Gi" })]);
    expect(fault?.message).toContain("1 × 100m CPU and 5Gi");
  });

  it.each([
    ["1Gi", 6],
    ["4Gi", 6],
    ["8Gi", 6],
    ["16Gi", 14],
    ["96Gi", 62],
  ])("knows what Linode attaches to a machine of %s: %i disks beside its own", (memory, disks) => {
    const pools = { general: { nodes: 1, cpu: "2", memory } };
    const here = ClusterConfig.parse({ ...clusterInput, linode: { region: "ap-south" }, pools });
    expect(clusterNodes(here).map((node) => node.disks)).toEqual([disks]);
    const said = { general: { ...pools.general, disks: 3 } };
    const own = ClusterConfig.parse({
      ...clusterInput,
      linode: { region: "ap-south" },
      pools: said,
    });
    expect(clusterNodes(own).map((node) => node.disks)).toEqual([3]);
    const elsewhere = ClusterConfig.parse({ ...clusterInput, pools });
    expect(clusterNodes(elsewhere).map((node) => node.disks)).toEqual([undefined]);
  });

  it("puts a slot's pods on its one node only", () => {
    const pinned = (workload: string) =>
      request({ workload, memory: "2Gi", placement: { slot: 0 } });
    expect(capacityFaults(cluster(), [pinned("a")])).toEqual([]);
    expect(capacityFaults(cluster(), [pinned("a"), pinned("b")])).toMatchObject([
      { workload: "b" },
    ]);
  });

  it("places the choosy first: who may go anywhere does not take a slot's room", () => {
    const anywhere = request({ workload: "anywhere", replicas: 2, memory: "3Gi" });
    const pinned = request({ workload: "pinned", memory: "3Gi", placement: { slot: 0 } });
    expect(capacityFaults(cluster(), [anywhere, pinned])).toEqual([]);
  });

  it("never puts two pods with the same host port on one node", () => {
    const ports = [{ port: 80, protocol: "TCP" }] as const;
    const door = (workload: string) =>
      request({ workload, placement: { slot: 0 }, hostPorts: ports });
    expect(capacityFaults(cluster(), [door("a"), door("b")])).toMatchObject([{ workload: "b" }]);
    const udp = { ...door("b"), hostPorts: [{ port: 80, protocol: "UDP" }] as const };
    expect(capacityFaults(cluster(), [door("a"), udp])).toEqual([]);
  });

  it("counts what is on each node by the nodes that take it, and asks for one at least", () => {
    const each = (placement: CapacityRequest["placement"], memory = "3Gi") =>
      request({
        ...{ onEachNode: true, memory },
        placement: { podAntiAffinity: "required", ...placement },
      });
    const here = { nodeSelector: { "fleet/pool": "general" } };
    expect(capacityFaults(cluster(), [each({})])).toEqual([]);
    expect(capacityFaults(cluster(), [each(here)])).toEqual([]);
    // Of three nodes two are taken up: what must be on each has no room there, whatever number was said.
    const others = request({ workload: "a", replicas: 2, memory: "3Gi", placement: { slot: 0 } });
    expect(capacityFaults(cluster(), [each({}), { ...others, replicas: 1 }])).toMatchObject([
      { workload: "echo", pods: 1 },
    ]);
    expect(capacityFaults(cluster(), [each(here), { ...others, replicas: 1 }])).toEqual([]);
    const [nowhere] = capacityFaults(cluster(), [each({ nodeSelector: { rack: "a" } })]);
    expect(nowhere?.message).toContain("asks for a node with rack=a");
    const [beyond] = capacityFaults(cluster(), [each({}, "4Gi")]);
    expect(beyond?.message).toContain("asks for 3 × 100m CPU and 4Gi, but only 0 of 3");
  });

  it("keeps replicas apart where they must be", () => {
    const apart = request({ replicas: 4, placement: { podAntiAffinity: "required" } });
    expect(capacityFaults(cluster(), [apart])).toHaveLength(1);
    expect(capacityFaults(cluster(), [{ ...apart, replicas: 3 }])).toEqual([]);
  });

  it("lays replicas evenly where they must be: a full node stops all others", () => {
    const even = request({ replicas: 6, placement: { spread: "required" } });
    expect(capacityFaults(cluster(), [even])).toEqual([]);
    const filler = request({ workload: "filler", memory: "3500Mi", placement: { slot: 0 } });
    expect(capacityFaults(cluster(), [filler, even])[0]?.message).toContain("only 2 of 6");
    const wish = { ...even, placement: {} };
    expect(capacityFaults(cluster(), [filler, wish])).toEqual([]);
  });

  it("gives no room on nodes without the label that pods must lie evenly over", () => {
    const spread = [
      { topologyKey: "rack", maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" as const },
    ];
    expect(capacityFaults(cluster(), [request({ placement: { spread } })])).toHaveLength(1);
  });

  it.each([
    [{ key: "fleet/pool", operator: "In", values: ["general"] }, 2],
    [{ key: "fleet/pool", operator: "NotIn", values: ["general"] }, 1],
    [{ key: "fleet/slot", operator: "Exists", values: [] }, 1],
    [{ key: "fleet/slot", operator: "DoesNotExist", values: [] }, 2],
    [{ key: "rack", operator: "NotIn", values: ["a"] }, 3],
  ] as const)("reads %o as the scheduler does", ({ values, ...requirement }, nodes) => {
    // A pod of 3Gi has a node to itself.
    const placement = { nodeAffinity: [{ ...requirement, values: [...values] }] };
    const large = request({ memory: "3Gi", placement });
    expect(capacityFaults(cluster(), [{ ...large, replicas: nodes }])).toEqual([]);
    expect(capacityFaults(cluster(), [{ ...large, replicas: nodes + 1 }])).toHaveLength(1);
  });

  it("does not judge labels that the cluster itself puts on its nodes", () => {
    const nodeAffinity = [
      { key: "kubernetes.io/arch", operator: "In" as const, values: ["amd64"] },
    ];
    const nodeSelector = { "node.kubernetes.io/instance-type": "g6-standard-2" };
    const placement = { nodeAffinity, nodeSelector };
    expect(capacityFaults(cluster(), [request({ placement })])).toEqual([]);
  });

  it("says which labels no node has", () => {
    const nodeAffinity = [{ key: "rack", operator: "In" as const, values: ["a", "b"] }];
    const [fault] = capacityFaults(cluster(), [request({ placement: { nodeAffinity } })]);
    expect(fault?.message).toContain("asks for a node with rack in (a, b)");
  });

  it("respects taints, and tolerations as the scheduler reads them", () => {
    const tainted = cluster({
      edge: {
        slots: { "0": { address: { kind: "ephemeral" } } },
        cpu: "2",
        memory: "4Gi",
        taints: [{ key: "edge", value: "yes", effect: "NoSchedule" }],
      },
    });
    const toEdge = (tolerations: NonNullable<CapacityRequest["placement"]["tolerations"]>) =>
      capacityFaults(tainted, [request({ placement: { slot: 0, tolerations } })]);
    expect(toEdge([])[0]?.message).toContain("with fleet/slot=0 that tolerates it");
    expect(toEdge([{ key: "edge", value: "no" }])).toHaveLength(1);
    expect(toEdge([{ key: "edge" }])).toEqual([]);
    expect(toEdge([{ key: "edge", value: "yes", effect: "NoSchedule" }])).toEqual([]);
    // Of another key, or another effect, it tolerates something else.
    expect(toEdge([{ key: "other" }])).toHaveLength(1);
    expect(toEdge([{ key: "edge", effect: "NoExecute" }])).toHaveLength(1);
  });

  it("takes a taint that only asks for other nodes first for no bar", () => {
    const avoided = cluster({
      general: {
        ...{ nodes: 1, cpu: "2", memory: "4Gi" },
        taints: [{ key: "edge", value: "yes", effect: "PreferNoSchedule" }],
      },
    });
    expect(capacityFaults(avoided, [request()])).toEqual([]);
  });

  it("counts pods, not only their sizes", () => {
    const small = cluster({
      general: { nodes: 1, cpu: "2", memory: "4Gi", pods: 12 },
    });
    const here = { nodeSelector: { "fleet/pool": "general" } };
    const tiny = { cpu: "1m", memory: "1Mi", placement: here };
    expect(capacityFaults(small, [request({ ...tiny, replicas: 2 })])).toEqual([]);
    expect(capacityFaults(small, [request({ ...tiny, replicas: 3 })])).toHaveLength(1);
  });

  it("accepts nothing whose sum is above what all nodes have", () => {
    const total = clusterNodes(cluster()).length * 3584;
    fc.assert(
      fc.property(
        fc.array(fc.record({ replicas: fc.nat(6), mebibytes: fc.integer({ min: 1, max: 3600 }) }), {
          maxLength: 8,
        }),
        (list) => {
          const requests = list.map(({ replicas, mebibytes }, index) =>
            request({ workload: `w${index}`, replicas, cpu: "1m", memory: `${mebibytes}Mi` }),
          );
          const sum = list.reduce((all, one) => all + one.replicas * one.mebibytes, 0);
          return capacityFaults(cluster(), requests).length > 0 || sum <= total;
        },
      ),
    );
  });
});

describe("slots", () => {
  const slots = cluster({
    edge: {
      slots: {
        "2": { address: { kind: "ephemeral" } },
        "0": { address: { kind: "reserved", ip: "203.0.113.7", assignedBy: "operator" } },
      },
      cpu: "2",
      memory: "4Gi",
    },
  });

  it("are found with their pool and address", () => {
    expect(clusterSlots(slots).map(({ slot }) => slot)).toEqual([0, 2]);
    expect(slotPool(slots, 2)).toEqual({
      slot: 2,
      pool: "edge",
      address: { kind: "ephemeral" },
    });
    expect(slotPool(slots, 1)).toBeUndefined();
  });

  it("take the k-th member at k mod slots, whatever the other members", () => {
    expect([0, 1, 2, 3, 4].map((member) => slotOfMember([0, 2], member))).toEqual([0, 2, 0, 2, 0]);
    expect(slotOfMember([], 0)).toBeUndefined();
  });

  it("are refused where no pool has them, or where an address is published that goes", () => {
    const use = (slot: number, publishes: boolean) => ({ path: ["x", slot], slot, publishes });
    expect(slotFaults(slots, [use(0, true), use(2, false)])).toEqual([]);
    const faults = slotFaults(slots, [use(1, false), use(2, true)]);
    expect(faults.map(({ path }) => path)).toEqual([
      ["x", 1],
      ["x", 2],
    ]);
    expect(faults[0]?.message).toContain("there are 0, 2");
    expect(faults[1]?.message).toContain("fleet:cluster.pools.edge.slots.2.address");
  });
});
