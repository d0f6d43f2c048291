/** Alerts on workloads, Jobs and budgets of every namespace, from kube-state-metrics. */
import type { RuleGroup } from "./types.ts";

/**
 * When a CronJob's Jobs were made, if the CronJob has succeeded since: what failed once and went well the next time is
 * mended, and its failed Job stays for days.
 */
const madeUpFor =
  'label_replace(kube_job_owner{owner_kind="CronJob"}, "cronjob", "$1", "owner_name", "(.+)") * on (namespace, job_name) group_left () kube_job_created < on (namespace, cronjob) group_left () kube_cronjob_status_last_successful_time';

/** Workloads that do not run as they should. */
export const workloadRules: RuleGroup = {
  name: "workloads",
  rules: [
    {
      name: "PodRestartLoop",
      // Six in an hour: kubelet waits five minutes at most between two, which are twelve.
      expression: "increase(kube_pod_container_status_restarts_total[1h]) > 5",
      for: "5m",
      severity: "warning",
      summary:
        '{{ $labels.namespace }}/{{ $labels.pod }} restarts over and over: {{ $value | printf "%.0f" }} times in an hour',
      description:
        "A container ends again and again. A pod that is up between two ends may look healthy: read the log of the run before (kubectl logs --previous) and the reason of its end (kubectl describe pod).",
    },
    {
      name: "PodRestartsAllDay",
      // Too slow for a loop, and never over: in at least four of the last six hours. A burst is in one or two.
      expression:
        "sum_over_time((increase(kube_pod_container_status_restarts_total[1h]) > bool 0)[6h:1h]) > 3",
      for: "5m",
      severity: "warning",
      summary:
        '{{ $labels.namespace }}/{{ $labels.pod }} restarts all day: in {{ $value | printf "%.0f" }} of the last six hours',
      description:
        "A container ends every hour or so: a slow leak of memory, a check that fails now and then, a store that goes away. Read the log of the run before (kubectl logs --previous).",
    },
    {
      name: "PodCrashLooping",
      expression:
        'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) > 0',
      for: "15m",
      severity: "critical",
      summary:
        "{{ $labels.namespace }}/{{ $labels.pod }} does not come up: container {{ $labels.container }} is in CrashLoopBackOff",
      description:
        "The container ends soon after each start. Read the log of the run before, then the last change to its image, config or secrets.",
    },
    {
      name: "PodImageMissing",
      expression:
        'max_over_time(kube_pod_container_status_waiting_reason{reason=~"ErrImagePull|ImagePullBackOff|InvalidImageName"}[5m]) > 0',
      for: "10m",
      severity: "warning",
      summary:
        "{{ $labels.namespace }}/{{ $labels.pod }} cannot pull the image of {{ $labels.container }}",
      description:
        "The registry refuses the log-in, does not answer, or has no such image. Running pods go on; none can be replaced.",
    },
    {
      name: "PodNotStarting",
      expression: 'sum by (namespace, pod) (kube_pod_status_phase{phase="Pending"}) > 0',
      for: "15m",
      severity: "warning",
      summary: "{{ $labels.namespace }}/{{ $labels.pod }} has waited a quarter of an hour to start",
      description:
        "No node takes it, its disk does not come, or an init container does not end. The events of the pod say which.",
    },
    {
      name: "ContainerOutOfMemory",
      expression:
        'increase(kube_pod_container_status_restarts_total[15m]) > 0 and on (namespace, pod, container) kube_pod_container_status_last_terminated_reason{reason="OOMKilled"} == 1',
      severity: "warning",
      summary:
        "{{ $labels.namespace }}/{{ $labels.pod }}: container {{ $labels.container }} was ended at its limit of memory",
      description:
        "It asked for more memory than its limit. Raise the limit, or find what grows: the dashboard of workloads shows its use over time.",
    },
    {
      name: "DeploymentShort",
      expression: "kube_deployment_status_replicas_available < kube_deployment_spec_replicas",
      for: "15m",
      severity: "warning",
      summary:
        '{{ $labels.namespace }}/{{ $labels.deployment }} has {{ $value | printf "%.0f" }} pods available, fewer than it should',
      description:
        "Pods do not start, are not ready, or an update has stopped half-way. kubectl rollout status says which.",
    },
    {
      name: "StatefulSetShort",
      expression: "kube_statefulset_status_replicas_ready < kube_statefulset_replicas",
      for: "15m",
      severity: "critical",
      summary:
        '{{ $labels.namespace }}/{{ $labels.statefulset }} has {{ $value | printf "%.0f" }} pods ready, fewer than it should',
      description:
        "A store or another pod with a disk is not ready: whatever needs it fails. Look at the pod's events, its disk and its node.",
    },
    {
      name: "DaemonSetShort",
      expression:
        "kube_daemonset_status_number_ready < kube_daemonset_status_desired_number_scheduled",
      for: "15m",
      severity: "warning",
      summary:
        '{{ $labels.namespace }}/{{ $labels.daemonset }} is ready on {{ $value | printf "%.0f" }} nodes, fewer than it should',
      description: "A node lacks a pod that each should have: its logs or its metrics are missing.",
    },
    {
      name: "JobFailed",
      expression: `kube_job_failed{condition="true"} == 1 unless on (namespace, job_name) (${madeUpFor})`,
      severity: "warning",
      summary: "{{ $labels.namespace }}/{{ $labels.job_name }} has failed",
      description:
        "A Job has used up its tries. Read its log, then delete it: the alert stays as long as the Job does, or until the next run of its CronJob succeeds.",
    },
    {
      name: "BudgetBlocking",
      // A budget that never allows anything is meant so, and seen in review: here one blocks that else does not.
      expression:
        "(kube_poddisruptionbudget_status_pod_disruptions_allowed == 0) and on (namespace, poddisruptionbudget) (kube_poddisruptionbudget_status_desired_healthy < kube_poddisruptionbudget_status_expected_pods)",
      for: "30m",
      severity: "warning",
      summary:
        "{{ $labels.namespace }}/{{ $labels.poddisruptionbudget }} allows no eviction: its pods are too few",
      description:
        "No node with a pod of this budget can be drained: upgrades and repairs of nodes wait. Bring the pods that are not ready back.",
    },
  ],
};

/** Nodes as the API server sees them. */
export const nodeStateRules: RuleGroup = {
  name: "nodes",
  rules: [
    {
      name: "NodeNotReady",
      expression: 'kube_node_status_condition{condition="Ready",status="true"} == 0',
      for: "5m",
      severity: "critical",
      summary: "Node {{ $labels.node }} is not ready",
      description:
        "Its kubelet does not answer: its pods are moved after a while, but for those that are pinned to it.",
    },
    {
      name: "NodePressure",
      expression:
        'kube_node_status_condition{condition=~"MemoryPressure|DiskPressure|PIDPressure",status="true"} == 1',
      for: "5m",
      severity: "warning",
      summary: "Node {{ $labels.node }} is under {{ $labels.condition }}",
      description: "It takes no new pods and evicts some of those that it has.",
    },
    {
      name: "NodeCordoned",
      expression: "kube_node_spec_unschedulable == 1",
      for: "1d",
      severity: "warning",
      summary: "Node {{ $labels.node }} has taken no new pods for a day",
      description:
        "Somebody cordoned or drained it and did not let it go on, or its exchange has stopped half-way. What is pinned to it cannot start again.",
    },
  ],
};
