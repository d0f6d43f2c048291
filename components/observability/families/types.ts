/** What programs export: names of metrics, their kinds and labels. */

/** Whatever Prometheus reads. A stack has some of them. */
export const exporters = [
  "prometheus",
  "alertmanager",
  "push-gateway",
  "kube-state-metrics",
  "node-exporter",
  "statsd",
  "kubelet",
  "cadvisor",
  "api-server",
  "cert-manager",
  "traefik",
  "grafana",
  "skywire",
] as const;
/** {@inheritDoc exporters} */
export type Exporter = (typeof exporters)[number];

/**
 * Kind of a metric. A `histogram` is three series (`_bucket`, `_sum`, `_count`), a `summary` has one with
 * quantiles beside `_sum` and `_count`; `unknown` is one whose source is not to be seen.
 */
export type MetricKind = "counter" | "gauge" | "histogram" | "summary" | "unknown";

/** One metric as a program writes it. */
export interface Metric {
  readonly kind: MetricKind;
  /** Its own labels, beside those that the reading adds. */
  readonly labels: readonly string[];
}

/** All metrics of one program that rules and dashboards may ask for, by name. */
export type Family = Readonly<Record<string, Metric>>;

/** A job of Prometheus' config: whom it reads, and the labels that the reading adds. */
export interface Job {
  readonly name: string;
  readonly labels: readonly string[];
}
