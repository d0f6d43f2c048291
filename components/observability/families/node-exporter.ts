/**
 * node-exporter: a node's processors, memory, disks and clock (v1.12, as it shows them). Of the node's
 * network a pod with a network of its own sees nothing: that is the kubelet's to tell.
 */
import { familyOf } from "./types.ts";

/** {@inheritDoc goProgram} */
export const nodeExporter = familyOf([
  ["counter", "node_cpu_", "cpu mode", "seconds_total guest_seconds_total"],
  ["counter", "node_", "", "context_switches_total forks_total intr_total"],
  ["gauge", "node_", "", "load1 load5 load15 procs_running procs_blocked boot_time_seconds"],
  ["gauge", "node_", "", "time_seconds filefd_allocated filefd_maximum"],
  [
    "gauge",
    "node_memory_",
    "",
    "MemTotal_bytes MemFree_bytes MemAvailable_bytes Buffers_bytes Cached_bytes Active_bytes Inactive_bytes AnonPages_bytes Mapped_bytes Shmem_bytes Slab_bytes SReclaimable_bytes SUnreclaim_bytes Dirty_bytes Writeback_bytes CommitLimit_bytes Committed_AS_bytes SwapTotal_bytes SwapFree_bytes SwapCached_bytes",
  ],
  ["unknown", "node_vmstat_", "", "oom_kill pgfault pgmajfault pgpgin pgpgout pswpin pswpout"],
  [
    "gauge",
    "node_filesystem_",
    "device device_error fstype mountpoint",
    "avail_bytes free_bytes size_bytes files files_free readonly device_error",
  ],
  [
    "counter",
    "node_disk_",
    "device",
    "reads_completed_total read_bytes_total read_time_seconds_total writes_completed_total written_bytes_total write_time_seconds_total io_time_seconds_total io_time_weighted_seconds_total",
  ],
  ["gauge", "node_disk_", "device", "io_now"],
  [
    "counter",
    "node_pressure_",
    "",
    "cpu_waiting_seconds_total io_waiting_seconds_total io_stalled_seconds_total memory_waiting_seconds_total memory_stalled_seconds_total",
  ],
  [
    "gauge",
    "node_timex_",
    "",
    "offset_seconds sync_status maxerror_seconds estimated_error_seconds",
  ],
  ["gauge", "node_scrape_collector_", "collector", "success duration_seconds"],
]);
