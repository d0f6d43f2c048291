/** What Prometheus and its companions say of themselves. */
import { goProgram } from "./go.ts";
import { familyOf } from "./types.ts";

/** Prometheus itself (3.x; names that 2.42 shows as well). */
export const prometheus = {
  ...goProgram,
  ...familyOf([
    ["gauge", "prometheus_", "version revision branch goversion goos goarch tags", "build_info"],
    [
      "gauge",
      "prometheus_",
      "",
      "ready config_last_reload_successful config_last_reload_success_timestamp_seconds engine_queries engine_queries_concurrent_max notifications_alertmanagers_discovered",
    ],
    ["counter", "prometheus_notifications_", "alertmanager", "sent_total errors_total"],
    ["counter", "prometheus_notifications_", "", "dropped_total"],
    ["counter", "prometheus_http_", "code handler", "requests_total"],
    ["histogram", "prometheus_http_", "handler", "request_duration_seconds response_size_bytes"],
    ["summary", "prometheus_engine_", "slice", "query_duration_seconds"],
    [
      "counter",
      "prometheus_rule_",
      "rule_group",
      "evaluations_total evaluation_failures_total group_iterations_total group_iterations_missed_total",
    ],
    [
      "gauge",
      "prometheus_rule_group_",
      "rule_group",
      "interval_seconds last_duration_seconds last_evaluation_timestamp_seconds rules",
    ],
    ["gauge", "prometheus_sd_", "config name", "discovered_targets"],
    ["counter", "prometheus_target_", "scrape_job", "sync_failed_total"],
    ["gauge", "prometheus_target_", "scrape_job", "scrape_pool_targets"],
    [
      "counter",
      "prometheus_target_scrapes_",
      "",
      "exceeded_body_size_limit_total exceeded_sample_limit_total sample_duplicate_timestamp_total sample_out_of_bounds_total sample_out_of_order_total",
    ],
    [
      "gauge",
      "prometheus_tsdb_",
      "",
      "blocks_loaded head_chunks head_series head_max_time_seconds head_min_time_seconds lowest_timestamp_seconds retention_limit_bytes storage_blocks_bytes",
    ],
    [
      "counter",
      "prometheus_tsdb_",
      "",
      "compactions_total compactions_failed_total head_truncations_failed_total reloads_failures_total size_retentions_total time_retentions_total wal_corruptions_total wal_truncations_failed_total wal_writes_failed_total",
    ],
    ["counter", "prometheus_tsdb_", "type", "head_samples_appended_total"],
    ["histogram", "prometheus_tsdb_", "", "compaction_duration_seconds"],
  ]),
};

/** Alertmanager (0.2x and 0.3x). */
export const alertmanager = {
  ...goProgram,
  ...familyOf([
    ["gauge", "alertmanager_", "version revision branch goversion", "build_info"],
    ["gauge", "alertmanager_", "state", "alerts silences"],
    ["counter", "alertmanager_", "status version", "alerts_received_total"],
    ["counter", "alertmanager_", "version", "alerts_invalid_total"],
    ["gauge", "alertmanager_config_", "", "last_reload_successful hash"],
    ["gauge", "alertmanager_config_", "", "last_reload_success_timestamp_seconds"],
    ["counter", "alertmanager_", "integration", "notifications_total"],
    ["counter", "alertmanager_", "integration reason", "notifications_failed_total"],
    ["histogram", "alertmanager_", "integration", "notification_latency_seconds"],
    ["gauge", "alertmanager_", "", "dispatcher_aggregation_groups"],
  ]),
};

/** The push gateway: of itself, and of what was pushed. What was pushed has names of its own. */
export const pushGateway = {
  ...goProgram,
  ...familyOf([
    ["gauge", "push_", "", "time_seconds failure_time_seconds"],
    ["gauge", "pushgateway_", "version revision branch goversion goos goarch", "build_info"],
    ["counter", "pushgateway_", "method code handler", "http_requests_total"],
  ]),
};

/** The StatsD exporter, of itself (v0.31). */
export const statsd = {
  ...goProgram,
  ...familyOf([
    ["gauge", "statsd_exporter_", "", "loaded_mappings"],
    ["counter", "statsd_exporter_", "type", "events_total"],
    ["counter", "statsd_exporter_", "type metric_name", "events_conflict_total"],
    ["counter", "statsd_exporter_", "reason", "events_error_total sample_errors_total"],
    ["counter", "statsd_exporter_", "action", "events_actions_total"],
    [
      "counter",
      "statsd_exporter_",
      "",
      "events_unmapped_total lines_total samples_total tag_errors_total tags_total udp_packets_total udp_packet_drops_total",
    ],
  ]),
};
