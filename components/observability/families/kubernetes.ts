/** What Kubernetes' own programs export: kubelet, its cAdvisor, the API server (Kubernetes 1.3x). */
import { familyOf } from "./types.ts";

/** The kubelet of each node, `/metrics`: claims that are mounted there, pods, its run-time. */
export const kubelet = familyOf([
  [
    "gauge",
    "kubelet_volume_stats_",
    "namespace persistentvolumeclaim",
    "available_bytes capacity_bytes used_bytes inodes inodes_free inodes_used",
  ],
  ["gauge", "kubelet_container_log_filesystem_", "uid namespace pod container", "used_bytes"],
  ["gauge", "kubelet_", "", "running_pods"],
  ["gauge", "kubelet_", "container_state", "running_containers"],
  ["counter", "kubelet_", "operation_type", "runtime_operations_total"],
  ["counter", "kubelet_", "operation_type", "runtime_operations_errors_total"],
  ["counter", "kubelet_", "eviction_signal", "evictions"],
  ["histogram", "kubelet_", "", "pod_start_duration_seconds pleg_relist_duration_seconds"],
]);

const container = "namespace pod container id image name";

/** cAdvisor in the kubelet, `/metrics/cadvisor`: what containers use. */
export const cadvisor = familyOf([
  ["counter", "container_", `${container} cpu`, "cpu_usage_seconds_total"],
  [
    "counter",
    "container_cpu_cfs_",
    container,
    "periods_total throttled_periods_total throttled_seconds_total",
  ],
  [
    "gauge",
    "container_memory_",
    container,
    "working_set_bytes usage_bytes rss cache swap mapped_file max_usage_bytes",
  ],
  ["counter", "container_memory_", container, "failcnt"],
  ["counter", "container_", container, "oom_events_total"],
  [
    "gauge",
    "container_",
    container,
    "start_time_seconds last_seen processes threads sockets file_descriptors",
  ],
  [
    "gauge",
    "container_spec_",
    container,
    "cpu_period cpu_quota cpu_shares memory_limit_bytes memory_reservation_limit_bytes",
  ],
  [
    "counter",
    "container_network_",
    `${container} interface`,
    "receive_bytes_total receive_packets_total receive_errors_total receive_packets_dropped_total transmit_bytes_total transmit_packets_total transmit_errors_total transmit_packets_dropped_total",
  ],
  [
    "counter",
    "container_fs_",
    `${container} device`,
    "reads_total reads_bytes_total writes_total writes_bytes_total",
  ],
  ["gauge", "container_fs_", `${container} device`, "usage_bytes limit_bytes"],
  ["gauge", "machine_", "machine_id system_uuid boot_id", "cpu_cores memory_bytes"],
]);

const request = "verb group version resource subresource scope component";

/** The API server, `/metrics`. */
export const apiServer = familyOf([
  ["counter", "apiserver_", `${request} code dry_run`, "request_total"],
  ["histogram", "apiserver_", `${request} dry_run`, "request_duration_seconds"],
  ["gauge", "apiserver_", "request_kind", "current_inflight_requests"],
  ["gauge", "apiserver_", request, "longrunning_requests"],
  ["histogram", "etcd_", "operation group resource", "request_duration_seconds"],
]);
