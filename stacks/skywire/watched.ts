/** What of a Skywire stack is watched, and what it brings for that. Pure. */
import type { WatchedStack } from "../../components/observability/faults.ts";
import type { WatchedSystem } from "../../components/observability/parts.ts";
import { partNamespaces } from "../../components/observability/shape.ts";
import { observedSkywire } from "../../components/skywire/observed.ts";
import { backupsAmong, observedWhile, wholeStack } from "../watched.ts";
import { extraNamespaces } from "./extras-shape.ts";
import { stackWorkloads } from "./requests.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf } from "./shape.ts";

/** The deployment as its alerts and dashboards know it. */
export function watchedSystem(stack: SkywireStack): WatchedSystem {
  const { namespaces } = stack;
  return {
    name: "skywire",
    observed: (exporters) =>
      observedWhile(
        stack,
        observedSkywire({
          namespaces: [namespaces.services, namespaces.networkMonitor],
          dmsgServers: dmsgServersOf(stack).length,
          setupNodes: Object.keys(stack.services["setup-nodes"]),
          exporters,
        }),
      ),
    backups: backupsAmong(stack, stackWorkloads(stack)),
  };
}

/** The whole stack, as the rules of what watches it look at it. */
export const watchedStack = (stack: SkywireStack): WatchedStack =>
  wholeStack(stack, watchedSystem(stack), {
    workloads: stackWorkloads(stack),
    namespaces: [
      ...Object.values(stack.namespaces),
      stack.ingress.namespace,
      // Of a cluster that is faulty it is not known what it has.
      stack.cluster.linode?.nodeKeeper?.namespace ?? "node-keeper",
      ...extraNamespaces(stack).map(([, namespace]) => namespace),
      ...partNamespaces(stack.observability).map(({ name }) => name),
    ],
  });
