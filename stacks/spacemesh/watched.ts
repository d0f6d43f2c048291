/** What of a Spacemesh stack is watched, and what it brings for that. Pure. */
import { observedPods } from "../../components/observability/dashboards/system.ts";
import type { WatchedStack } from "../../components/observability/faults.ts";
import type { WatchedSystem } from "../../components/observability/parts.ts";
import { partNamespaces } from "../../components/observability/shape.ts";
import { stackWorkloads } from "./requests.ts";
import type { SpacemeshStack } from "./schema.ts";

/** The network as its alerts and dashboards know it. */
export const watchedSystem = ({ namespaces }: SpacemeshStack): WatchedSystem => ({
  name: "spacemesh",
  observed: (exporters) => observedPods("spacemesh", [namespaces.network], exporters),
  backups: [],
});

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
    ...partNamespaces(stack.observability).map(({ name }) => name),
  ],
});
