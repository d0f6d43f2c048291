/** What of a PushTech stack is watched, and what it brings for that. Pure. */
import type { WatchedStack } from "../../components/observability/faults.ts";
import type { WatchedSystem } from "../../components/observability/parts.ts";
import { observedPushtech } from "../../components/pushtech/observed.ts";
import { pushtechSearches } from "../../components/pushtech/searches.ts";
import { backupsAmong, observedWhile, wholeStack } from "../watched.ts";
import { stackWorkloads } from "./requests.ts";
import type { PushtechStack } from "./schema.ts";
import { namespacesOf } from "./shape.ts";

/** The system as its alerts and dashboards know it. */
export function watchedSystem(stack: PushtechStack): WatchedSystem {
  const { namespace, stores } = stack;
  return {
    name: "pushtech",
    observed: (exporters) =>
      observedWhile(
        stack,
        observedPushtech({
          namespace,
          others: stores.imageStore.kind === "nfs" ? [stores.imageNamespace] : [],
          builtin: {
            mongo: stores.mongo.kind === "builtin",
            kafka: stores.kafka.kind === "builtin",
          },
          exporters,
        }),
      ),
    searches: (families) => pushtechSearches(families, namespace),
    backups: backupsAmong(stack, stackWorkloads(stack)),
  };
}

/** The whole stack, as the rules of what watches it look at it. */
export const watchedStack = (stack: PushtechStack): WatchedStack =>
  wholeStack(stack, watchedSystem(stack), {
    workloads: stackWorkloads(stack),
    namespaces: namespacesOf(stack).map(({ name }) => name),
  });
