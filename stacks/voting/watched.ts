/** What of a voting stack is watched. Pure. */
import { observedPods } from "../../components/observability/dashboards/system.ts";
import type { WatchedStack } from "../../components/observability/faults.ts";
import type { WatchedSystem } from "../../components/observability/parts.ts";
import { observabilityWorkloads, partNamespaces } from "../../components/observability/shape.ts";
import type { VotingOnKubernetes } from "./schema.ts";

/** The application as its dashboards know it: its programs have no metrics of their own. */
export const watchedSystem = ({ namespace }: VotingOnKubernetes): WatchedSystem => ({
  name: "voting",
  observed: (exporters) => observedPods("voting", [namespace], exporters),
  backups: [],
});

/** The whole stack, as the rules of what watches it look at it. */
export function watchedStack(stack: VotingOnKubernetes): WatchedStack {
  const { namespace, services, ingress, observability, cluster, only } = stack;
  return {
    alone: only !== undefined,
    ingress,
    system: watchedSystem(stack),
    workloads: [
      ...Object.keys(services).map((name) => `${namespace}/${name}`),
      ...Object.keys(ingress.controllers).map((name) => `${ingress.namespace}/${name}`),
      ...observabilityWorkloads(observability, cluster).map(
        ({ namespace: own, request: { workload } }) => `${own}/${workload}`,
      ),
    ],
    namespaces: [
      namespace,
      ingress.namespace,
      ...partNamespaces(observability).map(({ name }) => name),
    ],
  };
}
