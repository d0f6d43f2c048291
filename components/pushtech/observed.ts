/** What a PushTech deployment brings to be watched by. Pure. */
import { systemPanels } from "../observability/dashboards/workloads.ts";
import type { ObservedSystem } from "../observability/rules/types.ts";
import { type AlertedSystem, pushtechRules } from "./alerts.ts";
import { pushtechDashboard } from "./dashboard.ts";

/** What of a deployment its alerts and dashboards depend on. */
export interface PushtechWatched extends AlertedSystem {
  /** Namespaces beside that of the programs. */
  readonly others: readonly string[];
}

/** {@inheritDoc ObservedSystem} */
export function observedPushtech(watched: PushtechWatched): ObservedSystem {
  const { namespace, others, exporters } = watched;
  const namespaces = [namespace, ...others];
  return {
    name: "pushtech",
    namespaces,
    // Its programs tell nothing, or nobody has written down what (facts/pushtech.md).
    family: {},
    rules: [pushtechRules(watched)],
    dashboards: [pushtechDashboard(namespace, exporters, systemPanels(exporters, namespaces))],
  };
}
