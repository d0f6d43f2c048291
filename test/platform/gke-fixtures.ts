/** A cluster at Google as a stack file has it. */
import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import type { GkeCluster } from "../../components/platform/gke.schema.ts";

/** A control plane in a region, two slots, and a pool that grows. */
export const gkeInput = {
  kind: "gke",
  project: "demo-networks",
  name: "mini",
  location: "us-central1",
  zone: "us-central1-b",
  pools: {
    edge: { type: "e2-standard-2", slots: { "0": {}, "10": {} } },
    default: { type: "e2-standard-16", nodes: 2, autoscale: { max: 9 } },
  },
} as const;

/** The cluster with some sections exchanged. */
export function gke(change: Record<string, unknown> = {}): GkeCluster {
  const cluster = ClusterConfig.parse({ ...gkeInput, ...change });
  if (cluster.kind !== "gke") {
    throw new Error(`a cluster of kind ${cluster.kind}`);
  }
  return cluster;
}

/** The cluster's file with some pools exchanged. */
export const withPools = (pools: Record<string, unknown>): Record<string, unknown> => ({
  ...gkeInput,
  pools: { ...gkeInput.pools, ...pools },
});
