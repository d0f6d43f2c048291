/** Where the members of the log store run. Pure. */
import type { Placement } from "../../workload/workload.schema.ts";
import type { BuiltinStore } from "./elk.schema.ts";

/** Several members never share a node: they would be lost together, which is what they are there against. */
export const placementOfMembers = ({
  members,
  placement = {},
}: {
  readonly members: BuiltinStore["members"];
  readonly placement?: Partial<Placement> | undefined;
}): Partial<Placement> =>
  members === 1 ? placement : { ...placement, podAntiAffinity: "required" };
