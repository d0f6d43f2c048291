/** Alerts on backups: each is a CronJob, and kube-state-metrics says when it last succeeded. */
import type { BackupJob, RuleGroup } from "./types.ts";

/** CronJobs of backups by their names (data/flows.ts). */
const named = 'cronjob=~".+-backup"';

const same = "on (namespace, cronjob)";

/** Seconds between a CronJob's last run and its next, whatever its schedule is. */
const between = `(kube_cronjob_next_schedule_time{${named}} - ${same} kube_cronjob_status_last_schedule_time{${named}})`;

/** Backups that the stack has and the cluster does not. */
const missing = ({ namespace, name }: BackupJob): string =>
  `absent(kube_cronjob_info{namespace="${namespace}",cronjob="${name}"})`;

/** Alerts on the backups of a stack; a stack without backups has none. */
export const backupRules = (backups: readonly BackupJob[]): RuleGroup => ({
  name: "backups",
  rules: [
    {
      name: "BackupOld",
      // One run may fail and the next succeed: two in a row are one too many.
      expression: `time() - kube_cronjob_status_last_successful_time{${named}} > ${same} (2 * ${between} + 3600)`,
      for: "5m",
      severity: "critical",
      summary:
        "The last backup of {{ $labels.namespace }}/{{ $labels.cronjob }} is {{ $value | humanizeDuration }} old",
      description:
        "Backups fail, or are not made at all. Read the log of its last Job; make one by hand with kubectl create job --from=cronjob/<name>.",
    },
    {
      name: "BackupNeverMade",
      expression: `kube_cronjob_status_last_schedule_time{${named}} unless ${same} kube_cronjob_status_last_successful_time{${named}}`,
      for: "3h",
      severity: "critical",
      summary: "{{ $labels.namespace }}/{{ $labels.cronjob }} has never made a backup",
      description: "It ran and did not succeed once. Read the log of its last Job.",
    },
    {
      name: "BackupOverdue",
      expression: `time() - kube_cronjob_next_schedule_time{${named}} > 3600`,
      severity: "critical",
      summary:
        "{{ $labels.namespace }}/{{ $labels.cronjob }} should have run {{ $value | humanizeDuration }} ago",
      description:
        "It is due and does not start: the cluster's controllers are behind, or its run before still hangs.",
    },
    {
      name: "BackupSuspended",
      expression: `kube_cronjob_spec_suspend{${named}} == 1`,
      for: "1d",
      severity: "warning",
      summary: "{{ $labels.namespace }}/{{ $labels.cronjob }} has been suspended for a day",
      description: "Somebody has stopped it by hand: no backup is made until it is let go on.",
    },
    {
      name: "BackupMissing",
      // While nobody tells of CronJobs, none of them can be missed.
      expression: `(${backups.map(missing).join(" or ")}) and on () (up{workload="kube-state-metrics"} == 1)`,
      for: "15m",
      severity: "critical",
      summary: "{{ $labels.namespace }} has no CronJob {{ $labels.cronjob }}, which the stack says",
      description: "Nothing is backed up there: the next update of the stack makes it again.",
    },
  ],
});
