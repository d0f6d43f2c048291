/** What programs export: names of metrics, their kinds and labels. */

/** What Prometheus reads beside the programs of a system. A stack has some of them; itself it always reads. */
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
  "nginx",
  "log-shipper",
  "elasticsearch-exporter",
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

/** Metrics of one kind that begin alike and have the same labels: kind, beginning, labels, endings. */
export type Row = readonly [kind: MetricKind, start: string, labels: string, endings: string];

const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");

/** Writes a table out. */
export function familyOf(rows: readonly Row[]): Family {
  return Object.fromEntries(
    rows.flatMap(([kind, start, labels, endings]) =>
      words(endings).map(
        (ending) => [`${start}${ending}`, { kind, labels: words(labels) }] as const,
      ),
    ),
  );
}
