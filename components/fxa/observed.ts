/** What a deployment of Firefox Accounts brings to be watched by: what the cluster sees of its pods. Pure. */
import type { Dashboard, Panel } from "../observability/dashboards/types.ts";
import { systemPanels } from "../observability/dashboards/workloads.ts";
import { badAboveNone, graph, number } from "../observability/dashboards/words.ts";
import type { Exporter } from "../observability/families/types.ts";
import type { ObservedSystem } from "../observability/rules/types.ts";
import type { FxaContext } from "./context.ts";
import { runningPrograms } from "./environment.ts";
import { traitsOf } from "./servers.ts";

/** Panels from the objects of the cluster. */
function statePanels(context: FxaContext): Panel[] {
  const here = `namespace="${context.config.namespace}"`;
  const names = runningPrograms(context).map((program) => traitsOf(program).service);
  const which = `{${here},deployment=~"${names.join("|")}"}`;
  return [
    number(
      "Pods of servers that are missing",
      `sum(kube_deployment_spec_replicas${which}) - sum(kube_deployment_status_replicas_available${which})`,
      badAboveNone,
    ),
    number(
      "Restarts in a day",
      `sum(increase(kube_pod_container_status_restarts_total{${here}}[1d]))`,
      badAboveNone,
    ),
    graph(
      "Servers: pods that answer",
      "none",
      `kube_deployment_status_replicas_available${which}`,
      "{{deployment}}",
    ),
  ];
}

/** The page of a deployment, with what its pods use below. */
const fxaDashboard = (context: FxaContext, exporters: readonly Exporter[]): Dashboard => ({
  uid: "fxa",
  title: "Firefox Accounts",
  panels: [
    ...(exporters.includes("kube-state-metrics") ? statePanels(context) : []),
    ...systemPanels(exporters, [context.config.namespace]),
  ],
});

/** {@inheritDoc ObservedSystem} */
export const observedFxa = (
  context: FxaContext,
  exporters: readonly Exporter[],
): ObservedSystem => ({
  name: "fxa",
  namespaces: [context.config.namespace],
  // No server has a page of metrics: what they tell they send to StatsD, whose mappings name it.
  family: {},
  rules: [],
  dashboards: [fxaDashboard(context, exporters)],
});
