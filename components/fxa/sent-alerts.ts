/** Firefox Accounts' own alerts on what its servers send to StatsD. Pure. */
import type { Exporter } from "../observability/families/types.ts";
import type { AlertRule } from "../observability/rules/types.ts";
import type { FxaContext } from "./context.ts";
import { runningPrograms } from "./environment.ts";
import { traitsOf } from "./servers.ts";
import { sendersOf } from "./statsd.ts";

/** Requests of people: those for the server's own health say nothing of them, and fail while it starts. */
const requests = (more = ""): string =>
  `fxa_auth_request_seconds_count{path!~"__.*__"${more === "" ? "" : `,${more}`}}`;

const failed = requests('statusCode=~"5.."');

const ratio = (part: string, whole: string, by = ""): string =>
  `sum${by} (rate(${part}[10m])) / sum${by} (rate(${whole}[10m]))`;

/** Rules about what the auth-server tells. */
function authRules({ runs }: FxaContext): AlertRule[] {
  const verdicts = (more = "") => `fxa_customs_verdicts_total${more}`;
  const calls = (more = "") => `fxa_auth_call_seconds_count${more}`;
  const by = " by (service)";
  return [
    {
      name: "AccountsRequestsFail",
      // A few that fail among few requests wake nobody: twelve in ten minutes do.
      expression: `${ratio(failed, requests())} > 0.05 and sum(rate(${failed}[10m])) > 0.02`,
      for: "5m",
      severity: "critical",
      summary: "{{ $value | humanizePercentage }} of all requests to fxa-auth-server fail",
      description:
        "They are answered with 5xx: it is something of ours. The page Firefox Accounts says which paths; its log says why. MySQL, Redis or customs are away most often.",
    },
    {
      name: "AccountsCallsFail",
      expression: `${ratio(calls('{outcome="failure"}'), calls(), by)} > 0.2 and sum${by} (rate(${calls('{outcome="failure"}')}[10m])) > 0.02`,
      for: "10m",
      severity: "warning",
      summary:
        "{{ $value | humanizePercentage }} of fxa-auth-server's calls to {{ $labels.service }} fail",
      description:
        "subhub is what it calls the profile-server. It is away, answers what is not expected, or a network policy lies between them.",
    },
    ...(runs("customs-server")
      ? [
          {
            name: "CustomsBlocksMost",
            expression: `${ratio(verdicts('{block="true"}'), verdicts())} > 0.5 and sum(rate(${verdicts('{block="true"}')}[10m])) > 0.05`,
            for: "10m",
            severity: "warning",
            summary: "Customs blocks {{ $value | humanizePercentage }} of what it is asked about",
            description:
              "Somebody tries passwords; or all clients look like one, as fleet:proxies counts too few or too many; or memcached gives errors, on which it blocks everybody.",
          } as const,
        ]
      : []),
    {
      name: "AccountsRedisErrors",
      expression: 'sum by (server) (increase(fxa_redis_events_total{event="error"}[10m])) > 10',
      for: "5m",
      severity: "warning",
      summary: "{{ $labels.server }} has lost Redis again and again",
      description:
        "An external Redis is seen by this alone. Its log has the address that it dials and the error that it gets.",
    },
  ];
}

const brokerRules: readonly AlertRule[] = [
  {
    name: "EventsLate",
    expression: `rate(fxa_broker_delay_seconds_sum[15m]) / rate(fxa_broker_delay_seconds_count[15m]) > 300`,
    for: "15m",
    severity: "warning",
    summary:
      "Account events reach the event-broker {{ $value | humanizeDuration }} late, on average",
    description:
      "Its queue is longer than its one pod works off, or was left alone for a while. Relying parties hear of deleted accounts and changed passwords as late. Events of which it reads none are not seen here: AccountsWorkerGone is.",
  },
];

/** Nothing at all arrives: by UDP, no sender learns of it. */
function silenceRule({ config, runs }: FxaContext): AlertRule[] {
  const { service } = traitsOf("auth-server");
  return runs("auth-server")
    ? [
        {
          name: "AccountsTellNothing",
          expression: `sum(rate(statsd_exporter_udp_packets_total[15m])) == 0 and on () sum(kube_deployment_status_replicas_available{namespace="${config.namespace}",deployment="${service}"}) > 0`,
          for: "15m",
          severity: "warning",
          summary: "StatsD gets no packet, though fxa-auth-server answers",
          description:
            "It sends one for each request, its health's among them. A network policy, a Service without pods, or a version that sends elsewhere: alerts and pages on what servers tell are blind.",
        },
      ]
    : [];
}

/** Alerts on what the servers of a deployment send. */
export function sentRules(context: FxaContext, exporters: readonly Exporter[]): AlertRule[] {
  const from = sendersOf(runningPrograms(context));
  return [
    ...(from.includes("auth-server") ? authRules(context) : []),
    ...(from.includes("event-broker") ? brokerRules : []),
    ...(exporters.includes("kube-state-metrics") ? silenceRule(context) : []),
  ];
}
