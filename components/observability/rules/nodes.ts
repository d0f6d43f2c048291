/** Alerts on the machines themselves, from node-exporter. */
import type { RuleGroup } from "./types.ts";

/** File systems of the machine: not those of containers, and none in memory. */
const disks = 'fstype!~"tmpfs|overlay|squashfs|ramfs"';

/** Machines that run out of something. */
export const machineRules: RuleGroup = {
  name: "machines",
  rules: [
    {
      name: "NodeDiskFilling",
      expression: `node_filesystem_avail_bytes{${disks}} / node_filesystem_size_bytes{${disks}} < 0.1 and node_filesystem_readonly{${disks}} == 0`,
      for: "15m",
      severity: "warning",
      summary:
        "{{ $labels.mountpoint }} of node {{ $labels.node }} has {{ $value | humanizePercentage }} left",
      description:
        "Images, logs and scratch folders share it. Kubelet starts to evict pods soon: free it or exchange the node.",
    },
    {
      name: "NodeFilesFilling",
      expression: `node_filesystem_files_free{${disks}} / node_filesystem_files{${disks}} < 0.05 and node_filesystem_readonly{${disks}} == 0`,
      for: "15m",
      severity: "warning",
      summary:
        "{{ $labels.mountpoint }} of node {{ $labels.node }} has room for few more files: {{ $value | humanizePercentage }}",
      description: "Many small files fill a disk that has space left. Find the folder that grows.",
    },
    {
      name: "NodeMemoryFull",
      expression: "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.05",
      for: "15m",
      severity: "warning",
      summary: "Node {{ $labels.node }} has {{ $value | humanizePercentage }} of its memory left",
      description:
        "The kernel ends processes next. Pods without a limit of memory are the first to look at.",
    },
    {
      name: "NodeClockOff",
      // Without its word rtcsync chrony follows the time and never says so (sync_status): the error then stays small.
      // At 16 seconds the kernel stops counting it: nobody has set the clock for hours, or ever.
      expression:
        "abs(node_timex_offset_seconds) > 0.1 or (node_timex_sync_status == 0 and node_timex_maxerror_seconds >= 16)",
      for: "30m",
      severity: "warning",
      summary: "The clock of node {{ $labels.node }} is off, or follows no other",
      description:
        "Tokens, certificates and signatures with times fail one after the other. Look at the node's time service.",
    },
  ],
};
