/** Alerts on Elasticsearch, from its exporter. */
import type { AlertRule, RuleGroup } from "./types.ts";

/** A member, whichever pod of the exporter told of it. */
const eachMember = "by (cluster, name)";

const available = "elasticsearch_filesystem_data_available_bytes";

/**
 * Where Elasticsearch 8 begins to move lines off a disk, if nobody sets it: at this share that is left, and of
 * large disks at this many bytes (`cluster.routing.allocation.disk.watermark.high` and its `max_headroom`, as the
 * server itself says them to test/judges/elasticsearch-exporter.test.ts).
 */
export const highWatermark = { share: 0.1, bytes: 150 * 2 ** 30 } as const;

/** Elastic's own measure of a heap that is too small, and the share from which on it is (its page on JVM memory pressure). */
const heap =
  'elasticsearch_jvm_memory_pool_used_bytes{pool="old"} / elasticsearch_jvm_memory_pool_max_bytes{pool="old"}';

/** Whether or not the store is the stack's own. */
const silent: AlertRule = {
  name: "ElasticsearchSilent",
  // Of either the exporter shows nothing when it is not answered; it itself goes on answering.
  expression:
    'up{workload="elasticsearch-exporter"} == 1 unless on () (count(elasticsearch_cluster_health_number_of_nodes) + count(elasticsearch_index_stats_indexing_index_total))',
  for: "10m",
  severity: "critical",
  summary: "Elasticsearch does not answer its exporter",
  description:
    "It is down, has no master, or refuses the user prometheus; lines may wait on the nodes meanwhile, and are lost as files are rotated. The exporter's log says what it was answered.",
};

/** Of any number of members. */
const common: readonly AlertRule[] = [
  {
    name: "ElasticsearchRed",
    expression: 'max by (cluster) (elasticsearch_cluster_health_status{color="red"}) == 1',
    for: "5m",
    severity: "critical",
    summary: "Elasticsearch {{ $labels.cluster }} is red: an index lacks a part of its lines",
    description:
      "New lines of that index are refused, old ones are not found. GET _cluster/allocation/explain in Kibana's console says which disk or member it waits for.",
  },
  {
    name: "ElasticsearchDiskFilling",
    expression: `min ${eachMember} (${available} / elasticsearch_filesystem_data_size_bytes) < ${highWatermark.share} and min ${eachMember} (${available}) < ${highWatermark.bytes}`,
    for: "10m",
    severity: "warning",
    summary:
      "{{ $labels.name }} of Elasticsearch has {{ $value | humanizePercentage }} of its disk left: it moves lines away, where it can",
    description:
      "At 5 % left it takes no more lines at all. Keep lines for less long (retention of the families), or make its claims larger.",
  },
  {
    name: "ElasticsearchReadOnly",
    expression: "max(elasticsearch_indices_settings_stats_read_only_indices) > 0",
    for: "2m",
    severity: "critical",
    summary:
      'Elasticsearch takes no more lines: {{ $value | printf "%.0f" }} indices of logs are read-only',
    description:
      "A disk was all but full (flood stage). Shippers send again what is refused, and read no further meanwhile: lines are lost as the kubelets rotate their files. It takes lines again by itself once a tenth of the disk is free: make the claims larger, or delete old indices.",
  },
  {
    name: "ElasticsearchHeapFull",
    expression: `max ${eachMember} (${heap}) > 0.85`,
    for: "15m",
    severity: "warning",
    summary:
      "The heap of {{ $labels.name }} of Elasticsearch stays full: {{ $value | humanizePercentage }} after each collection",
    description:
      "It grows slow, refuses searches and lines, and ends at last. Give it more memory (store.resources, of which the heap is half), or fewer indices to keep open.",
  },
  {
    name: "ElasticsearchWritesRejected",
    expression: `sum ${eachMember} (increase(elasticsearch_thread_pool_rejected_count{type="write"}[15m])) > 0`,
    for: "15m",
    severity: "warning",
    summary:
      '{{ $labels.name }} of Elasticsearch refuses lines, as too many come at once: {{ $value | printf "%.0f" }} times in a quarter of an hour',
    description:
      "Shippers send them again, and fall behind. Its disk or its processors are too slow for what programs print: find who prints so much (Kibana, by workload).",
  },
];

/** Of several members: one alone has nobody to hold copies, and is never yellow for want of them. */
const several = (members: number): AlertRule[] => [
  {
    name: "ElasticsearchYellow",
    expression: 'max by (cluster) (elasticsearch_cluster_health_status{color="yellow"}) == 1',
    for: "1h",
    severity: "warning",
    summary: "Elasticsearch {{ $labels.cluster }} is yellow: lines lack their copies",
    description:
      "All lines are there, and one more disk that is lost takes some of them along. An update of the members waits for the copies, too. GET _cluster/allocation/explain says why there are none.",
  },
  {
    name: "ElasticsearchMembersMissing",
    expression: `max by (cluster) (elasticsearch_cluster_health_number_of_nodes) < ${members}`,
    for: "15m",
    severity: "warning",
    summary: `Elasticsearch {{ $labels.cluster }} has {{ $value | printf "%.0f" }} of its ${members} members`,
    description:
      "A member is down, or is up and does not find the others. With half of them gone it answers nobody. Read that pod's log.",
  },
];

/**
 * Alerts on a store.
 *
 * @param members Of the stack's own. Undefined: somebody else's, who sees to its disks and its health himself.
 */
export const elasticsearchRules = (members: number | undefined): RuleGroup => ({
  name: "elasticsearch",
  rules: [
    silent,
    ...(members === undefined ? [] : common),
    ...(members === undefined || members === 1 ? [] : several(members)),
  ],
});
