/** The dashboard of Firefox Accounts: what the cluster sees of its pods, and what its servers tell StatsD. Pure. */
import type { Dashboard, Panel } from "../observability/dashboards/types.ts";
import { systemPanels } from "../observability/dashboards/workloads.ts";
import { badAboveNone, graph, number, query } from "../observability/dashboards/words.ts";
import type { Exporter } from "../observability/families/types.ts";
import { backgroundServers, vitalServers } from "./alerts.ts";
import type { FxaContext } from "./context.ts";
import { optionsOf, runningPrograms } from "./environment.ts";
import { storePorts } from "./servers.ts";
import { sendersOf } from "./statsd.ts";

/** Seconds within which a share of what a timer counted was done. */
const within = (share: number, buckets: string, by: string): string =>
  `histogram_quantile(${share}, sum by (le, ${by}) (rate(${buckets}[$__rate_interval])))`;

const perSecond = (metric: string, by: string): string =>
  `sum by (${by}) (rate(${metric}[$__rate_interval]))`;

const requests = 'fxa_auth_request_seconds_count{path!~"__.*__"}';
const failed = 'fxa_auth_request_seconds_count{path!~"__.*__",statusCode=~"5.."}';

/** What people ask first: does it answer? */
const authNumbers: readonly Panel[] = [
  number("Requests to the auth-server, a second", `sum(rate(${requests}[5m]))`, { unit: "reqps" }),
  number(
    "Of them that fail",
    `(sum(rate(${failed}[5m])) or vector(0)) / sum(rate(${requests}[5m]))`,
    { unit: "percentunit", bad: { from: 0.05 } },
  ),
  number(
    "Of checks that customs blocks",
    '(sum(rate(fxa_customs_verdicts_total{block="true"}[5m])) or vector(0)) / sum(rate(fxa_customs_verdicts_total[5m]))',
    { unit: "percentunit", bad: { from: 0.5 } },
  ),
];

const short = (namespace: string, names: readonly string[]): string => {
  const which = `{namespace="${namespace}",deployment=~"${names.join("|")}"}`;
  return `sum(kube_deployment_spec_replicas${which}) - sum(kube_deployment_status_replicas_available${which})`;
};

/** Numbers from the objects of the cluster. */
function stateNumbers({ config: { namespace } }: FxaContext, servers: readonly string[]): Panel[] {
  return [
    number("Pods of servers that are missing", short(namespace, servers), badAboveNone),
    number(
      "Restarts in a day",
      `sum(increase(kube_pod_container_status_restarts_total{namespace="${namespace}"}[1d]))`,
      badAboveNone,
    ),
    number(
      "Pods of memcached and Redis that are missing",
      short(namespace, [storePorts.memcached.service, storePorts["redis-master"].service]),
      badAboveNone,
    ),
    number(
      "Jobs that failed",
      `sum(kube_job_failed{namespace="${namespace}",condition="true"}) or vector(0)`,
      badAboveNone,
    ),
  ];
}

/** Graphs from the objects of the cluster. */
function stateGraphs(context: FxaContext, servers: readonly string[]): Panel[] {
  const here = `namespace="${context.config.namespace}"`;
  const scales = runningPrograms(context).some(
    (program) => optionsOf(context, program).autoscale !== undefined,
  );
  const autoscaler = (metric: string): string => `kube_horizontalpodautoscaler_${metric}{${here}}`;
  return [
    graph(
      "Servers: pods that answer",
      "none",
      `kube_deployment_status_replicas_available{${here},deployment=~"${servers.join("|")}"}`,
      "{{deployment}}",
    ),
    graph(
      "Restarts in an hour",
      "none",
      `sum by (container) (increase(kube_pod_container_status_restarts_total{${here}}[1h])) > 0`,
      "{{container}}",
      { description: "Between two of them a pod looks healthy." },
    ),
    ...(scales
      ? [
          {
            title: "Autoscalers: pods, and the most there may be",
            queries: [
              query(autoscaler("status_current_replicas"), "{{horizontalpodautoscaler}}"),
              query(autoscaler("spec_max_replicas"), "{{horizontalpodautoscaler}} at most"),
            ],
          },
        ]
      : []),
  ];
}

const authGraphs: readonly Panel[] = [
  graph(
    "Requests to the auth-server, a second, by what it answered",
    "reqps",
    perSecond(requests, "statusCode"),
    "{{statusCode}}",
  ),
  graph(
    "Time of 95 of 100 requests to the auth-server",
    "s",
    within(0.95, 'fxa_auth_request_seconds_bucket{path!~"__.*__"}', "path"),
    "{{path}}",
    { bad: { from: 2 } },
  ),
  graph("Requests that fail, a second", "reqps", perSecond(failed, "path"), "{{path}}"),
  graph(
    "What customs says, a second",
    "short",
    perSecond("fxa_customs_verdicts_total", "action, block"),
    "{{action}} blocked: {{block}}",
  ),
  graph(
    "Calls of the auth-server that fail, a second",
    "reqps",
    perSecond('fxa_auth_call_seconds_count{outcome="failure"}', "service, call"),
    "{{service}} {{call}}",
    { description: "subhub is what it calls the profile-server." },
  ),
  graph(
    "Redis: errors and new connections, a second",
    "short",
    perSecond('fxa_redis_events_total{event=~"error|reconnecting|ready"}', "server, event"),
    "{{server}} {{event}}",
  ),
  graph(
    "Payments: calls to Stripe, a second",
    "reqps",
    perSecond("fxa_stripe_calls_total", "error"),
    "failed: {{error}}",
  ),
];

const pageGraphs: readonly Panel[] = [
  graph(
    "Pages, as browsers tell: time of 75 of 100",
    "s",
    within(0.75, 'fxa_page_seconds_bucket{step="total"}', "server, path"),
    "{{server}} {{path}}",
  ),
];

const brokerGraphs: readonly Panel[] = [
  graph(
    "Account events, a second",
    "short",
    perSecond("fxa_broker_messages_total", "eventType"),
    "{{eventType}}",
  ),
  graph(
    "Age of account events when they are read, on average",
    "s",
    "sum(rate(fxa_broker_delay_seconds_sum[$__rate_interval])) / sum(rate(fxa_broker_delay_seconds_count[$__rate_interval]))",
    "",
    { bad: { from: 300 } },
  ),
  graph(
    "Events that a relying party did not take, a second",
    "short",
    perSecond("fxa_broker_undelivered_total", "clientId, statusCode"),
    "{{clientId}} {{statusCode}}",
  ),
];

/** The page of a deployment: numbers that people ask for first, then what they follow from, then what its pods use. */
export function fxaDashboard(context: FxaContext, exporters: readonly Exporter[]): Dashboard {
  const servers = [...vitalServers(context), ...backgroundServers(context)];
  const from = exporters.includes("statsd") ? sendersOf(runningPrograms(context)) : [];
  const hasState = exporters.includes("kube-state-metrics");
  const hasAuth = from.includes("auth-server");
  const hasPages = from.includes("content-server") || from.includes("payments-server");
  return {
    uid: "fxa",
    title: "Firefox Accounts",
    panels: [
      ...(hasAuth ? authNumbers : []),
      ...(hasState ? stateNumbers(context, servers) : []),
      ...(hasState ? stateGraphs(context, servers) : []),
      ...(hasAuth ? authGraphs : []),
      ...(hasPages ? pageGraphs : []),
      ...(from.includes("event-broker") ? brokerGraphs : []),
      ...systemPanels(exporters, [context.config.namespace]),
    ],
  };
}
