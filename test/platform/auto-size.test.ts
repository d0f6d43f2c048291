/**
 * How many nodes a pool with `size: auto` gets: the fewest that the capacity rule finds enough. That the
 * scheduler finds them enough, too: test/e2e/lke.e2e.test.ts.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { sizePools } from "../../components/platform/auto-size.ts";
import {
  capacityFaults,
  type CapacityRequest,
  memoryWay,
} from "../../components/platform/capacity.ts";
import { ClusterConfig, clusterNodes } from "../../components/platform/cluster.schema.ts";
import { complaints } from "./fixtures.ts";
import { gke } from "./gke-fixtures.ts";

const taint = { key: "fleet/slot", value: "true", effect: "NoSchedule" };

const input = (pools: Record<string, object> = {}) => ({
  kind: "lke",
  label: "demo",
  version: "1.34",
  linode: { region: "ap-south" },
  pools: {
    // 1.7 CPU and 3.5Gi are left of it.
    general: { type: "g6-standard-2", cpu: "2", memory: "4Gi", size: "auto" },
    ...pools,
  },
});

const cluster = (pools?: Record<string, object>): ClusterConfig =>
  ClusterConfig.parse(input(pools));

const request = (change: Partial<CapacityRequest> = {}): CapacityRequest => ({
  workload: "echo",
  replicas: 1,
  cpu: "100m",
  memory: "128Mi",
  placement: {},
  ...change,
});

const sizeOf = (requests: readonly CapacityRequest[], pools?: Record<string, object>): unknown => {
  const { cluster: sized, faults } = sizePools(cluster(pools), () => requests);
  return faults.length > 0 ? faults : sized.pools["general"]?.nodes;
};

const small = {
  small: { type: "g6-standard-1", cpu: "1", memory: "2Gi", size: "auto", taints: [taint] },
};

describe("the size of a pool", () => {
  it("follows what is allocatable, not the nominal size", () => {
    // Two of 1 CPU would fit into the nominal 2.
    expect(sizeOf([request({ cpu: "1", replicas: 2 })])).toBe(2);
    expect(sizeOf([request({ cpu: "850m", replicas: 2 })])).toBe(1);
  });

  it("follows whichever is scarcest: CPU, memory, disks, or the number of pods", () => {
    expect(sizeOf([request({ memory: "1Gi", replicas: 10 })])).toBe(4);
    expect(sizeOf([request({ cpu: "500m", replicas: 10 })])).toBe(4);
    expect(sizeOf([request({ cpu: "1m", memory: "1Mi", replicas: 201 })])).toBe(3);
    // Linode attaches 8 disks to a machine of 4 GiB, of which two are its own.
    expect(sizeOf([request({ cpu: "1m", memory: "1Mi", replicas: 13, disks: 1 })])).toBe(3);
    expect(sizeOf([])).toBe(1);
  });

  it("follows what pods fill of a node's own disk, and says where that is more than any has", () => {
    const pool = { type: "g6-standard-2", cpu: "2", memory: "4Gi", size: "auto", scratch: "50Gi" };
    const fills = (scratch: string, replicas: number) =>
      sizeOf([request({ cpu: "1m", memory: "1Mi", scratch, replicas })], { general: pool });
    expect([fills("20Gi", 2), fills("20Gi", 3), fills("50Gi", 3)]).toEqual([1, 2, 3]);
    expect(fills("51Gi", 1)).toEqual([
      {
        path: ["pools", "general", "size"],
        message:
          "cannot be computed: a pod of echo asks for 51Gi of its node's own disk, and a node offers 50Gi: lower its requests, or take a larger disk",
      },
    ]);
    // Where nobody says what there is, any disk is large enough.
    expect(sizeOf([request({ scratch: "9000Gi" })])).toBe(1);
  });

  it("gives what must lie apart a node each, which it shares with others", () => {
    const apart = request({ replicas: 5, placement: { podAntiAffinity: "required" } });
    const port = request({
      ...{ workload: "door", replicas: 4 },
      hostPorts: [{ port: 80, protocol: "TCP" }],
    });
    expect(sizeOf([apart, port, request({ workload: "other", replicas: 3 })])).toBe(5);
  });

  it("counts a DaemonSet's pod on every node, those that it makes necessary included", () => {
    const keeper = (sized: ClusterConfig) =>
      request({
        ...{ workload: "keeper", cpu: "700m", replicas: clusterNodes(sized).length },
        placement: { podAntiAffinity: "required", tolerations: [{ key: "fleet/base" }] },
      });
    const size = (...more: CapacityRequest[]) =>
      sizePools(cluster(), (sized) => [keeper(sized), ...more]).cluster.pools["general"]?.nodes;
    // With the keeper one of 1 CPU is left on each node, without it 1.7.
    expect(size(request({ cpu: "800m", replicas: 4 }))).toBe(4);
    expect(sizeOf([request({ cpu: "800m", replicas: 4 })])).toBe(2);
  });

  it("leaves to slots and to pools of a given size what is theirs", () => {
    const slots = { slots: { "0": { address: { kind: "dns", name: "edge.example.org" } } } };
    const edge = { edge: { type: "g6-standard-2", cpu: "2", memory: "4Gi", ...slots } };
    const pinned = request({ memory: "3Gi", placement: { slot: 0 } });
    expect(sizeOf([pinned], edge)).toBe(1);
    // What finds no room there is told by the rule of the slots: no number of other nodes would help.
    expect(sizeOf([request({ memory: "30Gi", placement: { slot: 0 } })], edge)).toBe(1);
    const fixed = { fixed: { type: "g6-standard-8", cpu: "8", memory: "32Gi", nodes: 2 } };
    expect(sizeOf([request({ memory: "1Gi", replicas: 60 })], fixed)).toBe(1);
  });

  it("is found for each of several pools, by who is let in", () => {
    const tolerant = request({
      workload: "guest",
      replicas: 6,
      cpu: "600m",
      placement: { tolerations: [{ key: "fleet/slot" }], nodeSelector: { "fleet/pool": "small" } },
    });
    const { cluster: sized } = sizePools(cluster(small), () => [
      tolerant,
      request({ memory: "3Gi", replicas: 3 }),
    ]);
    expect(sized.pools["small"]?.nodes).toBe(6);
    expect(sized.pools["general"]?.nodes).toBe(3);
  });

  it("is that of the first pool where two take the same pods: the other keeps one node", () => {
    const twin = { twin: { type: "g6-standard-2", cpu: "2", memory: "4Gi", size: "auto" } };
    const { cluster: sized } = sizePools(cluster(twin), () => [
      request({ memory: "3Gi", replicas: 4 }),
    ]);
    expect([sized.pools["general"]?.nodes, sized.pools["twin"]?.nodes]).toEqual([3, 1]);
  });

  it("cannot be computed for a pod with more disks than are attached to a machine", () => {
    expect(sizeOf([request({ disks: 6 })])).toBe(1);
    expect(sizeOf([request({ disks: 7 })])).toEqual([
      {
        path: ["pools", "general", "size"],
        message:
          "cannot be computed: a pod of echo asks for 7 disks, and a node offers 6: lower its requests, or take a larger type",
      },
    ]);
  });

  it("cannot be computed where one pod is larger than a node, or for more nodes than a pool has", () => {
    expect(sizeOf([request({ memory: "4Gi" })])).toEqual([
      {
        path: ["pools", "general", "size"],
        message:
          "cannot be computed: a pod of echo asks for 100m CPU and 4Gi, and a node offers 1.7 CPU and 3.5Gi: lower its requests, or take a larger type",
      },
    ]);
    expect(sizeOf([request({ memory: "3Gi", replicas: 1001 })])).toMatchObject([
      {
        message:
          "cannot be computed: it would be more than 1000 nodes, which is the most of this pool: take a larger type, or fewer pods",
      },
    ]);
  });

  it("lets another pool grow for what takes both, when the first has its most nodes", () => {
    const growing = (max: number) => ({ type: "e2-standard-2", size: "auto", autoscale: { max } });
    const both = gke({ pools: { default: growing(2), other: growing(1000) } });
    const echo = request({ replicas: 5, memory: "3Gi" });
    const { cluster: sized, faults } = sizePools(both, () => [echo]);
    expect(faults).toEqual([]);
    expect(sized.pools["default"]?.nodes).toBe(2);
    expect(sized.pools["other"]?.nodes).toBe(3);
  });

  it("lets that pool grow in which a DaemonSet finds no room, be it the first or not", () => {
    const other = { type: "g6-standard-2", cpu: "2", memory: "4Gi", size: "auto", taints: [taint] };
    const tolerations = [{ key: taint.key }] as never;
    const there = request({
      ...{ workload: "there", replicas: 2, memory: "1700Mi" },
      placement: { tolerations, nodeSelector: { "fleet/pool": "other" } },
    });
    const agent = request({
      ...{ workload: "agent", memory: "200Mi", onEachNode: true },
      placement: { tolerations, podAntiAffinity: "required" },
    });
    const { cluster: sized, faults } = sizePools(cluster({ other }), () => [there, agent]);
    expect(faults).toEqual([]);
    expect(sized.pools["general"]?.nodes).toBe(1);
    expect(sized.pools["other"]?.nodes).toBe(2);
  });

  it("cannot be computed where no number of nodes helps", () => {
    // Nodes of one zone: the pods of a spread over zones that is no mere wish never lie evenly.
    const zones = { zoned: { type: "g6-standard-2", cpu: "2", memory: "4Gi", nodes: 1 } };
    const even = request({
      replicas: 4,
      memory: "3Gi",
      placement: {
        spread: [
          { topologyKey: "fleet/pool", maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" },
        ] as never,
      },
    });
    expect(sizeOf([even], zones)).toMatchObject([
      { message: expect.stringContaining("no number of nodes is enough: echo") as string },
    ]);
  });

  describe("of pods that ask for much of one thing and little of the other", () => {
    const kinds = [
      [1, 1679, 1],
      [20, 11, 2],
      [5, 22, 3],
      [25, 22, 3],
      [1, 1, 1],
    ] as const;
    const asked = kinds.map(([replicas, cpu, memory], index) =>
      request({ workload: `w${index}`, replicas, cpu: `${cpu}m`, memory: `${memory}Mi` }),
    );

    it("has an empty node for each in a pool that stays as it is: the small ones may have come to all others", () => {
      expect(sizeOf(asked)).toBe(41);
    });

    it("has it however many the small ones are", () => {
      const small = request({ workload: "small", replicas: 90, cpu: "10m", memory: "64Mi" });
      const alone = request({ workload: "alone", cpu: "1695m", memory: "1Mi" });
      expect(sizeOf([small, alone])).toBe(91);
    });

    it("is the least in which they fit, in a pool that grows by itself when one finds no room", () => {
      const growing = gke({
        pools: { default: { type: "e2-standard-2", size: "auto", autoscale: { max: 1000 } } },
      });
      const size = (requests: readonly CapacityRequest[]) =>
        sizePools(growing, () => requests).cluster.pools["default"]?.nodes;
      // 1.43 CPU and some 4.7Gi are left of an e2-standard-2.
      const few = request({ workload: "few", replicas: 2, cpu: "300m", memory: "1Gi" });
      const odd = request({ workload: "odd", cpu: "1400m", memory: "64Mi" });
      expect(size([few, odd])).toBe(2);
      const most = asked.map((one) => (one.cpu === "1679m" ? { ...one, cpu: "1420m" } : one));
      expect(size(most)).toBe(2);
      // More than fits is more.
      expect(size([few, odd, { ...odd, workload: "another" }])).toBe(3);
    });
  });

  it("is enough, and one node less is not: whatever is asked for", () => {
    const requests = fc.array(
      fc.record({
        replicas: fc.integer({ min: 1, max: 40 }),
        // What wants a node for itself, and what lies everywhere before it comes, must meet often.
        cpu: fc.oneof(fc.integer({ min: 1, max: 1700 }), fc.integer({ min: 1600, max: 1700 })),
        memory: fc.oneof(fc.integer({ min: 1, max: 3500 }), fc.integer({ min: 1, max: 64 })),
        apart: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(requests, (some) => {
        const asked = some.map(({ replicas, cpu, memory, apart }, index) =>
          request({
            ...{ workload: `w${index}`, replicas, cpu: `${cpu}m`, memory: `${memory}Mi` },
            placement: { podAntiAffinity: apart ? "required" : "none" },
          }),
        );
        const { cluster: sized, faults } = sizePools(cluster(), () => asked);
        expect(faults).toEqual([]);
        const nodes = sized.pools["general"]?.nodes ?? 0;
        const faultsOf = (one: ClusterConfig) => capacityFaults(one, asked, [memoryWay]);
        expect(faultsOf(sized)).toEqual([]);
        const less = sizedAt(sized, nodes - 1);
        expect(nodes === 1 || faultsOf(less).length > 0).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("of a thousand pods is found in a few tries, not in one for each node", () => {
    const miners = Array.from({ length: 1_000 }, (_, index) =>
      request({ workload: `miner-${index}`, cpu: "300m", memory: "512Mi" }),
    );
    let tries = 0;
    const { cluster: sized } = sizePools(cluster(), () => {
      tries += 1;
      return miners;
    });
    expect(sized.pools["general"]?.nodes).toBe(200);
    expect(tries).toBeLessThan(10);
  });
});

describe("the size of a pool at Google", () => {
  it("follows the disks as well, of which Google attaches 127 to a machine, whatever pods it takes", () => {
    const large = { type: "n2-highmem-80", pods: 256, size: "auto", autoscale: { max: 1000 } };
    const miners = request({ workload: "miner", replicas: 150, disks: 1 });
    const { cluster: sized } = sizePools(gke({ pools: { default: large } }), () => [miners]);
    expect(sized.pools["default"]?.nodes).toBe(2);
  });
});

describe("size: auto in a stack file", () => {
  it("stands in the place of nodes and slots, and of a cluster that is made here", () => {
    const pool = { type: "g6-standard-2", cpu: "2", memory: "4Gi", size: "auto" };
    expect(complaints(ClusterConfig, input())).toEqual([]);
    expect(complaints(ClusterConfig, input({ general: { ...pool, nodes: 2 } })).join()).toContain(
      "must say either nodes or slots, or size: auto",
    );
    expect(complaints(ClusterConfig, input({ general: { ...pool, size: 3 } })).join()).toContain(
      'must be "auto": a number of nodes stands in nodes',
    );
    const there = {
      kind: "kubeconfig",
      context: "demo",
      pools: { general: { cpu: "2", memory: "4Gi", size: "auto" } },
    };
    expect(complaints(ClusterConfig, there).join()).toContain(
      "the nodes of this cluster are made by others, say how many in nodes",
    );
  });
});

const sizedAt = (sized: ClusterConfig, nodes: number): ClusterConfig => {
  if (sized.kind === "gke") {
    throw new Error("no cluster at Google here");
  }
  const general = sized.pools["general"];
  return general === undefined || nodes === 0
    ? sized
    : { ...sized, pools: { ...sized.pools, general: { ...general, nodes } } };
};
