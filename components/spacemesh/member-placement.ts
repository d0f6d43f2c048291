/** Where members run. Pure, and without the engine's SDK. */
import { slotLabel } from "../base/labels.ts";
import type { Placement } from "../workload/workload.schema.ts";

/**
 * Placement of a member: the node of its slot, which a taint `fleet/slot` may keep free of all else, or
 * anywhere. Pods that stand alone have no others to keep away from.
 */
export const memberPlacement = (
  slot: number | undefined,
): Pick<Placement, "spread"> & Partial<Placement> =>
  slot === undefined
    ? { spread: "none" }
    : { spread: "none", slot, tolerations: [{ key: slotLabel }] };
