/** What a Skywire deployment brings to be watched by. Pure. */
import { systemPanels } from "../observability/dashboards/workloads.ts";
import type { Exporter } from "../observability/families/types.ts";
import type { ObservedSystem } from "../observability/rules/types.ts";
import { skywireRules } from "./alerts.ts";
import { skywireDashboard } from "./dashboard.ts";
import { skywireFamily } from "./families.ts";

/** What of a deployment its alerts and dashboards depend on. */
export interface SkywireWatched {
  readonly namespaces: readonly string[];
  readonly dmsgServers: number;
  /** Whatever Prometheus reads beside its programs. */
  readonly exporters: readonly Exporter[];
}

/** {@inheritDoc ObservedSystem} */
export const observedSkywire = ({
  namespaces,
  dmsgServers,
  exporters,
}: SkywireWatched): ObservedSystem => ({
  name: "skywire",
  namespaces,
  family: skywireFamily,
  rules: [skywireRules(dmsgServers)],
  dashboards: [
    // What the network does comes first, what its pods do below.
    {
      ...skywireDashboard,
      panels: [...skywireDashboard.panels, ...systemPanels(exporters, namespaces)],
    },
  ],
});
