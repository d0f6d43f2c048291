/** Faults of what watches, as the loader tells them: issue 7, "Bad input", each a spoilt production file. */
import { config, type FaultCase, secrets } from "./fault-cases.ts";

const metrics = "fleet:observability/metrics";
const logs = "fleet:observability/logs";

/** A fault of production's file. */
const inProduction = (
  title: string,
  values: Readonly<Record<string, unknown>>,
  paths: readonly string[],
  says: FaultCase["says"],
): FaultCase => ({
  title,
  stack: "prod",
  spoil: config(
    Object.fromEntries(
      Object.entries(values).map(([path, value]) => [`fleet:observability/${path}`, value]),
    ),
  ),
  paths: paths.map((path) => `fleet:observability.${path}`),
  says,
});

/** The list of the issue, and what only the whole file shows. */
export const observabilityFaults: readonly FaultCase[] = [
  inProduction(
    "retention of samples without a unit",
    { "metrics/prometheus/retention": { time: "15", size: "40Gi" } },
    ["metrics.prometheus.retention.time"],
    "must be a time with its unit (h, d, w or y), e.g. 15d or 12h",
  ),
  inProduction(
    "retention of logs without a unit",
    { "logs/families/extras/retention": "14" },
    ["logs.families.extras.retention"],
    "must be hours or days with the unit, e.g. 12h or 7d",
  ),
  inProduction(
    "retention of profiles without a unit",
    { "profiles/retention": "7" },
    ["profiles.retention"],
    "must be a time with its unit",
  ),
  inProduction(
    "a heap above the limit",
    { "logs/store/heap": "6Gi" },
    ["logs.store.heap"],
    /4Gi|limit/,
  ),
  inProduction(
    "members that form no quorum",
    { "logs/store/members": 2 },
    ["logs.store.members"],
    "must be 1 or 3: of two members, neither alone is a majority",
  ),
  inProduction(
    "an even number of members",
    { "logs/store/members": 4 },
    ["logs.store.members"],
    "must be odd",
  ),
  inProduction(
    "a channel of Slack without a token",
    { "metrics/alertmanager/receivers/operators": { slack: [{ channel: "#alerts" }] } },
    ["metrics.alertmanager.receivers.operators.slack[0].token"],
    "must name the entry of fleet:secrets with the bot's token",
  ),
  inProduction(
    "a label that Prometheus refuses",
    { "metrics/prometheus/externalLabels": { "data-centre": "sg" } },
    ["metrics.prometheus.externalLabels.data-centre"],
    "must be a label that Prometheus takes",
  ),
  inProduction(
    "an alert of a metric that nobody exports",
    {
      "metrics/rules": {
        Odd: { expression: "no_such_metric > 1", severity: "info", summary: "x" },
      },
    },
    ["metrics.rules.Odd.expression"],
    /no_such_metric.*nobody exports/,
  ),
  inProduction(
    "an alert that does not parse",
    { "metrics/rules": { Odd: { expression: "up ==", severity: "info", summary: "x" } } },
    ["metrics.rules.Odd.expression"],
    /up|parse|expect/i,
  ),
  inProduction(
    "a dashboard of a metric that nobody exports",
    {
      "metrics/dashboards": {
        own: {
          title: "Own",
          panels: [{ title: "A", queries: [{ expression: "no_such_metric", legend: "a" }] }],
        },
      },
    },
    ["metrics.dashboards.own.panels[0].queries[0].expression"],
    /no_such_metric.*nobody exports/,
  ),
  {
    title: "a sink without credentials",
    stack: "voting",
    spoil: config({ [`${logs}/shipper/sinks/log-service/token`]: undefined }),
    paths: ["fleet:observability.logs.shipper.sinks.log-service.token"],
    says: "must name the entry of fleet:secrets with the service's token",
  },
  {
    title: "a sink's token that is not there",
    stack: "voting",
    spoil: secrets({ "log-service-token": undefined }),
    paths: ["fleet:observability.logs.shipper.sinks.log-service.token"],
    says: "names log-service-token, a token, which fleet:secrets does not have",
  },
  {
    title: "a sink that is the store of a stack without one",
    stack: "voting",
    spoil: config({ [`${logs}/shipper/sinks/own`]: { kind: "elasticsearch" } }),
    paths: ["fleet:observability.logs.shipper.sinks.own.url"],
    says: "this stack has no Elasticsearch of its own",
  },
  {
    title: "Filebeat without a store",
    stack: "voting",
    spoil: config({ [`${logs}/shipper`]: { kind: "filebeat" } }),
    paths: ["fleet:observability.logs.shipper.kind"],
    says: "writes to the store alone: add store: { kind: builtin }, or say kind: vector",
  },
  {
    title: "two shippers",
    stack: "voting",
    spoil: config({ [`${logs}/filebeat`]: {} }),
    paths: ["fleet:observability.logs.filebeat"],
    says: "is no key that Fleet knows",
  },
  inProduction(
    "logs of a namespace that there is not",
    { "logs/families/extras/namespaces/0": "geopi" },
    ["logs.families.extras.namespaces[0]"],
    "the stack has no namespace geopi",
  ),
  inProduction(
    "a profiled workload that there is not",
    { "profiles/workloads/nobody": { kind: "push", namespace: "skywire" } },
    ["profiles.workloads.nobody"],
    "is the name of no workload of this stack",
  ),
  inProduction(
    "a page on somebody else's host",
    { "logs/kibana/host": "grafana.skycoin.com" },
    ["logs.kibana.host"],
    "host grafana.skycoin.com already stands at fleet:observability.metrics.grafana.host",
  ),
  inProduction(
    "a page outside the zones",
    { "metrics/prometheus/host": "prometheus.example.org" },
    ["metrics.prometheus.host"],
    "prometheus.example.org must lie in a zone of fleet:dns",
  ),
  inProduction(
    "a shipper among the pods that may do less",
    { "logs/shipper/namespace": "profiles" },
    ["profiles.namespace"],
    "namespace profiles already stands at fleet:observability.logs.shipper.namespace",
  ),
  inProduction(
    "a store on a slot that no pool has",
    {
      "logs/store/members": 1,
      "logs/store/placement": { slot: 77 },
    },
    ["logs.store.placement.slot"],
    "slot 77 must be a slot of fleet:cluster.pools",
  ),
  inProduction(
    "a store that no node has room for",
    {
      "logs/store/resources": {
        requests: { cpu: "500m", memory: "12Gi" },
        limits: { memory: "12Gi" },
      },
    },
    ["logs.store"],
    /elasticsearch asks for/,
  ),
  {
    title: "nothing left of a system that is taken away",
    stack: "voting",
    spoil: config({ "fleet:only": "observability", "fleet:observability": undefined }),
    paths: ["fleet:only"],
    says: "needs a part of fleet:observability: nothing would be left",
  },
  {
    title: "another section than the one that may be left",
    stack: "prod",
    spoil: config({ "fleet:only": "services" }),
    paths: ["fleet:only"],
    says: "must be observability, or not be there",
  },
  {
    title: "Prometheus on a public host that asks nobody who calls",
    stack: "prod",
    spoil: config({ [`${metrics}/prometheus/login`]: undefined }),
    paths: ["fleet:observability.metrics.prometheus.host"],
    says: "without prometheus.login whoever finds the name reads everything",
  },
];
