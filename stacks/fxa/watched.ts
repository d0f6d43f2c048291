/** What of a stack of Firefox Accounts is watched, and what it brings for that. Pure. */
import { observedFxa } from "../../components/fxa/observed.ts";
import { fxaSearches } from "../../components/fxa/searches.ts";
import type { WatchedStack } from "../../components/observability/faults.ts";
import type { WatchedSystem } from "../../components/observability/parts.ts";
import { backupsAmong, observedWhile, wholeStack } from "../watched.ts";
import { stackWorkloads } from "./requests.ts";
import type { FxaStack } from "./schema.ts";
import { callersOf, contextOfStack, namespacesOf } from "./shape.ts";

/** The system as its alerts and dashboards know it. */
export const watchedSystem = (stack: FxaStack): WatchedSystem => ({
  name: "fxa",
  observed: (exporters) => observedWhile(stack, observedFxa(contextOfStack(stack), exporters)),
  searches: (families) => fxaSearches(families, stack.namespace),
  callers: callersOf(stack),
  // Of a managed database the backups are somebody else's to see.
  backups: backupsAmong(stack, stackWorkloads(stack)),
});

/** The whole stack, as the rules of what watches it look at it. */
export const watchedStack = (stack: FxaStack): WatchedStack =>
  wholeStack(stack, watchedSystem(stack), {
    workloads: stackWorkloads(stack),
    namespaces: namespacesOf(stack).map(({ name }) => name),
  });
