/** What a Spacemesh network brings to be watched by. Pure. */
import { systemPanels } from "../observability/dashboards/workloads.ts";
import { type Exporter, type Family, familyOf } from "../observability/families/types.ts";
import type { ObservedSystem } from "../observability/rules/types.ts";
import { spacemeshRules } from "./alerts.ts";
import { minerDashboard, networkDashboard } from "./dashboards.ts";
import type { MetricsPath } from "./miner.schema.ts";
import { nodeMetrics } from "./node-metrics.ts";
import type { NodeVersion } from "./node-profiles.ts";
import { isPushed } from "./telemetry.ts";

/** What of a network its alerts and dashboards depend on. */
export interface SpacemeshWatched {
  /** Namespace of miners and PoETs. */
  readonly namespace: string;
  /** Namespace of the web services, where there are any. */
  readonly webServices: string | undefined;
  /** How many miners it runs. */
  readonly miners: number;
  /** What its nodes export. */
  readonly version: NodeVersion;
  readonly metrics: MetricsPath;
  /** Whatever Prometheus reads beside its programs. */
  readonly exporters: readonly Exporter[];
}

/** Labels that a miner pushes by, of whatever it pushes (`pushUrl`). */
const pushLabels = "namespace workload node_id network_id via";

/** When a miner pushed last. */
const lastPush: Family = familyOf([["gauge", "push_", pushLabels, "time_seconds"]]);

/** What miners export, as it comes by a push. */
const pushed = (family: Family): Family => ({
  ...Object.fromEntries(
    Object.entries(family).map(([name, { kind, labels }]) => [
      name,
      { kind, labels: [...labels, ...pushLabels.split(" ")] },
    ]),
  ),
  ...lastPush,
});

/** {@inheritDoc ObservedSystem} */
export function observedSpacemesh(watched: SpacemeshWatched): ObservedSystem {
  const { namespace, webServices, exporters, version, metrics } = watched;
  const family = nodeMetrics(version);
  const namespaces = [namespace, ...(webServices === undefined ? [] : [webServices])];
  const network = { ...watched, family };
  return {
    name: "spacemesh",
    namespaces,
    family: isPushed(metrics) ? pushed(family) : family,
    rules: [spacemeshRules(network)],
    dashboards: [
      networkDashboard(network, systemPanels(exporters, namespaces)),
      minerDashboard(network),
    ],
  };
}
