/** What a Skywire deployment brings to be watched by. Pure. */
import { systemPanels } from "../observability/dashboards/workloads.ts";
import type { ObservedSystem } from "../observability/rules/types.ts";
import { type AlertedDeployment, skywireRules } from "./alerts.ts";
import { skywireDashboard } from "./dashboard.ts";
import { skywireFamily } from "./families.ts";

/** {@inheritDoc ObservedSystem} */
export const observedSkywire = (deployment: AlertedDeployment): ObservedSystem => ({
  name: "skywire",
  namespaces: deployment.namespaces,
  family: skywireFamily,
  rules: [skywireRules(deployment)],
  dashboards: [
    // What the network does comes first, what its pods do below.
    {
      ...skywireDashboard,
      panels: [
        ...skywireDashboard.panels,
        ...systemPanels(deployment.exporters, deployment.namespaces),
      ],
    },
  ],
});
