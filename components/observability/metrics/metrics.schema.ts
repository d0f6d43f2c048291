/** `fleet:observability.metrics`: who collects metrics, who draws them, who is told of alerts. */
import * as z from "zod";

import { DnsLabel, HttpUrl } from "../../base/scalars.ts";
import { OwnDashboards } from "../dashboards/dashboards.schema.ts";
import { OwnFamilies, OwnRules } from "../rules/rules.schema.ts";
import { AlertmanagerConfig } from "./alertmanager.schema.ts";
import { KubeStateConfig, NodesConfig, PushGatewayConfig } from "./exporters.schema.ts";
import { GrafanaConfig } from "./grafana.schema.ts";
import { PrometheusConfig } from "./prometheus.schema.ts";
import { StatsdConfig } from "./statsd.schema.ts";

/** MetricsStack. Each part with a default of its own always runs; the others where they stand. */
export const MetricsConfig = z.strictObject({
  namespace: DnsLabel.default("metrics"),
  prometheus: PrometheusConfig.prefault({}),
  grafana: GrafanaConfig.prefault({}),
  /** Without it alerts are seen by whoever looks, and sent to nobody. */
  alertmanager: AlertmanagerConfig.optional(),
  /** Keeps what short programs push. */
  pushGateway: PushGatewayConfig.optional(),
  /** The cluster's objects: restarts, budgets, Jobs, claims. Most alerts need it. */
  kubeState: KubeStateConfig.optional(),
  /** Each node's memory, disks and load. */
  nodes: NodesConfig.optional(),
  /** Counts what programs send by UDP. */
  statsd: StatsdConfig.optional(),
  rules: OwnRules,
  dashboards: OwnDashboards,
  families: OwnFamilies,
  /** Where docs/ is read: alerts link to it. Default: they say the path in the repository. */
  runbooks: HttpUrl.optional(),
});
/** {@inheritDoc MetricsConfig} */
export type MetricsConfig = z.infer<typeof MetricsConfig>;
