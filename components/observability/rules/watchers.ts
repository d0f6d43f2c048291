/** Alerts on what watches: targets, Prometheus, Alertmanager, the exporters. */
import type { Exporter } from "../families/types.ts";
import type { AlertRule, RuleGroup } from "./types.ts";

/** Name of the alert that always fires: Alertmanager sends it on, and whoever gets it warns when it stops. */
const deadMansSwitch = "DeadMansSwitch";

/** Whatever should be read, and Prometheus itself. */
export const prometheusRules: RuleGroup = {
  name: "prometheus",
  rules: [
    {
      name: deadMansSwitch,
      // A Prometheus whose disk is full goes on evaluating and sending, with nothing new to look at: all else is silent
      // then, and this must be, too. And it stays away where people are not told, as nobody else can tell it.
      expression:
        'vector(1) and on () (count(up) > 0) unless on () ALERTS{alertname="AlertmanagerCannotTell",alertstate="firing"}',
      severity: "none",
      summary: "Metrics are read, alerts are evaluated and sent",
      description:
        "It always fires. A service outside the cluster expects it, and warns when it stays away: then Prometheus or Alertmanager is down, Prometheus writes nothing any more, or Alertmanager's messages are refused.",
    },
    {
      name: "TargetDown",
      expression: "up == 0",
      for: "10m",
      severity: "warning",
      summary:
        "{{ $labels.job }} of {{ $labels.instance }} {{ $labels.workload }} does not answer Prometheus",
      description:
        "The program is down, slow, or a network policy keeps Prometheus away. Prometheus' page Targets says which error it gets.",
    },
    {
      name: "TargetsAllDown",
      expression: "count by (job) (up == 0) == count by (job) (up)",
      for: "5m",
      severity: "critical",
      summary: "No target of {{ $labels.job }} answers Prometheus",
      description:
        "So many at once point to the network, its policies or Prometheus' rights. All alerts on these targets are blind.",
    },
    {
      name: "PrometheusConfigBad",
      expression: "prometheus_config_last_reload_successful == 0",
      for: "5m",
      severity: "critical",
      summary: "Prometheus could not read its config again",
      description: "It runs with the one before; after a restart it would not run at all.",
    },
    {
      name: "PrometheusRuleFails",
      expression: "increase(prometheus_rule_evaluation_failures_total[15m]) > 0",
      for: "5m",
      severity: "critical",
      summary: "Rules of {{ $labels.rule_group }} cannot be evaluated",
      description: "Alerts of this group are blind. Prometheus' page Rules shows the error.",
    },
    {
      name: "PrometheusDropsSamples",
      expression:
        "increase(prometheus_target_scrapes_sample_duplicate_timestamp_total[1h]) > 0 or increase(prometheus_target_scrapes_sample_out_of_order_total[1h]) > 0 or increase(prometheus_target_scrapes_exceeded_sample_limit_total[1h]) > 0",
      for: "15m",
      severity: "warning",
      summary: "Prometheus drops what it reads",
      description:
        "Two targets claim the same series, or one shows more than it may. Its log names the target.",
    },
    {
      name: "PrometheusDiskTrouble",
      expression:
        "increase(prometheus_tsdb_compactions_failed_total[3h]) > 0 or increase(prometheus_tsdb_wal_corruptions_total[3h]) > 0 or increase(prometheus_tsdb_wal_writes_failed_total[3h]) > 0",
      severity: "warning",
      summary: "Prometheus has trouble with its disk",
      description: "It is full, slow or damaged: what was read may be lost at the next restart.",
    },
  ],
};

/** Exporters that run as pods of a name that no stack file gives: the label `workload` says it. */
const podsOfOneName: readonly Exporter[] = [
  ...(["alertmanager", "push-gateway", "kube-state-metrics", "node-exporter", "statsd"] as const),
  ...(["cert-manager", "log-shipper", "elasticsearch-exporter"] as const),
];

/**
 * Alerts on what Prometheus must find and does not. A pod that is gone, or waits for a node, is no target, so that
 * TargetDown says nothing of it; and no node is one where Prometheus' account may not look for any.
 */
export function missingRules(exporters: readonly Exporter[]): RuleGroup[] {
  const pods = podsOfOneName.filter((name) => exporters.includes(name));
  const rules: AlertRule[] = [
    ...(pods.length === 0
      ? []
      : [
          {
            name: "ExporterMissing",
            expression: pods.map((name) => `absent(up{workload="${name}"})`).join(" or "),
            for: "10m",
            severity: "critical" as const,
            summary: "Prometheus finds no {{ $labels.workload }} to read",
            description:
              "No pod of it runs, or Prometheus' account may not look for any. All alerts on what it tells are blind.",
          },
        ]),
    ...(exporters.includes("kubelet")
      ? [
          {
            name: "KubeletsMissing",
            expression: 'absent(up{job="kubelet"})',
            for: "10m",
            severity: "critical" as const,
            summary: "Prometheus finds no node to read",
            description:
              "Its account may not list nodes, or the API server does not answer it. All alerts on claims are blind.",
          },
        ]
      : []),
  ];
  return rules.length === 0 ? [] : [{ name: "exporters", rules }];
}

/** Alertmanager, and the way to it. */
export const alertmanagerRules: RuleGroup = {
  name: "alertmanager",
  rules: [
    {
      name: "AlertmanagerUnknown",
      expression: "prometheus_notifications_alertmanagers_discovered < 1",
      for: "5m",
      severity: "critical",
      summary: "Prometheus knows no Alertmanager",
      description: "No alert is sent to anybody; the dead-man's switch tells it outside.",
    },
    {
      name: "AlertsNotSent",
      expression:
        "rate(prometheus_notifications_errors_total[10m]) > 0.01 * rate(prometheus_notifications_sent_total[10m])",
      for: "15m",
      severity: "critical",
      summary: "Prometheus cannot hand its alerts to Alertmanager {{ $labels.alertmanager }}",
      description:
        "Alerts are lost on the way. Look at Alertmanager's pod and the policies between.",
    },
    {
      name: "AlertmanagerConfigBad",
      expression: "alertmanager_config_last_reload_successful == 0",
      for: "5m",
      severity: "critical",
      summary: "Alertmanager could not read its config again",
      description: "It runs with the one before; after a restart it would not run at all.",
    },
    {
      name: "AlertmanagerCannotTell",
      expression: "sum by (integration) (rate(alertmanager_notifications_failed_total[15m])) > 0",
      for: "15m",
      severity: "critical",
      summary: "Alertmanager's messages by {{ $labels.integration }} do not arrive",
      description:
        "A token, password or URL is wrong, or the service is down. Its log says what it was answered.",
    },
  ],
};

/** What was silenced and never looked at again. A group of its own: nothing of it is urgent. */
export const silenceRules: RuleGroup = {
  name: "silences",
  rules: [
    {
      name: "SilenceForgotten",
      expression: 'max(alertmanager_silences{state="active"}) > 0',
      for: "7d",
      severity: "info",
      summary:
        'Something has been silenced for a week: {{ $value | printf "%.0f" }} silences are active',
      description:
        "What they hide nobody is told. One that is meant for good belongs into the stack file, as a route to nobody.",
    },
  ],
};

/** What was pushed. */
const pushRules: readonly AlertRule[] = [
  {
    name: "PushRefused",
    expression: "push_failure_time_seconds > push_time_seconds",
    for: "5m",
    severity: "warning",
    summary: "The last push of {{ $labels.job }} was refused",
    description:
      "What it pushed contradicts what others pushed (same name, another type) or cannot be read: the values before it stay.",
  },
];

/** What StatsD was sent. */
const statsdRules: readonly AlertRule[] = [
  {
    name: "StatsdUnreadable",
    expression:
      "sum(rate(statsd_exporter_sample_errors_total[15m])) + sum(rate(statsd_exporter_tag_errors_total[15m])) > 0.1",
    for: "30m",
    severity: "warning",
    summary: "StatsD is sent what it cannot read",
    description:
      "A program writes another dialect, or its lines are cut. The exporter's log shows them at level debug.",
  },
  {
    name: "StatsdConflict",
    expression: "sum by (metric_name) (increase(statsd_exporter_events_conflict_total[1h])) > 0",
    severity: "info",
    summary:
      "StatsD metric {{ $labels.metric_name }} is sent with other labels or as another type than before",
    description:
      "Those samples are dropped. A mapping that names it anew for one of the senders mends it.",
  },
];

/** Alerts on the push gateway. */
export const pushGatewayRules: RuleGroup = { name: "push-gateway", rules: pushRules };

/** Alerts on StatsD. */
export const statsdGroup: RuleGroup = { name: "statsd", rules: statsdRules };

/**
 * Lines that were lost in a quarter of an hour. Vector's counters begin with the first loss, from which on they may stay
 * as they are: one that was not there then, while its pod was read, is a loss, too.
 */
const lost = (counter: string): string =>
  `(increase(${counter}[15m]) > 0 or (${counter} unless ${counter} offset 15m) and on (node) (up{workload="log-shipper"} offset 15m == 1))`;

/** Alerts on what ships logs. */
export const logShipperRules: RuleGroup = {
  name: "log-shipper",
  rules: [
    {
      name: "LogSinkWaits",
      expression:
        "max by (node, buffer_id) (vector_buffer_size_bytes / vector_buffer_max_size_bytes) > 0.5",
      for: "15m",
      severity: "warning",
      summary:
        "{{ $labels.buffer_id }} of LogShipper does not get rid of its lines on {{ $labels.node }}",
      description:
        "The service behind the sink is down, slow or refuses what it is sent. When the buffer is full, reading stops or lines are lost, as whenFull says.",
    },
    {
      name: "LogLinesLost",
      expression: `sum by (node, component_id) ${lost('vector_component_discarded_events_total{intentional="false"}')} > 0 or sum by (node, buffer_id) ${lost("vector_buffer_discarded_events_total")} > 0`,
      severity: "warning",
      summary:
        "Lines of logs are lost on {{ $labels.node }}, in {{ $labels.component_id }}{{ $labels.buffer_id }} of LogShipper",
      description: "A service refused them for good, or the buffer of a sink was full.",
    },
  ],
};
