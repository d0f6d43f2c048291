/** What every program has that is written in Go with Prometheus' library. */
import { familyOf } from "./types.ts";

/** Metrics of a process and of its run-time (client_golang, as its programs show them). */
export const goProgram = familyOf([
  ["counter", "process_", "", "cpu_seconds_total"],
  [
    "gauge",
    "process_",
    "",
    "max_fds open_fds resident_memory_bytes start_time_seconds virtual_memory_bytes",
  ],
  ["gauge", "go_", "", "goroutines threads"],
  ["gauge", "go_", "version", "info"],
  ["summary", "go_", "", "gc_duration_seconds"],
  ["counter", "go_memstats_", "", "alloc_bytes_total frees_total mallocs_total"],
  [
    "gauge",
    "go_memstats_",
    "",
    "alloc_bytes heap_alloc_bytes heap_idle_bytes heap_inuse_bytes heap_objects heap_released_bytes heap_sys_bytes last_gc_time_seconds next_gc_bytes stack_inuse_bytes sys_bytes",
  ],
]);
