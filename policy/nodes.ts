/** The nodes that a stack's file promises, and how many its program asks for where the file leaves that to it. */
import * as z from "zod";

import { poolLabel, slotLabel } from "../components/base/labels.ts";
import { isUnsized, sizedTo } from "../components/platform/auto-size.ts";
import {
  ClusterConfig,
  clusterNodes,
  type NodeShape,
} from "../components/platform/cluster.schema.ts";
import type { Resource } from "./resource.ts";
import { readEntries } from "./stack-file.ts";

/** The cluster of a stack's file; undefined where the file is not there, or names none. */
export const clusterOfFile = (stack: string, clone: string): ClusterConfig | undefined =>
  readEntries(stack, clone, { "fleet:cluster": ClusterConfig })?.["fleet:cluster"];

const Count = z.int().min(0);

/** A pool of alike nodes, at Google or at Linode: its labels, and how many nodes it has. */
const MadePool = z.union([
  z
    .looseObject({
      nodeConfig: z.looseObject({ labels: z.record(z.string(), z.unknown()) }),
      nodeCount: Count.nullish(),
      autoscaling: z.looseObject({ minNodeCount: Count.nullish(), maxNodeCount: Count }).nullish(),
    })
    .transform(({ nodeConfig: { labels }, nodeCount, autoscaling }) => ({
      labels,
      least: autoscaling == null ? (nodeCount ?? 0) : (autoscaling.minNodeCount ?? 0),
      most: autoscaling?.maxNodeCount,
    })),
  z
    .looseObject({ labels: z.record(z.string(), z.unknown()), nodeCount: Count })
    .transform(({ labels, nodeCount }) => ({ labels, least: nodeCount, most: undefined })),
]);

const poolTypes = ["gcp:container/nodePool:NodePool", "linode:index/lkeNodePool:LkeNodePool"];

/**
 * Nodes of a stack. Where its file says `size: auto`, the pools that the program made of it say how many: a
 * fixed number as it is; one that grows by itself as large as it would for all pods, as a pod waits there
 * for a machine and not for ever.
 *
 * @param resources All of the stack.
 * @returns undefined where that cannot be told: there is no cluster, or the pool has no node now, as one of
 * a parked network.
 */
export function nodesOf(
  cluster: ClusterConfig | undefined,
  resources: readonly Resource[],
): readonly NodeShape[] | undefined {
  if (cluster === undefined || !isUnsized(cluster)) {
    return cluster && clusterNodes(cluster);
  }
  const sizes = sizesOf(resources);
  const open = Object.entries(cluster.pools).filter(([, { size }]) => size === "auto");
  return open.every(([name]) => (sizes.get(name) ?? 0) > 0)
    ? clusterNodes(sizedTo(cluster, Object.fromEntries(sizes)))
    : undefined;
}

/** Pool's name → how many nodes it has, or may come to have. */
function sizesOf(resources: readonly Resource[]): ReadonlyMap<string, number> {
  return new Map(
    resources
      .filter(({ type }) => poolTypes.includes(type))
      .flatMap(({ properties }): [string, number][] => {
        const { data } = MadePool.safeParse(properties);
        const name = data?.labels[poolLabel];
        if (data === undefined || typeof name !== "string" || slotLabel in data.labels) {
          return [];
        }
        const { least, most = least } = data;
        // Nobody needs more nodes than a node for each pod, and there are more resources than pods.
        return [[name, Math.max(least, Math.min(most, least + resources.length))]];
      }),
  );
}
