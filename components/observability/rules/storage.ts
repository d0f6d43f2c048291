/** Alerts on claims: how full they are says the kubelet that has them mounted. */
import type { RuleGroup } from "./types.ts";

const left = "kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes";

/** Claims that fill. */
export const claimRules: RuleGroup = {
  name: "claims",
  rules: [
    {
      name: "ClaimFilling",
      expression: `${left} < 0.15`,
      for: "15m",
      severity: "warning",
      summary:
        "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left",
      description:
        "Make room or make the claim larger in the stack file (storage.size): most classes of disks grow without a restart.",
    },
    {
      name: "ClaimFull",
      expression: `${left} < 0.05`,
      for: "5m",
      severity: "critical",
      summary:
        "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is all but full: {{ $value | humanizePercentage }} left",
      description: "Whatever writes there fails soon. Make the claim larger now.",
    },
    {
      name: "ClaimWillFill",
      // Only what is already well used: a new claim that takes in its first data grows steeply.
      expression: `predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 24 * 3600) < 0 and (${left} < 0.4)`,
      for: "1h",
      severity: "warning",
      summary:
        "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} will be full within four days, at the rate of the last six hours",
      description:
        "Nothing fails yet. Find out what grows, or make the claim larger in the stack file.",
    },
    {
      name: "ClaimFilesFull",
      expression: "kubelet_volume_stats_inodes_free / kubelet_volume_stats_inodes < 0.05",
      for: "15m",
      severity: "warning",
      summary:
        "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has room for few more files: {{ $value | humanizePercentage }}",
      description: "Many small files fill a disk that has space left.",
    },
  ],
};

/** Claims that get no disk, from kube-state-metrics. */
export const claimStateRules: RuleGroup = {
  name: "claim-states",
  rules: [
    {
      name: "ClaimWithoutDisk",
      expression: 'kube_persistentvolumeclaim_status_phase{phase=~"Pending|Lost"} == 1',
      for: "30m",
      severity: "warning",
      summary:
        "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has no disk: {{ $labels.phase }}",
      description:
        "Its pods do not start. Pending: the storage class is missing or the cloud has no more. Lost: the disk is gone, and a backup is needed.",
    },
  ],
};
