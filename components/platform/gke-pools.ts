/** The pools of a GKE cluster as its API takes them. Pure. */
import { poolLabel, slotLabel } from "../base/labels.ts";
import { parseQuantity } from "../base/quantity.ts";
import { nodeCount, type NodesThere } from "./cluster.schema.ts";
import type { GkeCluster, GkePool } from "./gke.schema.ts";
import { addressTaint, poolName } from "./google-names.ts";
import type { Taint } from "./pool.schema.ts";

/** One pool to make. */
export interface GkePoolPlan {
  /** At Google: the pool's own name, or with its slot. */
  readonly name: string;
  /** Of the file, with all that its nodes have alike. */
  readonly pool: GkePool;
  readonly slot: number | undefined;
  /** Number of nodes, or the bounds between which Google chooses it. */
  readonly size: { readonly nodes: number } | { readonly least: number; readonly most: number };
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Marks by which firewalls know its machines. */
  readonly tags: readonly string[];
}

/** Network tag of every node of a cluster. */
export const nodeTag = (cluster: string): string => `${cluster}-node`;

/** Network tag of the node of a slot. */
export const slotTag = (cluster: string, slot: number): string => `${cluster}-slot-${slot}`;

/**
 * The pools to make: one for all alike nodes, and one of a single node for each slot, whose labels are the
 * slot's whatever machine holds it.
 *
 * @param there Which of their nodes there are. Each of them is changed in place, whatever it is.
 */
export function gkePools(
  { name: cluster, pools }: Pick<GkeCluster, "name" | "pools">,
  there: NodesThere,
): GkePoolPlan[] {
  return Object.entries(pools).flatMap(([name, pool]): GkePoolPlan[] => {
    const labels = { ...pool.labels, [poolLabel]: name };
    const tags = [nodeTag(cluster)];
    if (pool.slots === undefined) {
      return [
        {
          name: poolName(name, undefined),
          pool,
          slot: undefined,
          size: sizeOf(pool, there),
          labels,
          taints: pool.taints,
          tags,
        },
      ];
    }
    return Object.entries(pool.slots)
      .map(([slot, { address }]) => ({ slot: Number(slot), address }))
      .sort((left, right) => left.slot - right.slot)
      .map(({ slot, address }) => ({
        name: poolName(name, slot),
        pool,
        slot,
        size: { nodes: there === "all" ? 1 : 0 },
        labels: { ...labels, [slotLabel]: `${slot}` },
        taints: address.kind === "reserved" ? [...pool.taints, addressTaint] : pool.taints,
        tags: [...tags, slotTag(cluster, slot)],
      }));
  });
}

function sizeOf(pool: GkePool, there: NodesThere): GkePoolPlan["size"] {
  const nodes = nodeCount(pool, there);
  return pool.autoscale === undefined || there === "none"
    ? { nodes }
    : { least: nodes, most: pool.autoscale.max };
}

/** A taint's effect in Google's words, which are not Kubernetes'. */
export const googleEffects = {
  NoSchedule: "NO_SCHEDULE",
  PreferNoSchedule: "PREFER_NO_SCHEDULE",
  NoExecute: "NO_EXECUTE",
} as const satisfies Record<Taint["effect"], string>;

/** A quantity in whole Gi, as Google counts disks. */
export const gibibytes = (quantity: string): number => parseQuantity(quantity) / 2 ** 30;
