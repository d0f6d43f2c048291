/** Cases of the alerts on Elasticsearch, and on logs that no longer arrive. */
import type { AlertCases, Series } from "./types.ts";

const cluster = 'cluster="fleet-logs"';
const member = (name: string): string => `${cluster},name="${name}"`;

const health = (colour: string, values: string): Series => ({
  [`elasticsearch_cluster_health_status{${cluster},color="${colour}"}`]: values,
});

const nodes = (values: string): Series => ({
  [`elasticsearch_cluster_health_number_of_nodes{${cluster}}`]: values,
});

const exporter = 'workload="elasticsearch-exporter",job="exporters"';
const taken = (family: string, day: string, values: string): Series => ({
  [`elasticsearch_index_stats_indexing_index_total{${cluster},index=".ds-${family}-logs-2026.11.${day}-000001"}`]:
    values,
});

const gibibyte = 2 ** 30;
const disk = (name: string, size: number, available: number): Series => ({
  [`elasticsearch_filesystem_data_size_bytes{${member(name)},mount="/data"}`]: `${size * gibibyte}x30`,
  [`elasticsearch_filesystem_data_available_bytes{${member(name)},mount="/data"}`]: `${available * gibibyte}x30`,
});

const heap = (used: string): Series => ({
  [`elasticsearch_jvm_memory_pool_used_bytes{${member("elasticsearch-0")},pool="old"}`]: used,
  [`elasticsearch_jvm_memory_pool_max_bytes{${member("elasticsearch-0")},pool="old"}`]: "1000x60",
  // Objects that have just been made fill theirs all the time.
  [`elasticsearch_jvm_memory_pool_used_bytes{${member("elasticsearch-0")},pool="young"}`]:
    "1000x60",
});

const rejected = (type: string, values: string): Series => ({
  [`elasticsearch_thread_pool_rejected_count{${member("elasticsearch-0")},type="${type}"}`]: values,
});

/** {@inheritDoc AlertCases} */
export const elasticsearchCases: AlertCases = {
  ElasticsearchSilent: {
    fires: {
      series: { [`up{${exporter}}`]: "1x40", ...nodes("3x10 _x30") },
      at: "30m",
      as: [
        {
          labels: { workload: "elasticsearch-exporter", job: "exporters" },
          summary: "Elasticsearch does not answer its exporter",
        },
      ],
    },
    silent: [
      {
        series: {
          [`up{${exporter}}`]: "1x40",
          ...nodes("3x40"),
          ...taken("skywire", "22", "5x40"),
        },
        at: "30m",
      },
      // An election of a master, a member that is updated.
      {
        series: {
          [`up{${exporter}}`]: "1x40",
          ...nodes("3x10 _x5 3x30"),
          ...taken("skywire", "22", "5x10 _x5 5x30"),
        },
        at: "30m",
      },
      // The exporter itself is down: TargetDown and ExporterMissing tell it.
      { series: { [`up{${exporter}}`]: "0x40" }, at: "30m" },
    ],
  },
  ElasticsearchRed: {
    fires: {
      series: health("red", "0x5 1x20"),
      at: "15m",
      as: [
        {
          labels: { cluster: "fleet-logs" },
          summary: "Elasticsearch fleet-logs is red: an index lacks a part of its lines",
        },
      ],
    },
    silent: [
      { series: health("red", "0x20"), at: "15m" },
      // A new index is red until its first part has been given a place.
      { series: health("red", "0x5 1x2 0x20"), at: "15m" },
    ],
  },
  ElasticsearchDiskFilling: {
    fires: {
      // Of a large disk, that it is 9 % full is no fault; of 3,000 GiB, 140 are less than Elasticsearch wants.
      series: { ...disk("elasticsearch-0", 60, 4.5), ...disk("elasticsearch-1", 3000, 140) },
      at: "15m",
      as: [
        {
          labels: { cluster: "fleet-logs", name: "elasticsearch-0" },
          summary:
            "elasticsearch-0 of Elasticsearch has 7.5% of its disk left: it moves lines away, where it can",
        },
        {
          labels: { cluster: "fleet-logs", name: "elasticsearch-1" },
          summary:
            "elasticsearch-1 of Elasticsearch has 4.667% of its disk left: it moves lines away, where it can",
        },
      ],
    },
    silent: [
      {
        series: { ...disk("elasticsearch-0", 60, 9), ...disk("elasticsearch-1", 3000, 160) },
        at: "15m",
      },
    ],
  },
  ElasticsearchReadOnly: {
    fires: {
      series: { elasticsearch_indices_settings_stats_read_only_indices: "0x5 2x10" },
      at: "10m",
      as: [
        {
          labels: {},
          summary: "Elasticsearch takes no more lines: 2 indices of logs are read-only",
        },
      ],
    },
    silent: [
      { series: { elasticsearch_indices_settings_stats_read_only_indices: "0x20" }, at: "10m" },
    ],
  },
  ElasticsearchHeapFull: {
    fires: {
      series: heap("900x60"),
      at: "20m",
      as: [
        {
          labels: { cluster: "fleet-logs", name: "elasticsearch-0" },
          summary:
            "The heap of elasticsearch-0 of Elasticsearch stays full: 90% after each collection",
        },
      ],
    },
    silent: [
      // It fills, is collected, and fills again.
      { series: heap("900x9 300 900x9 300 900x9 300 900x9"), at: "35m" },
    ],
  },
  ElasticsearchWritesRejected: {
    fires: {
      series: rejected("write", "0+1x60"),
      at: "40m",
      as: [
        {
          labels: { cluster: "fleet-logs", name: "elasticsearch-0" },
          summary:
            "elasticsearch-0 of Elasticsearch refuses lines, as too many come at once: 15 times in a quarter of an hour",
        },
      ],
    },
    silent: [
      // Once, and shippers send again.
      { series: rejected("write", "0x10 4x50"), at: "30m" },
      { series: rejected("search", "0+1x60"), at: "40m" },
    ],
  },
  ElasticsearchYellow: {
    fires: {
      series: health("yellow", "1x90"),
      at: "61m",
      as: [
        {
          labels: { cluster: "fleet-logs" },
          summary: "Elasticsearch fleet-logs is yellow: lines lack their copies",
        },
      ],
    },
    silent: [
      // Three members that are updated one after the other.
      { series: health("yellow", "1x15 0x2 1x15 0x2 1x15 0x60"), at: "61m" },
    ],
  },
  ElasticsearchMembersMissing: {
    fires: {
      series: nodes("3x5 2x30"),
      at: "25m",
      as: [
        {
          labels: { cluster: "fleet-logs" },
          summary: "Elasticsearch fleet-logs has 2 of its 3 members",
        },
      ],
    },
    silent: [
      { series: nodes("3x40"), at: "25m" },
      // A member that is updated.
      { series: nodes("3x5 2x8 3x30"), at: "25m" },
      // All of them start.
      { series: nodes("1x3 2x4 3x40"), at: "15m" },
    ],
  },
};

/** What the kubelet tells of a container's files: they grow, or they do not. */
const writes = (namespace: string, container: string, values: string): Series => ({
  [`kubelet_container_log_filesystem_used_bytes{namespace="${namespace}",pod="p",container="${container}",node="node-1"}`]:
    values,
});

const writing = {
  ...writes("skywire", "tpd", "0+4096x90"),
  ...writes("spacemesh", "miner", "0+4096x90"),
};

/** Elasticsearch takes lines of both families. */
const arriving = { ...taken("skywire", "22", "0+9x90"), ...taken("sm", "22", "0+9x90") };

/** Vector reads, and gets rid of what it reads. */
const shipping: Series = {
  'vector_component_received_events_total{component_id="whose",node="node-1"}': "0+9x90",
  // Each pod writes now and then: its count begins anew each time, and nothing follows from it.
  'vector_component_received_events_total{component_id="pods",pod_name="tpd-0",node="node-1"}':
    "1x4 _x8 1x4 _x8 1x4 _x8 1x4 _x8 1x4 _x8 1x4 _x8",
  'vector_component_sent_events_total{component_id="to-main",node="node-1"}': "0+9x90",
  'vector_buffer_size_bytes{buffer_id="to-main",stage="0",node="node-1"}': "100x90",
};

/** {@inheritDoc AlertCases} */
export const logsCases: AlertCases = {
  LogsNotArriving: {
    fires: {
      series: {
        ...writing,
        ...shipping,
        // Of one family nothing comes in any more, though its members go on counting others'.
        ...taken("skywire", "22", "0+9x90"),
        ...taken("sm", "21", "700x90"),
        ...taken("sm", "22", "0+9x10 90x80"),
        // A sink on one node stands still, with lines before it; it has never sent any.
        'vector_buffer_size_bytes{buffer_id="to-main",stage="0",node="node-2"}': "100x90",
      },
      at: "60m",
      as: [
        {
          labels: { family: "sm" },
          summary: "Half an hour without lines of logs: sm   ",
        },
        {
          labels: { buffer_id: "to-main", node: "node-2" },
          summary: "Half an hour without lines of logs:  to-main  node-2",
        },
      ],
    },
    silent: [
      { series: { ...writing, ...arriving, ...shipping }, at: "60m" },
      // Nobody writes: the stack is parked, or only containers do whose lines nobody asked for.
      {
        series: {
          ...shipping,
          ...taken("skywire", "22", "90x90"),
          ...taken("sm", "22", "90x90"),
          ...writes("skywire", "tpd", "8192x90"),
          ...writes("spacemesh", "sidecar", "0+4096x90"),
          'vector_buffer_size_bytes{buffer_id="to-main",stage="0",node="node-2"}': "100x90",
        },
        at: "60m",
      },
      // The first minutes: programs write, and shippers are on their way.
      {
        series: {
          ...writing,
          ...shipping,
          ...taken("skywire", "22", "0x12 0+9x60"),
          ...taken("sm", "22", "0x12 0+9x60"),
        },
        at: "25m",
      },
      // At midnight an index is followed by another, and a member starts anew, from whose count nothing follows.
      {
        series: {
          ...writing,
          ...shipping,
          ...taken("skywire", "22", "0+9x40 360x50"),
          ...taken("skywire", "23", "_x40 0+9x50"),
          ...taken("sm", "22", "0+9x40 0+9x50"),
        },
        at: "75m",
      },
      // A sink that has nothing to send.
      {
        series: {
          ...writing,
          ...arriving,
          ...shipping,
          'vector_buffer_size_bytes{buffer_id="to-archive",stage="0",node="node-1"}': "0x90",
        },
        at: "60m",
      },
    ],
  },
};
