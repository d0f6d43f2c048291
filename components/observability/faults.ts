/** Rules across the parts of `fleet:observability`, and between them and the stack they watch. Pure. */
import type { PlatformFault } from "../platform/fault.ts";
import type { IngressConfig } from "../platform/ingress.schema.ts";
import { logsFaults } from "./logs/logs-shape.ts";
import type { LogsConfig } from "./logs/logs.schema.ts";
import { exporterFaults } from "./metrics/exporters-shape.ts";
import type { MetricsConfig } from "./metrics/metrics.schema.ts";
import { statsdFaults } from "./metrics/statsd-faults.ts";
import type { ObservabilityConfig } from "./observability.schema.ts";
import { partsOf, type WatchedSystem } from "./parts.ts";
import { profilesFaults } from "./profiles/shape.ts";
import { ownFaults } from "./rules/own-faults.ts";
import { partNamespaces } from "./shape.ts";

/** What of the whole stack the rules look at. */
export interface WatchedStack {
  /** Whether nothing else is deployed. */
  readonly alone: boolean;
  readonly ingress: IngressConfig;
  readonly system: WatchedSystem;
  /** Every workload, as `namespace/name`. */
  readonly workloads: readonly string[];
  /** Every namespace. */
  readonly namespaces: readonly string[];
}

/** Faults below a section of the file. */
const below = (section: string, faults: readonly PlatformFault[]): PlatformFault[] =>
  faults.map(({ path, message }) => ({ path: ["observability", section, ...path], message }));

const hasPushers = ({ callers }: WatchedSystem): boolean => (callers?.profiles ?? []).length > 0;

/** Faults of what reads metrics, with all that the stack has in view. */
function metricsFaults(
  metrics: MetricsConfig,
  logs: LogsConfig | undefined,
  { ingress, system, workloads }: WatchedStack,
): PlatformFault[] {
  const parts = partsOf({ metrics, logs }, ingress, system);
  return [
    ...ownFaults(parts),
    ...exporterFaults(metrics, workloads),
    ...statsdFaults(metrics.statsd, parts.systems),
  ];
}

/** Every fault across the parts. */
export function observabilityFaults(
  config: ObservabilityConfig,
  stack: WatchedStack,
): PlatformFault[] {
  const { metrics, logs, profiles } = config;
  const { alone, system, workloads, namespaces } = stack;
  return [
    ...(alone && partNamespaces(config).length === 0
      ? [{ path: ["only"], message: "needs a part of fleet:observability: nothing would be left" }]
      : []),
    ...(metrics === undefined ? [] : below("metrics", metricsFaults(metrics, logs, stack))),
    ...(logs === undefined ? [] : below("logs", logsFaults(logs, namespaces))),
    ...(profiles === undefined
      ? []
      : below("profiles", profilesFaults(profiles, workloads, alone || hasPushers(system)))),
  ];
}
