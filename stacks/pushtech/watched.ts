/** What of a PushTech stack is watched, and what it brings for that. Pure. */
import type { WatchedStack } from "../../components/observability/faults.ts";
import type { WatchedSystem } from "../../components/observability/parts.ts";
import { observedPushtech } from "../../components/pushtech/observed.ts";
import { pushtechSearches } from "../../components/pushtech/searches.ts";
import { stackWorkloads } from "./requests.ts";
import type { PushtechStack } from "./schema.ts";
import { namespacesOf } from "./shape.ts";

/** The system as its alerts and dashboards know it. */
export function watchedSystem(stack: PushtechStack): WatchedSystem {
  const { namespace, stores, only } = stack;
  // Where it was taken away nothing is missing; its pages stay, to look back.
  const isThere = only === undefined;
  return {
    name: "pushtech",
    observed: (exporters) => {
      const system = observedPushtech({
        namespace,
        others: stores.imageStore.kind === "nfs" ? [stores.imageNamespace] : [],
        builtin: {
          mongo: stores.mongo.kind === "builtin",
          kafka: stores.kafka.kind === "builtin",
        },
        exporters,
      });
      return isThere ? system : { ...system, rules: [] };
    },
    searches: (families) => pushtechSearches(families, namespace),
    backups: isThere
      ? stackWorkloads(stack)
          .filter(({ request: { workload } }) => workload.endsWith("-backup"))
          .map(({ namespace: home, request: { workload: name } }) => ({ namespace: home, name }))
      : [],
  };
}

/** The whole stack, as the rules of what watches it look at it. */
export const watchedStack = (stack: PushtechStack): WatchedStack => ({
  alone: stack.only !== undefined,
  ingress: stack.ingress,
  system: watchedSystem(stack),
  workloads: stackWorkloads(stack).map(
    ({ namespace, request: { workload } }) => `${namespace}/${workload}`,
  ),
  namespaces: namespacesOf(stack).map(({ name }) => name),
});
