/** What of a stack of Firefox Accounts is watched, and what it brings for that. Pure. */
import { observedFxa } from "../../components/fxa/observed.ts";
import { fxaSearches } from "../../components/fxa/searches.ts";
import type { WatchedStack } from "../../components/observability/faults.ts";
import type { WatchedSystem } from "../../components/observability/parts.ts";
import { stackWorkloads } from "./requests.ts";
import type { FxaStack } from "./schema.ts";
import { callersOf, contextOfStack, namespacesOf } from "./shape.ts";

/** The system as its alerts and dashboards know it. */
export const watchedSystem = (stack: FxaStack): WatchedSystem => ({
  name: "fxa",
  observed: (exporters) => {
    const system = observedFxa(contextOfStack(stack), exporters);
    // Where it was taken away nothing is missing; its pages stay, to look back.
    return stack.only === undefined ? system : { ...system, rules: [] };
  },
  searches: (families) => fxaSearches(families, stack.namespace),
  callers: callersOf(stack),
  // Of a managed database the backups are somebody else's to see.
  backups:
    stack.only === undefined
      ? stackWorkloads(stack)
          .filter(({ request: { workload } }) => workload.endsWith("-backup"))
          .map(({ namespace, request: { workload: name } }) => ({ namespace, name }))
      : [],
});

/** The whole stack, as the rules of what watches it look at it. */
export const watchedStack = (stack: FxaStack): WatchedStack => ({
  alone: stack.only !== undefined,
  ingress: stack.ingress,
  system: watchedSystem(stack),
  workloads: stackWorkloads(stack).map(
    ({ namespace, request: { workload } }) => `${namespace}/${workload}`,
  ),
  namespaces: namespacesOf(stack).map(({ name }) => name),
});
