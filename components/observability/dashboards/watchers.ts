/** What watches: whether it sees everything, keeps up, and reaches people. */
import type { Exporter } from "../families/types.ts";
import type { Dashboard, Panel } from "./types.ts";
import { badAboveNone, graph, number, query } from "./words.ts";

const prometheus: readonly Panel[] = [
  number("Targets that do not answer", "count(up == 0) or vector(0)", badAboveNone),
  number("Targets", "count(up)"),
  number(
    "Rules that fail",
    "sum(increase(prometheus_rule_evaluation_failures_total[1h]))",
    badAboveNone,
  ),
  number("Series", "sum(prometheus_tsdb_head_series)"),
  {
    title: "Who does not answer",
    kind: "table",
    queries: [query("up == 0")],
  },
  graph(
    "Samples a second",
    "short",
    "sum by (type) (rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))",
    "{{type}}",
  ),
  {
    title: "What is kept on its disk",
    unit: "bytes",
    queries: [
      query("prometheus_tsdb_storage_blocks_bytes", "kept"),
      query("prometheus_tsdb_retention_limit_bytes", "at most"),
    ],
  },
  graph(
    "Time that reading takes, by job",
    "s",
    "max by (job) (scrape_duration_seconds)",
    "{{job}}",
  ),
  graph(
    "Samples of a reading, by workload",
    "short",
    "sum by (job, workload) (scrape_samples_scraped)",
    "{{job}} {{workload}}",
  ),
  graph("Memory", "bytes", "process_resident_memory_bytes", "{{job}}"),
  graph(
    "Time that rules take, of their interval",
    "percentunit",
    "prometheus_rule_group_last_duration_seconds / prometheus_rule_group_interval_seconds",
    "{{rule_group}}",
  ),
];

const alertmanager: readonly Panel[] = [
  {
    title: "Alerts that fire",
    kind: "table",
    queries: [query('ALERTS{alertstate="firing",severity!="none"}')],
  },
  {
    title: "Messages a minute",
    queries: [
      query(
        "60 * sum by (integration) (rate(alertmanager_notifications_total[$__rate_interval]))",
        "{{integration}}",
      ),
      query(
        "60 * sum by (integration) (rate(alertmanager_notifications_failed_total[$__rate_interval]))",
        "{{integration}} failed",
      ),
    ],
  },
  graph("Silences", "short", "sum by (state) (alertmanager_silences)", "{{state}}"),
];

const statsd: readonly Panel[] = [
  {
    title: "StatsD",
    unit: "short",
    queries: [
      query("sum(rate(statsd_exporter_lines_total[$__rate_interval]))", "lines a second"),
      query(
        "sum(rate(statsd_exporter_events_unmapped_total[$__rate_interval]))",
        "without mapping",
      ),
      query("sum(rate(statsd_exporter_sample_errors_total[$__rate_interval]))", "unreadable"),
      query("sum(rate(statsd_exporter_udp_packet_drops_total[$__rate_interval]))", "dropped"),
    ],
  },
];

const pushes: readonly Panel[] = [
  graph("Time since the last push", "s", "time() - push_time_seconds", "{{job}}"),
];

const health = ["green", "yellow", "red"].map((color) =>
  query(`max(elasticsearch_cluster_health_status{color="${color}"})`, color),
);

const elasticsearch: readonly Panel[] = [
  { title: "Health of Elasticsearch", unit: "short", max: 1, queries: health },
  graph(
    "Lines that Elasticsearch takes, copies as well, a second",
    "short",
    String.raw`sum by (family) (label_replace(rate(elasticsearch_index_stats_indexing_index_total[$__rate_interval]), "family", "$1", "index", "\\.ds-(.+)-logs-.+"))`,
    "{{family}}",
  ),
  graph(
    "Disks of Elasticsearch in use",
    "percentunit",
    "1 - min by (name) (elasticsearch_filesystem_data_available_bytes / elasticsearch_filesystem_data_size_bytes)",
    "{{name}}",
    { max: 1, bad: { from: 0.9 } },
  ),
  graph(
    "Heap of Elasticsearch in use",
    "percentunit",
    'max by (name) (elasticsearch_jvm_memory_pool_used_bytes{pool="old"} / elasticsearch_jvm_memory_pool_max_bytes{pool="old"})',
    "{{name}}",
    { max: 1, bad: { from: 0.85 } },
  ),
  graph(
    "What a family takes of the disks of Elasticsearch",
    "bytes",
    String.raw`sum by (family) (label_replace(elasticsearch_indices_store_size_bytes_total, "family", "$1", "index", "\\.ds-(.+)-logs-.+"))`,
    "{{family}}",
  ),
  {
    title: "Writes that wait in Elasticsearch, and those it refuses a minute",
    queries: [
      query('sum by (name) (elasticsearch_thread_pool_queue_count{type="write"})', "{{name}}"),
      query(
        '60 * sum by (name) (rate(elasticsearch_thread_pool_rejected_count{type="write"}[$__rate_interval]))',
        "{{name}} refuses",
      ),
    ],
  },
];

/** The dashboard of what watches. */
export const watchersDashboard = (exporters: readonly Exporter[]): Dashboard => ({
  uid: "observability",
  title: "Observability",
  panels: [
    ...prometheus,
    ...(exporters.includes("alertmanager") ? alertmanager : []),
    ...(exporters.includes("statsd") ? statsd : []),
    ...(exporters.includes("push-gateway") ? pushes : []),
    ...(exporters.includes("elasticsearch-exporter") ? elasticsearch : []),
  ],
});
