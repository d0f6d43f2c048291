/** What of a Spacemesh stack is watched, and what it brings for that. Pure. */
import type { WatchedStack } from "../../components/observability/faults.ts";
import type { WatchedSystem } from "../../components/observability/parts.ts";
import { partNamespaces } from "../../components/observability/shape.ts";
import { keeperNamespaces } from "../../components/platform/address-keeper-plan.ts";
import { observedSpacemesh } from "../../components/spacemesh/observed.ts";
import { spacemeshSearches } from "../../components/spacemesh/searches.ts";
import { observedWhile, wholeStack } from "../watched.ts";
import { stackWorkloads } from "./requests.ts";
import type { SpacemeshStack } from "./schema.ts";
import { callersOf } from "./shape.ts";

/** The network as its alerts and dashboards know it. */
export function watchedSystem(stack: SpacemeshStack): WatchedSystem {
  const { namespaces, network, miners, webServices } = stack;
  return {
    name: "spacemesh",
    observed: (exporters) =>
      observedWhile(
        stack,
        observedSpacemesh({
          namespace: namespaces.network,
          webServices: webServices && namespaces.webServices,
          miners: miners.numbers.length,
          version: network.node.version,
          metrics: miners.metrics,
          exporters,
        }),
      ),
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
export const watchedStack = (stack: SpacemeshStack): WatchedStack =>
  wholeStack(stack, watchedSystem(stack), {
    workloads: stackWorkloads(stack),
    namespaces: [
      ...Object.values(stack.namespaces),
      stack.ingress.namespace,
      ...keeperNamespaces(stack.cluster).map(({ name }) => name),
      ...partNamespaces(stack.observability).map(({ name }) => name),
    ],
  });
