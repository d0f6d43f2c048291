/** What of a Skywire stack is watched, and what it brings for that. Pure. */
import type { WatchedStack } from "../../components/observability/faults.ts";
import type { WatchedSystem } from "../../components/observability/parts.ts";
import { partNamespaces } from "../../components/observability/shape.ts";
import { observedSkywire } from "../../components/skywire/observed.ts";
import { extraNamespaces } from "./extras-shape.ts";
import { stackWorkloads } from "./requests.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf } from "./shape.ts";

/** The deployment as its alerts and dashboards know it. */
export function watchedSystem(stack: SkywireStack): WatchedSystem {
  const { namespaces } = stack;
  // Where it was taken away nothing is missing; its pages stay, to look back.
  const isThere = stack.only === undefined;
  return {
    name: "skywire",
    observed: (exporters) => {
      const system = observedSkywire({
        namespaces: [namespaces.services, namespaces.networkMonitor],
        dmsgServers: dmsgServersOf(stack).length,
        exporters,
      });
      return isThere ? system : { ...system, rules: [] };
    },
    backups: isThere
      ? stackWorkloads(stack)
          .filter(({ request: { workload } }) => workload.endsWith("-backup"))
          .map(({ namespace, request: { workload: name } }) => ({ namespace, name }))
      : [],
  };
}

/** The whole stack, as the rules of what watches it look at it. */
export const watchedStack = (stack: SkywireStack): WatchedStack => ({
  alone: stack.only !== undefined,
  ingress: stack.ingress,
  system: watchedSystem(stack),
  workloads: stackWorkloads(stack).map(
    ({ namespace, request: { workload } }) => `${namespace}/${workload}`,
  ),
  namespaces: [
    ...Object.values(stack.namespaces),
    stack.ingress.namespace,
    // Of a cluster that is faulty it is not known what it has.
    stack.cluster.linode?.nodeKeeper?.namespace ?? "node-keeper",
    ...extraNamespaces(stack).map(([, namespace]) => namespace),
    ...partNamespaces(stack.observability).map(({ name }) => name),
  ],
});
