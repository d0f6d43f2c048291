/** What of a Spacemesh stack is watched, and what it brings for that. Pure. */
import type { WatchedStack } from "../../components/observability/faults.ts";
import type { WatchedSystem } from "../../components/observability/parts.ts";
import { partNamespaces } from "../../components/observability/shape.ts";
import { observedSpacemesh } from "../../components/spacemesh/observed.ts";
import { spacemeshSearches } from "../../components/spacemesh/searches.ts";
import { stackWorkloads } from "./requests.ts";
import type { SpacemeshStack } from "./schema.ts";
import { callersOf } from "./shape.ts";

/** The network as its alerts and dashboards know it. */
export function watchedSystem(stack: SpacemeshStack): WatchedSystem {
  const { namespaces, network, miners, webServices } = stack;
  // Where it was taken away nothing is missing; its pages stay, to look back.
  const isThere = stack.only === undefined;
  return {
    name: "spacemesh",
    observed: (exporters) => {
      const system = observedSpacemesh({
        namespace: namespaces.network,
        webServices: webServices && namespaces.webServices,
        miners: miners.numbers.length,
        version: network.node.version,
        metrics: miners.metrics,
        exporters,
      });
      return isThere ? system : { ...system, rules: [] };
    },
    backups: [],
    searches: (families) =>
      spacemeshSearches(families, {
        namespace: namespaces.network,
        webServices: namespaces.webServices,
      }),
    callers: callersOf(stack),
  };
}

/** The whole stack, as the rules of what watches it look at it. */
export const watchedStack = (stack: SpacemeshStack): WatchedStack => ({
  alone: stack.only !== undefined,
  ingress: stack.ingress,
  system: watchedSystem(stack),
  workloads: stackWorkloads(stack).map(
    ({ namespace, request: { workload } }) => `${namespace}/${workload}`,
  ),
  namespaces: [
    ...Object.values(stack.namespaces),
    stack.ingress.namespace,
    ...(stack.cluster.kind === "gke" ? [stack.cluster.google.addressKeeper.namespace] : []),
    ...partNamespaces(stack.observability).map(({ name }) => name),
  ],
});
