/** Which nodes of its cluster a network has. Pure. */
import type { NodesThere } from "../../components/platform/cluster.schema.ts";
import type { SpacemeshStack } from "./schema.ts";

/** All while it runs; none while it is parked; one that grows by itself while it is only watched. */
export const nodesThere = ({
  only,
  network,
}: Pick<SpacemeshStack, "only" | "network">): NodesThere =>
  only !== undefined ? "one" : network.phase === "parked" ? "none" : "all";
