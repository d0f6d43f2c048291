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

/** So many rounds of more nodes that leave no fewer pods over: no number of them will. */
const mostIdle = 40;

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
  for (let idle = 0; ; idle += 1) {
    const open = trial.faults(sizes);
    const [left] = open;
    if (left === undefined) {
      return { cluster: sizedTo(cluster, trial.smallest(sizes)), faults: [] };
    }
    const over = podsOver(open);
    if (over < fewest) {
      [fewest, idle] = [over, 0];
    }
    if (idle === mostIdle) {
      const why = `no number of nodes is enough: ${left.workload} ${left.message}`;
      return { cluster, faults: names.slice(0, 1).map((name) => unsized(name, why)) };
    }
    const grown = trial.grown(sizes, open);
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

  /** What finds no room, and could on a pool whose size is open: all else is told elsewhere. */
  faults(sizes: Sizes): readonly CapacityFault[] {
    const cluster = sizedTo(this.#cluster, sizes);
    const requests = this.#requestsOf(cluster);
    return capacityFaults(cluster, requests, this.#ways).filter(({ request }) =>
      [...this.#nodes.values()].some((node) => accepts(node, request.placement)),
    );
  }

  /** Sizes with the nodes that are missing for sure: what was left over fits on no node there is. */
  grown(
    sizes: Sizes,
    open: readonly CapacityFault[],
  ): { readonly sizes: Sizes } | { readonly faults: readonly PlatformFault[] } {
    // What must lie apart from its like shares its nodes with others: the largest of these counts.
    const missing: Record<string, { shared: number; apart: number }> = {};
    for (const { request, pods } of open) {
      const takers = Object.keys(sizes).filter((name) =>
        accepts(this.#node(name), request.placement),
      );
      const pool = takers.find((name) => shareOf(request, this.#node(name)) <= 1);
      if (pool === undefined) {
        return { faults: takers.slice(0, 1).map((name) => this.#tooLarge(name, request)) };
      }
      const sum = (missing[pool] ??= { shared: 0, apart: 0 });
      sum.shared += pods * shareOf(request, this.#node(pool));
      sum.apart = Math.max(sum.apart, apart(request) ? pods : 1);
    }
    const next = Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => {
        const { shared = 0, apart: alone = 0 } = missing[name] ?? {};
        return [name, size + Math.max(Math.ceil(shared - 1e-9), alone)];
      }),
    );
    const beyond = Object.entries(next).flatMap(([name, size]) => {
      const pool: Pool | undefined = this.#cluster.pools[name];
      const most = pool === undefined ? 0 : mostNodes(pool);
      return size > most ? [{ name, size, most }] : [];
    });
    return beyond.length === 0
      ? { sizes: next }
      : {
          faults: beyond.map(({ name, size, most }) =>
            unsized(name, `it would be ${size} nodes and more, and a pool has at most ${most}`),
          ),
        };
  }

  /** Sizes of which no single one can be less. */
  smallest(sizes: Sizes): Sizes {
    let found = sizes;
    for (const name of Object.keys(sizes)) {
      for (let size = (found[name] ?? 1) - 1; size >= 1; size -= 1) {
        const less = { ...found, [name]: size };
        if (this.faults(less).length > 0) {
          break;
        }
        found = less;
      }
    }
    return found;
  }

  #node(pool: string): NodeShape {
    const node = this.#nodes.get(pool);
    if (node === undefined) {
      throw new Error(`pool ${pool} has no node`);
    }
    return node;
  }

  #tooLarge(name: string, request: CapacityRequest): PlatformFault {
    const { asked, offered, larger } = shortOf(request, this.#node(name));
    return unsized(
      name,
      `a pod of ${request.workload} asks for ${asked}, and a node offers ${offered}: lower its requests, or take a larger ${larger}`,
    );
  }
}

/** What of a node is too little for one pod, in words. */
function shortOf(
  { cpu, memory, disks = 0, scratch }: CapacityRequest,
  node: NodeShape,
): { readonly asked: string; readonly offered: string; readonly larger: string } {
  if (disks > (node.disks ?? Infinity)) {
    return { asked: `${disks} disk`, offered: `${node.disks ?? 0}`, larger: "type" };
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
const apart = ({ placement, hostPorts = [] }: CapacityRequest): boolean =>
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
