/** Alerts on what comes in from the world, from Traefik. */
import type { RuleGroup } from "./types.ts";

const requests = "traefik_service_requests_total";
const failed = `${requests}{code=~"5.."}`;

/** Requests a second that reach a service, of each controller. What leads to none (404) is not among them. */
const reach = (when = ""): string => `sum by (workload) (rate(${requests}[15m]${when}))`;

/** A fifth of what came then, or nothing; where that was a request a second at least. */
const gone = (when: string): string =>
  `(${reach()} or 0 * ${reach(when)}) < 0.2 * (${reach(when)} > 1)`;

const by = "by (workload, service)";

/** Hosts that people call. */
export const entryRules: RuleGroup = {
  name: "entry",
  rules: [
    {
      name: "HostFails",
      // Of a service without any pod Traefik says 503 and counts nothing here: that its pods are gone is told elsewhere.
      expression: `sum ${by} (rate(${failed}[5m])) / sum ${by} (rate(${requests}[5m])) > 0.2 and sum ${by} (rate(${failed}[5m])) > 0.05`,
      for: "10m",
      severity: "critical",
      summary:
        "{{ $value | humanizePercentage }} of requests to {{ $labels.service }} are answered with 5xx",
      description:
        "502 and 504: its pods do not answer Traefik, or too late. 500: they do, and fail. Their logs, then their stores.",
    },
    {
      name: "TrafficGone",
      expression: `${gone(" offset 1h")} or ${gone(" offset 1d")}`,
      for: "15m",
      severity: "critical",
      summary:
        "{{ $labels.workload }} passes on a fifth of the requests of an hour or a day ago, or fewer",
      description:
        "Whatever lies before it does not bring them: DNS records, the balancer and its checks, a firewall, a certificate that clients refuse; or it knows no host any more and answers 404. make verify dials each from outside.",
    },
  ],
};
