/** Workloads of a stack, by what they ask of the nodes. Pure. */
import type { CapacityRequest } from "../components/platform/capacity.ts";
import type { ClusterConfig } from "../components/platform/cluster.schema.ts";
import type { PlatformFault } from "../components/platform/fault.ts";
import { slotPool } from "../components/platform/slots.ts";

/** A workload of a stack, and what it asks of the nodes. */
export interface StackWorkload {
  /** Place in the config that describes it. */
  readonly path: PlatformFault["path"];
  readonly namespace: string;
  readonly request: CapacityRequest;
}

/** Those that may find a place. A slot that does not exist is told by `pinnedFaults` (rules.ts). */
export const placeable = (
  cluster: ClusterConfig,
  workloads: readonly StackWorkload[],
): StackWorkload[] =>
  workloads.filter(
    ({ request: { placement } }) =>
      placement.slot === undefined || slotPool(cluster, placement.slot) !== undefined,
  );
