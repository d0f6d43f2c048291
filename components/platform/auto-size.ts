/**
 * How many nodes a pool needs that says `size: auto`. Pure: the same requests give the same number.
 *
 * The number is the smallest with which {@link capacityFaults} finds room for every pod that is ever there
 * at once: of all workloads with the surge of their updates and the most that an autoscaler may ask for,
 * of DaemonSets one on each node, of backups one each. A node offers its allocatable size, not its nominal
 * one, and what must lie apart does.
 */
import type * as z from "zod";

import { formatBytes, parseQuantity } from "../base/quantity.ts";
import {
  accepts,
  capacityFaults,
  type CapacityFault,
  type CapacityRequest,
  memoryWay,
  podsOver,
  scratchOf,
  type Way,
} from "./capacity.ts";
import {
  type ClusterConfig,
  clusterNodes,
  describeNode,
  type NodeShape,
} from "./cluster.schema.ts";
import { isReadable, type PlatformFault } from "./fault.ts";
import type { Pool } from "./pool.schema.ts";

/** Most nodes of a pool, whoever says how many. */
const mostNodes = ({ autoscale }: Pool): number => autoscale?.max ?? 1000;

/**
 * Nodes with which each pod has an empty one for itself, but for DaemonSets' there: what finds no room then, finds it
 * on no number of them.
 */
const oneForEach = (requests: readonly CapacityRequest[]): number =>
  requests.reduce((sum, { onEachNode = false, replicas }) => sum + (onEachNode ? 0 : replicas), 0);

/** Requests of a cluster: a DaemonSet has as many pods as that has nodes. */
export type RequestsOf = (cluster: ClusterConfig) => readonly CapacityRequest[];

type Sizes = Readonly<Record<string, number>>;

/** A cluster whose pools all have a number of nodes or slots, or why one has not. */
export interface Sized {
  readonly cluster: ClusterConfig;
  /** With places below `cluster`. */
  readonly faults: readonly PlatformFault[];
}

/** Whether a pool's number of nodes is not known: it could not be computed, which is told. */
export const isUnsized = ({ pools }: ClusterConfig): boolean =>
  Object.values(pools).some(({ size, nodes }) => size === "auto" && nodes === undefined);

/** Computes the sizes of a cluster's pools that say `size: auto`. */
export function sizePools(cluster: ClusterConfig, requestsOf: RequestsOf): Sized {
  const names = Object.keys(cluster.pools).filter((name) => cluster.pools[name]?.size === "auto");
  if (names.length === 0) {
    return { cluster, faults: [] };
  }
  const trial = new Trial(cluster, requestsOf, names);
  let sizes: Sizes = Object.fromEntries(names.map((name) => [name, 1]));
  let fewest = Infinity;
  for (let haste = 1; ;) {
    const result = trial.of(sizes);
    if (result.open.length === 0) {
      return { cluster: sizedTo(cluster, trial.smallest(sizes)), faults: [] };
    }
    const over = podsOver(result.open);
    // Small pods lie on the new nodes, too, before the one comes that wants an empty one: twice as many then.
    haste = over < fewest ? 1 : haste * 2;
    fewest = Math.min(fewest, over);
    const grown = trial.grown(sizes, result, haste);
    if ("faults" in grown) {
      return { cluster, faults: grown.faults };
    }
    sizes = grown.sizes;
  }
}

/**
 * A rule of a stack's schema: puts the computed sizes into it, for all rules after this one and for
 * whoever reads the config; or tells why there are none.
 */
export const autoSizes =
  <Stack extends { readonly cluster: ClusterConfig }>(
    requestsOf: (stack: Stack) => readonly CapacityRequest[],
  ) =>
  (stack: Stack, context: z.RefinementCtx<Stack>): void => {
    if (!isReadable(context)) {
      return;
    }
    const { cluster, faults } = sizePools(stack.cluster, (sized) =>
      requestsOf({ ...stack, cluster: sized }),
    );
    context.value = { ...stack, cluster };
    for (const { path, message } of faults) {
      context.addIssue({ code: "custom", path: ["cluster", ...path], message });
    }
  };

/** What came of some sizes. */
interface Result {
  /** What finds no room, and could on a pool whose size is open: all else is told elsewhere. */
  readonly open: readonly CapacityFault[];
  /** {@link oneForEach} of all requests. */
  readonly pods: number;
}

/** Sizes tried on a cluster. */
class Trial {
  readonly #cluster: ClusterConfig;
  readonly #requestsOf: RequestsOf;
  /** Pool whose size is open → what each of its nodes is like. */
  readonly #nodes: ReadonlyMap<string, NodeShape>;
  /**
   * Pods come in any order, and those with little may lie on every node there is before the one comes that wants an
   * empty one. A pool that grows by itself gets a node for it then, so that any way to place them all is enough; one
   * that does not has to have such nodes from the start.
   */
  readonly #ways: readonly Way[] | undefined;

  constructor(cluster: ClusterConfig, requestsOf: RequestsOf, names: readonly string[]) {
    this.#cluster = cluster;
    this.#requestsOf = requestsOf;
    const pools: Readonly<Record<string, Pool>> = cluster.pools;
    this.#ways = names.every((name) => pools[name]?.autoscale !== undefined)
      ? undefined
      : [memoryWay];
    const ones = sizedTo(cluster, Object.fromEntries(names.map((name) => [name, 1])));
    this.#nodes = new Map(
      clusterNodes(ones)
        .filter(({ pool }) => names.includes(pool))
        .map((node) => [node.pool, node]),
    );
  }

  /** What comes of them. */
  of(sizes: Sizes): Result {
    const cluster = sizedTo(this.#cluster, sizes);
    const requests = this.#requestsOf(cluster);
    const open = capacityFaults(cluster, requests, this.#ways).filter(({ request }) =>
      [...this.#nodes.values()].some((node) => accepts(node, request.placement)),
    );
    return { open, pods: oneForEach(requests) };
  }

  /**
   * Sizes with the nodes that are missing for sure, as what was left over fits on no node there is, so many times as
   * `haste` says; or why no sizes will do.
   */
  grown(
    sizes: Sizes,
    { open, pods }: Result,
    haste: number,
  ): { readonly sizes: Sizes } | { readonly faults: readonly PlatformFault[] } {
    const large = open.find(({ request }) => this.#fitting(request).length === 0);
    if (large !== undefined) {
      return { faults: [this.#tooLarge(large)] };
    }
    const last = (name: string): number => Math.min(this.#most(name), pods);
    const missing = new Map<string, Missing>();
    for (const { request, pods: left } of open) {
      const pools = this.#fitting(request).filter((name) => (sizes[name] ?? 1) < last(name));
      // A DaemonSet's may be left over in any of them.
      for (const name of pools.slice(0, request.onEachNode === true ? pools.length : 1)) {
        missing.set(name, more(missing.get(name), request, left, this.#node(name)));
      }
    }
    if (missing.size === 0) {
      return { faults: open.slice(0, 1).map((fault) => this.#noMore(fault, pods)) };
    }
    const larger = [...missing].map(([name, { shared, apart }]) => {
      const nodes = Math.max(Math.ceil(shared - 1e-9), apart);
      return [name, Math.min((sizes[name] ?? 1) + nodes * haste, last(name))] as const;
    });
    return { sizes: { ...sizes, ...Object.fromEntries(larger) } };
  }

  /** Sizes of which no single one can be less. */
  smallest(sizes: Sizes): Sizes {
    let found = sizes;
    for (const name of Object.keys(sizes)) {
      let [few, enough] = [0, found[name] ?? 1];
      // Mostly the size is right, or nearly: downwards in steps that double, and then between the two.
      for (let step = 1; enough - few > 1; step *= 2) {
        const size = few === 0 ? Math.max(1, enough - step) : Math.floor((few + enough) / 2);
        if (this.of({ ...found, [name]: size }).open.length > 0) {
          few = size;
        } else {
          enough = size;
        }
      }
      found = { ...found, [name]: enough };
    }
    return found;
  }

  #most(name: string): number {
    const pool: Pool | undefined = this.#cluster.pools[name];
    return pool === undefined ? 0 : mostNodes(pool);
  }

  /** Pools whose size is open and whose nodes take its pods. */
  #takers({ placement }: CapacityRequest): string[] {
    return [...this.#nodes].flatMap(([name, node]) => (accepts(node, placement) ? [name] : []));
  }

  /** Those of them on whose empty node one of its pods fits. */
  #fitting(request: CapacityRequest): string[] {
    return this.#takers(request).filter((name) => shareOf(request, this.#node(name)) <= 1);
  }

  #node(pool: string): NodeShape {
    const node = this.#nodes.get(pool);
    if (node === undefined) {
      throw new Error(`pool ${pool} has no node`);
    }
    return node;
  }

  #tooLarge({ request }: CapacityFault): PlatformFault {
    const [name = ""] = this.#takers(request);
    const { asked, offered, larger } = shortOf(request, this.#node(name));
    return unsized(
      name,
      `a pod of ${request.workload} asks for ${asked}, and a node offers ${offered}: lower its requests, or take a larger ${larger}`,
    );
  }

  #noMore({ request, message }: CapacityFault, pods: number): PlatformFault {
    const [name = ""] = this.#fitting(request);
    const most = this.#most(name);
    return unsized(
      name,
      most < pods
        ? `it would be more than ${most} nodes, which is the most of this pool: take a larger type, or fewer pods`
        : `no number of nodes is enough: ${request.workload} ${message}`,
    );
  }
}

/** What a pool lacks. */
interface Missing {
  /** Nodes' worth of pods. */
  readonly shared: number;
  /** Nodes for pods that must lie apart from their like: they share them with others, so that the most of these counts. */
  readonly apart: number;
}

const more = (
  { shared, apart }: Missing = { shared: 0, apart: 1 },
  request: CapacityRequest,
  pods: number,
  node: NodeShape,
): Missing => ({
  shared: shared + pods * shareOf(request, node),
  apart: Math.max(apart, liesApart(request) ? pods : 1),
});

/** What of a node is too little for one pod, in words. */
function shortOf(
  { cpu, memory, disks = 0, scratch }: CapacityRequest,
  node: NodeShape,
): { readonly asked: string; readonly offered: string; readonly larger: string } {
  if (disks > (node.disks ?? Infinity)) {
    return {
      asked: disks === 1 ? "a disk" : `${disks} disks`,
      offered: `${node.disks ?? 0}`,
      larger: "type",
    };
  }
  const room = scratchOf(node) ?? Infinity;
  return scratch !== undefined && parseQuantity(scratch) > room
    ? {
        asked: `${scratch} of its node's own disk`,
        offered: formatBytes(room),
        larger: "disk",
      }
    : { asked: `${cpu} CPU and ${memory}`, offered: describeNode(node), larger: "type" };
}

const unsized = (pool: string, why: string): PlatformFault => ({
  path: ["pools", pool, "size"],
  message: `cannot be computed: ${why}`,
});

/** Whether two pods of it never share a node. */
const liesApart = ({ placement, hostPorts = [] }: CapacityRequest): boolean =>
  placement.podAntiAffinity === "required" || hostPorts.length > 0;

/** How much of an empty node one pod takes: 1 is all of it. */
function shareOf({ cpu, memory, disks = 0, scratch }: CapacityRequest, node: NodeShape): number {
  const { allocatable, disks: attached = Infinity } = node;
  const filled = scratchOf({ scratch }) ?? 0;
  return Math.max(
    parseQuantity(cpu) / parseQuantity(allocatable.cpu),
    parseQuantity(memory) / parseQuantity(allocatable.memory),
    1 / allocatable.pods,
    disks === 0 ? 0 : disks / attached,
    filled === 0 ? 0 : filled / (scratchOf(node) ?? Infinity),
  );
}

/** A cluster with so many nodes in each of some pools, by their names. */
export function sizedTo<Cluster extends ClusterConfig>(cluster: Cluster, sizes: Sizes): Cluster {
  return {
    ...cluster,
    pools: Object.fromEntries(
      Object.entries(cluster.pools).map(([name, pool]) => {
        const nodes = sizes[name];
        return [name, nodes === undefined ? pool : { ...pool, nodes }];
      }),
    ),
  };
}
