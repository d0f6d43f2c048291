/** Alerts on what comes in from the world, from the ingress controllers. */
import type { Exporter } from "../families/types.ts";
import type { AlertRule, RuleGroup } from "./types.ts";

const requests = "traefik_service_requests_total";
const failed = `${requests}{code=~"5.."}`;

/**
 * Requests that each controller passed on. Traefik's lead to a service, so that a host which it does not know any more
 * (404) counts as none; a free NGINX counts whatever it answers.
 */
const passedOn: Readonly<Partial<Record<Exporter, string>>> = {
  traefik: requests,
  nginx: "nginx_ingress_nginx_http_requests_total",
};

/** A fifth of what came then, or nothing; where that was a request a second at least. */
function gone(metric: string, when: string): string {
  const rate = (at = ""): string => `sum by (workload) (rate(${metric}[15m]${at}))`;
  return `(${rate()} or 0 * ${rate(when)}) < 0.2 * (${rate(when)} > 1)`;
}

const by = "by (workload, service)";

const hostFails: AlertRule = {
  name: "HostFails",
  // Of a service without any pod Traefik says 503 and counts nothing here: that its pods are gone is told elsewhere.
  expression: `sum ${by} (rate(${failed}[5m])) / sum ${by} (rate(${requests}[5m])) > 0.2 and sum ${by} (rate(${failed}[5m])) > 0.05`,
  for: "10m",
  severity: "critical",
  summary:
    "{{ $value | humanizePercentage }} of requests to {{ $labels.service }} are answered with 5xx",
  description:
    "502 and 504: its pods do not answer Traefik, or too late. 500: they do, and fail. Their logs, then their stores.",
};

const configRefused: AlertRule = {
  name: "NginxConfigRefused",
  expression: "min by (workload) (nginx_ingress_controller_nginx_last_reload_status) == 0",
  for: "10m",
  severity: "critical",
  summary: "NGINX of {{ $labels.workload }} does not take what the controller writes for it",
  description:
    "It goes on with what it had: hosts, certificates and pods that are new it does not know, and after a restart it serves none. Its log has the line.",
};

/** Alerts on hosts, of the controllers that a stack has. */
export function entryRules(exporters: readonly Exporter[]): RuleGroup[] {
  const counted = exporters.flatMap((name) => passedOn[name] ?? []);
  if (counted.length === 0) {
    return [];
  }
  const trafficGone: AlertRule = {
    name: "TrafficGone",
    expression: counted
      .flatMap((metric) => [gone(metric, " offset 1h"), gone(metric, " offset 1d")])
      .join(" or "),
    for: "15m",
    severity: "critical",
    summary:
      "{{ $labels.workload }} passes on a fifth of the requests of an hour or a day ago, or fewer",
    description:
      "Whatever lies before it does not bring them: DNS records, the balancer and its checks, a firewall, a certificate that clients refuse; or Traefik knows no host any more and answers 404. make verify dials each from outside.",
  };
  return [
    {
      name: "entry",
      rules: [
        ...(exporters.includes("traefik") ? [hostFails] : []),
        ...(exporters.includes("nginx") ? [configRefused] : []),
        trafficGone,
      ],
    },
  ];
}
