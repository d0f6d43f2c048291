/** What a deployment of Firefox Accounts brings to be watched by. Pure. */
import type { Exporter } from "../observability/families/types.ts";
import type { ObservedSystem } from "../observability/rules/types.ts";
import { fxaRules } from "./alerts.ts";
import type { FxaContext } from "./context.ts";
import { fxaDashboard } from "./dashboard.ts";
import { runningPrograms } from "./environment.ts";
import { sendersOf, statsdFamily, statsdMappings } from "./statsd.ts";

/** {@inheritDoc ObservedSystem} */
export function observedFxa(context: FxaContext, exporters: readonly Exporter[]): ObservedSystem {
  // No server has a page of metrics: what they tell they send to StatsD.
  const from = exporters.includes("statsd") ? sendersOf(runningPrograms(context)) : [];
  return {
    name: "fxa",
    namespaces: [context.config.namespace],
    family: statsdFamily(from),
    statsd: statsdMappings(from),
    rules: [fxaRules(context, exporters)],
    dashboards: [fxaDashboard(context, exporters)],
  };
}
