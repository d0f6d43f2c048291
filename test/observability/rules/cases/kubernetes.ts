/** Cases of the alerts on workloads, nodes and claims' states. */
import type { AlertCases } from "./types.ts";

const container = 'namespace="skywire",pod="tpd-0",container="tpd",uid="1"';
const labels = { namespace: "skywire", pod: "tpd-0", container: "tpd", uid: "1" };
const budget = 'namespace="skywire",poddisruptionbudget="tpd-budget"';

/** {@inheritDoc AlertCases} */
export const workloadCases: AlertCases = {
  PodRestartLoop: {
    fires: {
      // One in eight minutes: up between two, and so in no crash loop that anybody would see.
      series: {
        [`kube_pod_container_status_restarts_total{${container}}`]:
          "0x7 1x7 2x7 3x7 4x7 5x7 6x7 7x7 8x7 9x7 10x7",
      },
      at: "80m",
      as: [{ labels, summary: "skywire/tpd-0 restarts over and over: 8 times in an hour" }],
    },
    silent: [
      // Four of an update, and then none.
      {
        series: {
          [`kube_pod_container_status_restarts_total{${container}}`]: "0x9 1x1 2x1 3x1 4x100",
        },
        at: "80m",
      },
    ],
  },
  PodRestartsAllDay: {
    fires: {
      // Every hour and a half: two in a row are in different hours.
      series: {
        [`kube_pod_container_status_restarts_total{${container}}`]: "0x89 1x89 2x89 3x89 4x89",
      },
      at: "370m",
      as: [{ labels, summary: "skywire/tpd-0 restarts all day: in 4 of the last six hours" }],
    },
    silent: [
      // Twenty within an hour, and none since.
      {
        series: {
          [`kube_pod_container_status_restarts_total{${container}}`]: "0x59 0+1x20 20x400",
        },
        at: "370m",
      },
    ],
  },
  PodCrashLooping: {
    fires: {
      // Kubelet's own words come and go with each try.
      series: {
        [`kube_pod_container_status_waiting_reason{${container},reason="CrashLoopBackOff"}`]:
          "1 1 0 1 1 1 0 1 1 1 1 0 1 1 1 1 1 0 1 1 1",
      },
      at: "20m",
      as: [
        {
          labels: { ...labels, reason: "CrashLoopBackOff" },
          summary: "skywire/tpd-0 does not come up: container tpd is in CrashLoopBackOff",
        },
      ],
    },
    silent: [
      {
        series: {
          [`kube_pod_container_status_waiting_reason{${container},reason="CrashLoopBackOff"}`]:
            "1x6 0x20",
        },
        at: "20m",
      },
      {
        series: {
          [`kube_pod_container_status_waiting_reason{${container},reason="ContainerCreating"}`]:
            "1x30",
        },
        at: "20m",
      },
    ],
  },
  PodImageMissing: {
    fires: {
      series: {
        [`kube_pod_container_status_waiting_reason{${container},reason="ImagePullBackOff"}`]:
          "1x20",
      },
      at: "15m",
      as: [
        {
          labels: { ...labels, reason: "ImagePullBackOff" },
          summary: "skywire/tpd-0 cannot pull the image of tpd",
        },
      ],
    },
    silent: [
      {
        series: {
          [`kube_pod_container_status_waiting_reason{${container},reason="ErrImagePull"}`]:
            "1x2 0x20",
        },
        at: "15m",
      },
    ],
  },
  PodNotStarting: {
    fires: {
      series: {
        'kube_pod_status_phase{namespace="skywire",pod="tpd-0",uid="1",phase="Pending"}': "1x20",
      },
      at: "16m",
      as: [
        {
          labels: { namespace: "skywire", pod: "tpd-0" },
          summary: "skywire/tpd-0 has waited a quarter of an hour to start",
        },
      ],
    },
    silent: [
      {
        series: {
          'kube_pod_status_phase{namespace="skywire",pod="tpd-0",uid="1",phase="Pending"}':
            "1x5 0x20",
        },
        at: "16m",
      },
    ],
  },
  ContainerOutOfMemory: {
    fires: {
      series: {
        [`kube_pod_container_status_restarts_total{${container}}`]: "0x9 1x20",
        [`kube_pod_container_status_last_terminated_reason{${container},reason="OOMKilled"}`]:
          "_x9 1x20",
      },
      at: "15m",
      as: [{ labels, summary: "skywire/tpd-0: container tpd was ended at its limit of memory" }],
    },
    silent: [
      // It ended of itself.
      {
        series: {
          [`kube_pod_container_status_restarts_total{${container}}`]: "0x9 1x20",
          [`kube_pod_container_status_last_terminated_reason{${container},reason="Error"}`]:
            "_x9 1x20",
        },
        at: "15m",
      },
      // Long ago.
      {
        series: {
          [`kube_pod_container_status_restarts_total{${container}}`]: "1x60",
          [`kube_pod_container_status_last_terminated_reason{${container},reason="OOMKilled"}`]:
            "1x60",
        },
        at: "50m",
      },
    ],
  },
  DeploymentShort: {
    fires: {
      series: {
        'kube_deployment_spec_replicas{namespace="skywire",deployment="sd"}': "2x20",
        'kube_deployment_status_replicas_available{namespace="skywire",deployment="sd"}': "1x20",
      },
      at: "16m",
      as: [
        {
          labels: { namespace: "skywire", deployment: "sd" },
          summary: "skywire/sd has 1 pods available, fewer than it should",
        },
      ],
    },
    silent: [
      // An update with a pod more than wanted.
      {
        series: {
          'kube_deployment_spec_replicas{namespace="skywire",deployment="sd"}': "2x20",
          'kube_deployment_status_replicas_available{namespace="skywire",deployment="sd"}': "3x20",
        },
        at: "16m",
      },
    ],
  },
  StatefulSetShort: {
    fires: {
      series: {
        'kube_statefulset_replicas{namespace="skywire",statefulset="postgres"}': "1x20",
        'kube_statefulset_status_replicas_ready{namespace="skywire",statefulset="postgres"}':
          "0x20",
      },
      at: "16m",
      as: [
        {
          labels: { namespace: "skywire", statefulset: "postgres" },
          summary: "skywire/postgres has 0 pods ready, fewer than it should",
        },
      ],
    },
    silent: [
      // Parked.
      {
        series: {
          'kube_statefulset_replicas{namespace="skywire",statefulset="postgres"}': "0x20",
          'kube_statefulset_status_replicas_ready{namespace="skywire",statefulset="postgres"}':
            "0x20",
        },
        at: "16m",
      },
    ],
  },
  DaemonSetShort: {
    fires: {
      series: {
        'kube_daemonset_status_desired_number_scheduled{namespace="logs",daemonset="filebeat"}':
          "4x20",
        'kube_daemonset_status_number_ready{namespace="logs",daemonset="filebeat"}': "3x20",
      },
      at: "16m",
      as: [
        {
          labels: { namespace: "logs", daemonset: "filebeat" },
          summary: "logs/filebeat is ready on 3 nodes, fewer than it should",
        },
      ],
    },
    silent: [
      {
        series: {
          'kube_daemonset_status_desired_number_scheduled{namespace="logs",daemonset="filebeat"}':
            "4x20",
          'kube_daemonset_status_number_ready{namespace="logs",daemonset="filebeat"}': "4x20",
        },
        at: "16m",
      },
    ],
  },
  JobFailed: {
    fires: {
      series: {
        'kube_job_failed{namespace="skywire",job_name="postgres-backup-1",condition="true"}': "1x5",
        // It went well the night before.
        'kube_job_owner{namespace="skywire",job_name="postgres-backup-1",owner_kind="CronJob",owner_name="postgres-backup",owner_is_controller="true"}':
          "1x5",
        'kube_job_created{namespace="skywire",job_name="postgres-backup-1"}': "90000x5",
        'kube_cronjob_status_last_successful_time{namespace="skywire",cronjob="postgres-backup"}':
          "1000x5",
      },
      at: "2m",
      as: [
        {
          labels: { namespace: "skywire", job_name: "postgres-backup-1", condition: "true" },
          summary: "skywire/postgres-backup-1 has failed",
        },
      ],
    },
    silent: [
      {
        series: {
          'kube_job_failed{namespace="skywire",job_name="postgres-backup-1",condition="true"}':
            "0x5",
          'kube_job_failed{namespace="skywire",job_name="postgres-backup-1",condition="false"}':
            "1x5",
        },
        at: "2m",
      },
      // The next run went well.
      {
        series: {
          'kube_job_failed{namespace="skywire",job_name="postgres-backup-1",condition="true"}':
            "1x5",
          'kube_job_owner{namespace="skywire",job_name="postgres-backup-1",owner_kind="CronJob",owner_name="postgres-backup",owner_is_controller="true"}':
            "1x5",
          'kube_job_created{namespace="skywire",job_name="postgres-backup-1"}': "1000x5",
          'kube_cronjob_status_last_successful_time{namespace="skywire",cronjob="postgres-backup"}':
            "90000x5",
        },
        at: "2m",
      },
    ],
  },
  BudgetBlocking: {
    fires: {
      series: {
        [`kube_poddisruptionbudget_status_pod_disruptions_allowed{${budget}}`]: "0x40",
        [`kube_poddisruptionbudget_status_desired_healthy{${budget}}`]: "1x40",
        [`kube_poddisruptionbudget_status_expected_pods{${budget}}`]: "2x40",
      },
      at: "35m",
      as: [
        {
          labels: { namespace: "skywire", poddisruptionbudget: "tpd-budget" },
          summary: "skywire/tpd-budget allows no eviction: its pods are too few",
        },
      ],
    },
    silent: [
      // One that never allows any, as a miner's.
      {
        series: {
          [`kube_poddisruptionbudget_status_pod_disruptions_allowed{${budget}}`]: "0x40",
          [`kube_poddisruptionbudget_status_desired_healthy{${budget}}`]: "1x40",
          [`kube_poddisruptionbudget_status_expected_pods{${budget}}`]: "1x40",
        },
        at: "35m",
      },
      // As long as an update takes.
      {
        series: {
          [`kube_poddisruptionbudget_status_pod_disruptions_allowed{${budget}}`]: "0x10 1x40",
          [`kube_poddisruptionbudget_status_desired_healthy{${budget}}`]: "1x50",
          [`kube_poddisruptionbudget_status_expected_pods{${budget}}`]: "2x50",
        },
        at: "35m",
      },
    ],
  },
};

/** {@inheritDoc AlertCases} */
export const nodeStateCases: AlertCases = {
  NodeNotReady: {
    fires: {
      series: {
        'kube_node_status_condition{node="dmsg-1",condition="Ready",status="true"}': "0x10",
        'kube_node_status_condition{node="dmsg-2",condition="Ready",status="true"}': "1x10",
      },
      at: "6m",
      as: [
        {
          labels: { node: "dmsg-1", condition: "Ready", status: "true" },
          summary: "Node dmsg-1 is not ready",
        },
      ],
    },
    silent: [
      // A machine that starts again.
      {
        series: {
          'kube_node_status_condition{node="dmsg-1",condition="Ready",status="true"}': "0x3 1x10",
        },
        at: "6m",
      },
    ],
  },
  NodePressure: {
    fires: {
      series: {
        'kube_node_status_condition{node="n",condition="DiskPressure",status="true"}': "1x10",
      },
      at: "6m",
      as: [
        {
          labels: { node: "n", condition: "DiskPressure", status: "true" },
          summary: "Node n is under DiskPressure",
        },
      ],
    },
    silent: [
      {
        series: {
          'kube_node_status_condition{node="n",condition="DiskPressure",status="false"}': "1x10",
          'kube_node_status_condition{node="n",condition="Ready",status="true"}': "1x10",
        },
        at: "6m",
      },
    ],
  },
  NodeCordoned: {
    fires: {
      series: { 'kube_node_spec_unschedulable{node="dmsg-1"}': "1x1500" },
      at: "1445m",
      as: [{ labels: { node: "dmsg-1" }, summary: "Node dmsg-1 has taken no new pods for a day" }],
    },
    silent: [
      // An upgrade, twice a day.
      { series: { 'kube_node_spec_unschedulable{node="dmsg-1"}': "1x700 0 1x800" }, at: "1445m" },
    ],
  },
};

/** {@inheritDoc AlertCases} */
export const claimStateCases: AlertCases = {
  ClaimWithoutDisk: {
    fires: {
      series: {
        'kube_persistentvolumeclaim_status_phase{namespace="skywire",persistentvolumeclaim="data",phase="Lost"}':
          "1x40",
      },
      at: "35m",
      as: [
        {
          labels: { namespace: "skywire", persistentvolumeclaim: "data", phase: "Lost" },
          summary: "skywire/data has no disk: Lost",
        },
      ],
    },
    silent: [
      {
        series: {
          'kube_persistentvolumeclaim_status_phase{namespace="skywire",persistentvolumeclaim="data",phase="Pending"}':
            "1x3 0x40",
          'kube_persistentvolumeclaim_status_phase{namespace="skywire",persistentvolumeclaim="data",phase="Bound"}':
            "0x3 1x40",
        },
        at: "35m",
      },
    ],
  },
};
