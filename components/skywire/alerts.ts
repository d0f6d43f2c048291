/** Skywire's own alerts: what visors notice first (facts/skywire.md 3.2). */
import type { RuleGroup } from "../observability/rules/types.ts";

const types = ["stcp", "stcpr", "sudph", "dmsg"].map((type) => `transport_discovery_${type}_count`);

/** Transports of every kind. Each pod tells of the one store, so the largest is taken. */
const transports = types.map((metric) => `max(${metric})`).join(" + ");

const earlier = types.map((metric) => `max(${metric} offset 1h)`).join(" + ");

/**
 * Alerts of a Skywire deployment.
 *
 * @param dmsgServers How many dmsg-servers it runs: fewer in the discovery are too few.
 */
export const skywireRules = (dmsgServers: number): RuleGroup => ({
  name: "skywire",
  rules: [
    {
      name: "DmsgServersMissing",
      expression: `max(dmsg_discovery_servers_count) < ${dmsgServers}`,
      for: "10m",
      severity: "critical",
      summary: `dmsg-discovery knows {{ $value | printf "%.0f" }} dmsg-servers, and the stack runs ${dmsgServers}`,
      description:
        "A dmsg-server that is not registered carries no visor. Look at its log, its key and its public address.",
    },
    {
      name: "DmsgServerEmpty",
      expression: "max by (workload) (dmsg_server_clients_count) == 0",
      for: "30m",
      severity: "warning",
      summary: "{{ $labels.workload }} has had no client for half an hour",
      description:
        "Visors cannot reach it: its address, its node port or its firewall. make verify dials it from outside.",
    },
    {
      name: "DmsgSessionsFailing",
      expression:
        "sum by (workload) (rate(dmsg_server_vm_session_fail_total[15m])) / (sum by (workload) (rate(dmsg_server_vm_session_fail_total[15m])) + sum by (workload) (rate(dmsg_server_vm_session_success_total[15m]))) > 0.5",
      for: "15m",
      severity: "warning",
      summary: "{{ $value | humanizePercentage }} of the sessions of {{ $labels.workload }} fail",
      description:
        "Many clients with an old protocol or another network's keys, or the server is at its end: look at its processors and its log.",
    },
    {
      name: "DmsgClientsGone",
      expression:
        "max(dmsg_discovery_clients_count) < 0.5 * max(dmsg_discovery_clients_count offset 1h)",
      for: "10m",
      severity: "critical",
      summary: "Half of the dmsg clients are gone within an hour",
      description: "A dmsg-server, the way in, or the discovery's Redis has failed.",
    },
    {
      name: "VisorsGone",
      expression:
        "max(uptime_tracker_entries_count) < 0.5 * max(uptime_tracker_entries_count offset 1h)",
      for: "15m",
      severity: "critical",
      summary: "The uptime-tracker sees half of the visors of an hour ago, or fewer",
      description:
        "Visors lose the uptime that they are paid for. Look at the uptime-tracker, its host and its database.",
    },
    {
      name: "TransportsGone",
      expression: `(${transports}) < 0.5 * (${earlier})`,
      for: "15m",
      severity: "warning",
      summary: "Half of the transports are gone within an hour",
      description:
        "A store of the transport-discovery was emptied, or the address-resolver fails: new routes cannot be set up.",
    },
    {
      name: "SkywireSlow",
      expression:
        "sum by (workload) (rate(vm_request_duration_sum[10m])) / sum by (workload) (rate(vm_request_duration_count[10m])) > 2",
      for: "15m",
      severity: "warning",
      summary: "{{ $labels.workload }} takes {{ $value | humanizeDuration }} for a request",
      description:
        "Its store is slow, or it has too few pods. Look at Postgres and Redis beside it.",
    },
    {
      name: "RoutesFailing",
      expression:
        "sum by (workload) (rate(setup_node_no_of_failed_route_setups[30m])) > 0.5 * sum by (workload) (rate(setup_node_no_of_route_setups[30m]))",
      for: "30m",
      severity: "warning",
      summary: "{{ $labels.workload }} fails to set up more routes than half of those it does",
      description:
        "Visors cannot be reached over dmsg, or the route-finder finds ways that are gone.",
    },
  ],
});
