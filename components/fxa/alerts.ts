/** Firefox Accounts' own alerts on what the cluster sees of its pods and Jobs. Pure. */
import type { Exporter } from "../observability/families/types.ts";
import type { AlertRule, RuleGroup } from "../observability/rules/types.ts";
import type { FxaContext } from "./context.ts";
import { optionsOf, runningPrograms } from "./environment.ts";
import { mailQueuesName } from "./flows.ts";
import { patcherName, type Program } from "./roles.ts";
import { storePorts, traitsOf } from "./servers.ts";
import { sentRules } from "./sent-alerts.ts";

/** What nobody waits for: it is done later, or somebody's picture is missing for a while. */
const background: readonly Program[] = [
  "event-broker",
  "mail-service",
  "profile-server-worker",
  "profile-server-static",
  "payments-server-worker",
  "payments-server-static",
  "fortress",
  "123done",
  "321done",
];

/** The servers that restarted for ever where they were first seen (facts/fxa.md 3). */
const restarters: readonly Program[] = [
  "auth-server",
  "content-server",
  "graphql-api",
  "payments-server",
  "event-broker",
  "mail-service",
];

const servicesOf = (programs: readonly Program[]): string[] =>
  programs.map((program) => traitsOf(program).service);

/** Deployments without which somebody cannot log in, sync or pay. */
export const vitalServers = (context: FxaContext): string[] =>
  servicesOf(runningPrograms(context).filter((program) => !background.includes(program)));

/** Whether a pod reads the queues by which SES tells of mails. */
const readsQueues = (context: FxaContext): boolean => {
  const { mail } = context.config;
  return mail.kind === "mail-service" && mail.queues !== undefined && context.runs("mail-service");
};

/** All other Deployments of programs. */
export const backgroundServers = (context: FxaContext): string[] => [
  ...servicesOf(runningPrograms(context).filter((program) => background.includes(program))),
  ...(readsQueues(context) ? [mailQueuesName] : []),
];

const among = (names: readonly string[]): string => names.join("|");

/** No pod of a Deployment that should have some. */
function gone(namespace: string, names: readonly string[]): string {
  const which = `{namespace="${namespace}",deployment=~"${among(names)}"}`;
  return `kube_deployment_status_replicas_available${which} == 0 and on (namespace, deployment) kube_deployment_spec_replicas${which} > 0`;
}

/** Rules about the servers. */
function serverRules(context: FxaContext): AlertRule[] {
  const { namespace } = context.config;
  const running = runningPrograms(context);
  const later = backgroundServers(context);
  const watched = [
    ...servicesOf(restarters.filter((program) => running.includes(program))),
    // It has no check of its own: between two ends it counts as available.
    ...(readsQueues(context) ? [mailQueuesName] : []),
  ];
  const restarts = `kube_pod_container_status_restarts_total{namespace="${namespace}",container=~"${among(watched)}"}`;
  return [
    {
      name: "AccountsServerGone",
      expression: gone(namespace, vitalServers(context)),
      for: "5m",
      severity: "critical",
      summary: "{{ $labels.deployment }} has no pod that answers",
      description:
        "Its public host says bad gateway, or others that call it fail. The events of its pods say whether they start at all; a readiness check that fails means that what they depend on is away.",
    },
    ...(later.length === 0
      ? []
      : [
          {
            name: "AccountsWorkerGone",
            expression: gone(namespace, later),
            for: "15m",
            severity: "warning",
            summary: "{{ $labels.deployment }} does not work: what it should do is left undone",
            description:
              "Events wait in their queue for as long as it keeps them, pictures are not taken or not shown, mails do not leave. The log of the pod's last run says why it ended.",
          } as const,
        ]),
    ...(watched.length === 0
      ? []
      : [
          {
            name: "AccountsServerRestarts",
            // Between two restarts its pods look healthy: it is counted over hours, and over all pods of a server.
            expression: `sum by (namespace, container) (increase(${restarts}[3h])) > 3`,
            for: "5m",
            severity: "warning",
            summary:
              '{{ $labels.container }} restarts over and over: {{ $value | printf "%.0f" }} times in three hours',
            description:
              "kubectl logs --previous has its last words. A word of its environment that it refuses, a default secret, a key file or a store that is away at its start are what it was before.",
          } as const,
        ]),
  ];
}

/** Rules about what the servers stand on. */
function storeRules({ config, runs }: FxaContext): AlertRule[] {
  const { namespace, mysql, redis } = config;
  const database = `{namespace="${namespace}",statefulset="${storePorts.mysql.service}"}`;
  return [
    ...(runs("customs-server")
      ? [
          {
            name: "CustomsBlocksAll",
            expression: gone(namespace, [storePorts.memcached.service]),
            for: "2m",
            severity: "critical",
            summary: "memcached is away: customs blocks every request, and nobody can log in",
            description:
              "customs-server takes any error of memcached for a reason to block. Bring its one pod back; it needs no disk, and starts empty.",
          } as const,
        ]
      : []),
    ...(redis.kind === "builtin"
      ? [
          {
            name: "AccountsRedisGone",
            expression: gone(namespace, [storePorts["redis-master"].service]),
            for: "2m",
            severity: "critical",
            summary: "redis-master is away: sessions and tokens cannot be read or written",
            description:
              "Its pod is one, and is stopped before its successor starts. Look at its events: a disk that is still on another node keeps it from starting.",
          } as const,
        ]
      : []),
    ...(mysql.kind === "builtin"
      ? [
          {
            name: "AccountsDatabaseGone",
            expression: `kube_statefulset_status_replicas_ready${database} == 0 and on (namespace, statefulset) kube_statefulset_replicas${database} > 0`,
            for: "2m",
            severity: "critical",
            summary: "MySQL is away: no account can be read",
            description: "Its log says whether it recovers; then its disk and its node.",
          } as const,
        ]
      : []),
    ...(runs("auth-db-mysql")
      ? [
          {
            name: "SchemaPatchFailed",
            expression: `kube_job_failed{namespace="${namespace}",condition="true",job_name=~"${patcherName}(-.+)?"} == 1`,
            severity: "critical",
            summary:
              "{{ $labels.job_name }} has failed: the database may be half-way between two schemas",
            description:
              "Its log has the patch that failed. The servers of the last version still run; no new one is started before it succeeds.",
          } as const,
        ]
      : []),
  ];
}

/** Rules about autoscalers, where there are some. */
function scaleRules(context: FxaContext): AlertRule[] {
  const here = `namespace="${context.config.namespace}"`;
  const of = (metric: string): string => `kube_horizontalpodautoscaler_${metric}{${here}}`;
  return runningPrograms(context).every(
    (program) => optionsOf(context, program).autoscale === undefined,
  )
    ? []
    : [
        {
          name: "AutoscalerAtMaximum",
          expression: `${of("status_current_replicas")} >= ${of("spec_max_replicas")} and ${of("spec_max_replicas")} > ${of("spec_min_replicas")}`,
          for: "30m",
          severity: "warning",
          summary:
            '{{ $labels.horizontalpodautoscaler }} has had all of its {{ $value | printf "%.0f" }} pods for half an hour',
          description:
            "More load makes it slow. Raise autoscale.max in the stack file, after a look at whether MySQL has connections for more.",
        },
        {
          name: "AutoscalerBlind",
          expression: `kube_horizontalpodautoscaler_status_condition{${here},condition="ScalingActive",status="false"} == 1`,
          for: "15m",
          severity: "warning",
          summary: "{{ $labels.horizontalpodautoscaler }} cannot see the load, and scales nothing",
          description:
            "The cluster's metrics-server is missing or does not answer: kubectl top pods says the same. The number of pods stays as it is.",
        },
      ];
}

/** Alerts of a deployment: those for which somebody there tells something. */
export const fxaRules = (context: FxaContext, exporters: readonly Exporter[]): RuleGroup => ({
  name: "fxa",
  rules: [
    ...(exporters.includes("kube-state-metrics")
      ? [...serverRules(context), ...storeRules(context), ...scaleRules(context)]
      : []),
    ...(exporters.includes("statsd") ? sentRules(context, exporters) : []),
  ],
});
