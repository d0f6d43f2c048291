/** What of a voting stack is watched. Pure. */
import { observedPods } from "../../components/observability/dashboards/system.ts";
import type { WatchedStack } from "../../components/observability/faults.ts";
import type { WatchedSystem } from "../../components/observability/parts.ts";
import { surroundingNamespaces, surroundingWorkloads } from "../surroundings.ts";
import { wholeStack } from "../watched.ts";
import type { VotingOnKubernetes } from "./schema.ts";

/** The application as its dashboards know it: its programs have no metrics of their own. */
export const watchedSystem = ({ namespace }: VotingOnKubernetes): WatchedSystem => ({
  name: "voting",
  observed: (exporters) => observedPods("voting", [namespace], exporters),
  backups: [],
});

/** The whole stack, as the rules of what watches it look at it. */
export function watchedStack(stack: VotingOnKubernetes): WatchedStack {
  const { namespace, services } = stack;
  return wholeStack(stack, watchedSystem(stack), {
    workloads: [
      ...Object.keys(services).map((workload) => ({ namespace, request: { workload } })),
      ...surroundingWorkloads(stack),
    ],
    namespaces: [namespace, ...surroundingNamespaces(stack).map(({ name }) => name)],
  });
}
