/**
 * PushTech's own alerts. Its programs export no metrics that are known of (facts/pushtech.md): what can be said of
 * them is what the cluster sees of their pods. How long Kafka's queue is, nobody tells: that its readers are gone is.
 */
import type { Exporter } from "../observability/families/types.ts";
import type { AlertRule, RuleGroup } from "../observability/rules/types.ts";
import { migratedPrograms, migrationName } from "./programs.ts";
import { serverNames, servers } from "./servers.ts";
import { stores } from "./stores.ts";
import { workerNames } from "./workers.ts";

/** What of a deployment its alerts depend on. */
export interface AlertedSystem {
  readonly namespace: string;
  /** Whether the stack runs the store itself: of others the cluster knows nothing. */
  readonly builtin: { readonly mongo: boolean; readonly kafka: boolean };
  readonly exporters: readonly Exporter[];
}

/** Servers that the world calls. */
export const publicServers = serverNames.filter((name) => servers[name].admin !== true);

const among = (names: readonly string[]): string => names.join("|");

/** No pod of a workload that should have some. */
const gone = (namespace: string, names: readonly string[]): string => {
  const which = `{namespace="${namespace}",deployment=~"${among(names)}"}`;
  return `kube_deployment_status_replicas_available${which} == 0 and on (namespace, deployment) kube_deployment_spec_replicas${which} > 0`;
};

/** Rules about the programs themselves. */
function programRules({ namespace, builtin }: AlertedSystem): AlertRule[] {
  const here = `namespace="${namespace}"`;
  const storage = `{${here},deployment="storage"}`;
  return [
    {
      name: "PublicServerGone",
      expression: gone(namespace, publicServers),
      // An update stops all pods of some of them first, and Ruby takes minutes to start.
      for: "10m",
      severity: "critical",
      summary: "{{ $labels.deployment }} has no pod that answers: its public host says bad gateway",
      description:
        "The pods do not get ready. If a container named wait does not end, its log names the store that is away.",
    },
    {
      name: "EventReadersGone",
      expression: gone(namespace, workerNames),
      for: "15m",
      severity: "warning",
      summary: "{{ $labels.deployment }} does not work: what it should read piles up",
      description:
        "Events wait in Kafka for as long as its retention, then they are lost to this reader. Nobody tells how many wait.",
    },
    ...(builtin.mongo
      ? [
          {
            name: "StorageWithoutData",
            expression: `kube_deployment_status_replicas_available${storage} < kube_deployment_spec_replicas${storage} and on (namespace) kube_statefulset_status_replicas_ready{${here},statefulset="${stores["storage-db"].workload}"} > 0`,
            for: "10m",
            severity: "critical",
            summary:
              'Only {{ $value | printf "%.0f" }} pods of the storage get at their data, though Mongo is there',
            description:
              "Processes that Mongo did not answer at first never connect. Their pods are started anew by themselves within minutes: that they are not means that Mongo refuses or is too slow.",
          } as const,
        ]
      : []),
  ];
}

/** Rules about events on their way. */
function eventRules({ namespace, builtin }: AlertedSystem): AlertRule[] {
  const here = `namespace="${namespace}"`;
  return [
    {
      name: "EventsLost",
      expression: `increase(kube_pod_container_status_restarts_total{${here},container="redis-tracker"}[15m]) > 0`,
      severity: "warning",
      summary: "The list of events of {{ $labels.pod }} has gone with its Redis",
      description:
        "It is in memory alone. Out of memory, it was too long: Kafka was away, or the kafkastore too slow.",
    },
    ...(builtin.kafka
      ? [
          {
            name: "EventsHeldBack",
            expression: `kube_statefulset_status_replicas_ready{${here},statefulset="${stores.kafkasrv.workload}"} == 0`,
            for: "5m",
            severity: "critical",
            summary: "No broker of Kafka is ready: trackers hold events in memory",
            description:
              "What they hold is lost with their pods, and new events are refused when their memory is full. Do not restart trackers; bring Kafka back.",
          } as const,
        ]
      : []),
  ];
}

/** Rules about what happens before a program starts. */
function startRules({ namespace }: AlertedSystem): AlertRule[] {
  const here = `namespace="${namespace}"`;
  const jobs = migratedPrograms.map((name) => `${migrationName(name)}-.+`);
  return [
    {
      name: "MigrationFailed",
      expression: `kube_job_failed{${here},condition="true",job_name=~"${among(jobs)}"} == 1`,
      severity: "critical",
      summary: "{{ $labels.job_name }} has failed: the pods of its program stay as they were",
      description:
        "Its log has the step that failed. The run that made it has failed, too; mend the cause, then replace the Job.",
    },
    {
      name: "StoreAwaited",
      expression: `sum by (namespace, pod) (increase(kube_pod_init_container_status_restarts_total{${here},container="wait"}[1h])) > 1`,
      severity: "warning",
      summary: "{{ $labels.pod }} has given up waiting for a store more than once",
      description: "The log of its container named wait says which one, and at what address.",
    },
  ];
}

/** Alerts of a deployment: none where nobody tells of its pods. */
export const pushtechRules = (system: AlertedSystem): RuleGroup => ({
  name: "pushtech",
  rules: system.exporters.includes("kube-state-metrics")
    ? [...programRules(system), ...eventRules(system), ...startRules(system)]
    : [],
});
