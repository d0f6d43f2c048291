/** kube-state-metrics: the cluster's objects, of just the kinds that it may list (v2.18, its docs/metrics). */
import { familyOf } from "./types.ts";

const container = "namespace pod uid container";
const pod = "namespace pod uid";
const cronJob = "namespace cronjob";
const job = "namespace job_name";
const deployment = "namespace deployment";
const statefulSet = "namespace statefulset";
const daemonSet = "namespace daemonset";
const replicaSet = "namespace replicaset";
const autoscaler = "namespace horizontalpodautoscaler";
const budget = "namespace poddisruptionbudget";
const claim = "namespace persistentvolumeclaim";
const volume = "persistentvolume";

/** {@inheritDoc goProgram} */
export const kubeState = familyOf([
  ["gauge", "kube_cronjob_", `${cronJob} schedule concurrency_policy timezone`, "info"],
  [
    "gauge",
    "kube_cronjob_",
    cronJob,
    "created next_schedule_time status_active status_last_schedule_time status_last_successful_time spec_suspend spec_starting_deadline_seconds metadata_resource_version spec_successful_job_history_limit spec_failed_job_history_limit",
  ],
  ["gauge", "kube_job_", `${job} owner_kind owner_name owner_is_controller`, "owner"],
  ["gauge", "kube_job_", `${job} reason`, "status_failed"],
  ["gauge", "kube_job_", `${job} condition`, "complete failed"],
  [
    "gauge",
    "kube_job_",
    job,
    "info spec_parallelism spec_completions spec_active_deadline_seconds status_active status_succeeded status_start_time status_completion_time status_suspended status_ready created",
  ],
  [
    "gauge",
    "kube_daemonset_",
    daemonSet,
    "created status_current_number_scheduled status_desired_number_scheduled status_number_available status_number_misscheduled status_number_ready status_number_unavailable status_observed_generation status_updated_number_scheduled metadata_generation",
  ],
  ["gauge", "kube_deployment_", `${deployment} reason condition status`, "status_condition"],
  [
    "gauge",
    "kube_deployment_",
    deployment,
    "created status_replicas status_replicas_ready status_replicas_available status_replicas_unavailable status_replicas_updated status_observed_generation spec_replicas spec_paused spec_strategy_rollingupdate_max_unavailable spec_strategy_rollingupdate_max_surge metadata_generation",
  ],
  [
    "gauge",
    "kube_statefulset_",
    `${statefulSet} revision`,
    "status_current_revision status_update_revision",
  ],
  [
    "gauge",
    "kube_statefulset_",
    statefulSet,
    "created replicas status_replicas status_replicas_current status_replicas_ready status_replicas_available status_replicas_updated status_observed_generation metadata_generation",
  ],
  ["gauge", "kube_replicaset_", `${replicaSet} owner_kind owner_name owner_is_controller`, "owner"],
  [
    "gauge",
    "kube_replicaset_",
    replicaSet,
    "created status_replicas status_ready_replicas status_observed_generation spec_replicas metadata_generation",
  ],
  [
    "gauge",
    "kube_horizontalpodautoscaler_",
    `${autoscaler} scaletargetref_api_version scaletargetref_kind scaletargetref_name`,
    "info",
  ],
  ["gauge", "kube_horizontalpodautoscaler_", `${autoscaler} condition status`, "status_condition"],
  [
    "gauge",
    "kube_horizontalpodautoscaler_",
    `${autoscaler} metric_name metric_target_type`,
    "spec_target_metric status_target_metric",
  ],
  [
    "gauge",
    "kube_horizontalpodautoscaler_",
    autoscaler,
    "spec_max_replicas spec_min_replicas status_current_replicas status_desired_replicas metadata_generation",
  ],
  [
    "gauge",
    "kube_poddisruptionbudget_",
    budget,
    "created status_current_healthy status_desired_healthy status_pod_disruptions_allowed status_expected_pods status_observed_generation",
  ],
  ["gauge", "kube_persistentvolumeclaim_", `${claim} storageclass volumename volumemode`, "info"],
  ["gauge", "kube_persistentvolumeclaim_", `${claim} phase`, "status_phase"],
  ["gauge", "kube_persistentvolumeclaim_", `${claim} access_mode`, "access_mode"],
  ["gauge", "kube_persistentvolumeclaim_", claim, "resource_requests_storage_bytes created"],
  ["gauge", "kube_persistentvolume_", `${volume} phase`, "status_phase"],
  ["gauge", "kube_persistentvolume_", `${volume} claim_namespace name`, "claim_ref"],
  ["gauge", "kube_persistentvolume_", volume, "capacity_bytes created"],
  ["gauge", "kube_", "namespace resourcequota resource type", "resourcequota"],
  ["gauge", "kube_namespace_", "namespace phase", "status_phase"],
  ["gauge", "kube_namespace_", "namespace", "created"],
  ["gauge", "kube_node_", "node condition status", "status_condition"],
  ["gauge", "kube_node_", "node resource unit", "status_capacity status_allocatable"],
  ["gauge", "kube_node_", "node key value effect", "spec_taint"],
  ["gauge", "kube_node_", "node role", "role"],
  ["gauge", "kube_node_", "node type address", "status_addresses"],
  ["gauge", "kube_node_", "node label_fleet_pool label_fleet_slot", "labels"],
  [
    "gauge",
    "kube_node_",
    "node kernel_version os_image container_runtime_version kubelet_version kubeproxy_version pod_cidr provider_id system_uuid internal_ip",
    "info",
  ],
  ["gauge", "kube_node_", "node", "created spec_unschedulable"],
  [
    "gauge",
    "kube_pod_",
    `${pod} host_ip pod_ip node created_by_kind created_by_name priority_class host_network`,
    "info",
  ],
  [
    "gauge",
    "kube_pod_",
    `${pod} label_app_kubernetes_io_name label_app_kubernetes_io_part_of`,
    "labels",
  ],
  ["gauge", "kube_pod_", `${pod} owner_kind owner_name owner_is_controller`, "owner"],
  ["gauge", "kube_pod_", `${pod} phase`, "status_phase"],
  ["gauge", "kube_pod_", `${pod} qos_class`, "status_qos_class"],
  ["gauge", "kube_pod_", `${pod} condition`, "status_ready status_scheduled"],
  ["gauge", "kube_pod_", `${pod} reason`, "status_reason"],
  ["gauge", "kube_pod_", `${pod} service_account`, "service_account"],
  [
    "gauge",
    "kube_pod_",
    `${pod} volume persistentvolumeclaim`,
    "spec_volumes_persistentvolumeclaims_info spec_volumes_persistentvolumeclaims_readonly",
  ],
  [
    "gauge",
    "kube_pod_",
    pod,
    "created start_time completion_time deletion_timestamp status_ready_time status_scheduled_time status_initialized_time status_unschedulable",
  ],
  ["counter", "kube_pod_", container, "container_status_restarts_total"],
  ["counter", "kube_pod_init_", container, "container_status_restarts_total"],
  ["gauge", "kube_pod_", `${container} image image_id image_spec container_id`, "container_info"],
  [
    "gauge",
    "kube_pod_",
    `${container} image image_id image_spec container_id restart_policy`,
    "init_container_info",
  ],
  [
    "gauge",
    "kube_pod_container_status_",
    `${container} reason`,
    "waiting_reason terminated_reason last_terminated_reason",
  ],
  [
    "gauge",
    "kube_pod_init_container_status_",
    `${container} reason`,
    "waiting_reason terminated_reason last_terminated_reason",
  ],
  [
    "gauge",
    "kube_pod_container_",
    container,
    "status_ready status_running status_waiting status_terminated status_last_terminated_exitcode status_last_terminated_timestamp state_started",
  ],
  [
    "gauge",
    "kube_pod_container_",
    `${container} node resource unit`,
    "resource_requests resource_limits",
  ],
]);
