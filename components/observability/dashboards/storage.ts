/** What is kept: claims and backups. */
import type { Exporter } from "../families/types.ts";
import type { Dashboard, Panel } from "./types.ts";
import { badAboveNone, graph, number, query } from "./words.ts";

const backup = 'cronjob=~".+-backup"';

const backups: readonly Panel[] = [
  {
    title: "Age of the last good backup",
    kind: "table",
    unit: "s",
    queries: [
      query(
        `time() - max by (namespace, cronjob) (kube_cronjob_status_last_successful_time{${backup}})`,
      ),
    ],
  },
  number(
    "Backups that never succeeded",
    `count(kube_cronjob_info{${backup}} unless on (namespace, cronjob) kube_cronjob_status_last_successful_time{${backup}}) or vector(0)`,
    badAboveNone,
  ),
  number("Jobs that failed", 'sum(kube_job_failed{condition="true"}) or vector(0)', badAboveNone),
  number(
    "Claims without a disk",
    'sum(kube_persistentvolumeclaim_status_phase{phase!="Bound"})',
    badAboveNone,
  ),
  number(
    "Asked for by all claims",
    "sum(kube_persistentvolumeclaim_resource_requests_storage_bytes)",
    { unit: "bytes" },
  ),
  graph(
    "Age of the last good backup, over time",
    "s",
    `time() - max by (namespace, cronjob) (kube_cronjob_status_last_successful_time{${backup}})`,
    "{{namespace}}/{{cronjob}}",
  ),
  graph(
    "How long Jobs take",
    "s",
    "kube_job_status_completion_time - kube_job_status_start_time",
    "{{namespace}}/{{job_name}}",
  ),
];

const ofClaim = "by (namespace, persistentvolumeclaim)";

const claims: readonly Panel[] = [
  graph(
    "Claims in use",
    "percentunit",
    `1 - min ${ofClaim} (kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes)`,
    "{{namespace}}/{{persistentvolumeclaim}}",
    { max: 1, bad: { from: 0.85 } },
  ),
  graph(
    "Days until full, at the rate of the last day",
    "d",
    `min ${ofClaim} (kubelet_volume_stats_available_bytes) / (-1 * min ${ofClaim} (deriv(kubelet_volume_stats_available_bytes[1d])) > 0) / 86400`,
    "{{namespace}}/{{persistentvolumeclaim}}",
  ),
];

/** The dashboard of claims and backups. */
export const storageDashboard = (exporters: readonly Exporter[]): Dashboard => ({
  uid: "storage",
  title: "Claims and backups",
  panels: [
    ...(exporters.includes("kube-state-metrics") ? backups : []),
    ...(exporters.includes("kubelet") ? claims : []),
  ],
});
