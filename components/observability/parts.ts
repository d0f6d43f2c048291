/** What a stack has that its alerts and dashboards may speak of. Pure. */
import type { Peer } from "../base/flows.ts";
import type { IngressConfig } from "../platform/ingress.schema.ts";
import type { Searches } from "./elk/saved-objects.ts";
import type { Exporter } from "./families/types.ts";
import type { LogFamilies } from "./logs/families.ts";
import { isStoreWatched } from "./logs/logs-shape.ts";
import type { LogsConfig } from "./logs/logs.schema.ts";
import { metricsExporters } from "./metrics/metrics-shape.ts";
import type { MetricsConfig } from "./metrics/metrics.schema.ts";
import { statsdFamilies } from "./metrics/statsd-files.ts";
import type { BackupJob, ObservedParts, ObservedSystem, WatchedLogs } from "./rules/types.ts";

/** A system, as far as its alerts and dashboards depend on it. */
export interface WatchedSystem {
  /** E.g. `skywire`: a label of all that watches it. */
  readonly name: string;
  /** What it brings. */
  readonly observed: (exporters: readonly Exporter[]) => ObservedSystem;
  /** Every CronJob that backs something up. */
  readonly backups: readonly BackupJob[];
  /** What it looks for in the logs of each family. Default: nothing beside what everybody does. */
  readonly searches?: ((families: LogFamilies) => Searches) | undefined;
  /** Its programs that call what watches. Default: none. */
  readonly callers?: SystemCallers | undefined;
}

/** Programs of a system that tell of themselves, where others are asked. */
export interface SystemCallers {
  /** They push metrics to the push gateway. */
  readonly metrics: readonly Peer[];
  /** They push profiles to Pyroscope. */
  readonly profiles: readonly Peer[];
  /** They send to StatsD. Default: none. */
  readonly statsd?: readonly Peer[] | undefined;
}

const controllerExporters = ({ controllers }: IngressConfig): Exporter[] =>
  (["traefik", "nginx"] as const).filter((one) =>
    Object.values(controllers).some(({ kind }) => kind === one),
  );

/** Of the logs: what ships them, as far as it tells, and where they are kept. Prometheus is there to be told. */
const logsExporters = (logs: LogsConfig): Exporter[] => [
  ...(logs.shipper.kind === "vector" ? (["log-shipper"] as const) : []),
  ...(isStoreWatched(logs, true) ? (["elasticsearch-exporter"] as const) : []),
];

const watchedLogs = ({ families, store }: LogsConfig): WatchedLogs => ({
  families,
  members: store?.kind === "builtin" ? store.members : undefined,
});

/** The parts of a stack. */
export function partsOf(
  { metrics, logs }: { readonly metrics: MetricsConfig; readonly logs?: LogsConfig | undefined },
  ingress: IngressConfig,
  { observed, backups }: WatchedSystem,
): ObservedParts {
  const exporters = [
    ...metricsExporters(metrics),
    ...controllerExporters(ingress),
    ...(logs === undefined ? [] : logsExporters(logs)),
  ];
  return {
    exporters,
    systems: [observed(exporters)],
    backups,
    logs: logs && watchedLogs(logs),
    mapped: Object.fromEntries(
      (metrics.statsd === undefined ? [] : statsdFamilies(metrics.statsd)).map(
        ({ name, kind, labels }) => [name, { kind, labels }],
      ),
    ),
    families: metrics.families,
    rules: metrics.rules,
    dashboards: metrics.dashboards,
    runbooks: metrics.runbooks,
  };
}
