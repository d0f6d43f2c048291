/**
 * Skywire's own alerts: what visors notice first (facts/skywire.md 3.2; what a number counts was read in
 * skycoin/skywire-services 2c8dd3d and skycoin/dmsg).
 */
import type { Exporter } from "../observability/families/types.ts";
import type { AlertRule, RuleGroup } from "../observability/rules/types.ts";
import { publicServices } from "./hosts.ts";

/** What of a deployment its alerts depend on. */
export interface AlertedDeployment {
  /** Namespaces of its programs. */
  readonly namespaces: readonly string[];
  /** How many dmsg-servers it runs: fewer in the discovery are too few. */
  readonly dmsgServers: number;
  /** Names of its setup-nodes. Default: none. */
  readonly setupNodes?: readonly string[] | undefined;
  readonly exporters: readonly Exporter[];
}

const types = ["stcp", "stcpr", "sudph", "dmsg"].map((type) => `transport_discovery_${type}_count`);

/** Transports of every kind. Each pod tells of the one store, so the largest is taken. */
const transports = (when = ""): string =>
  types.map((metric) => `max(${metric}${when})`).join(" + ");

/** Sessions of all dmsg-servers, at a time. */
const sessions = (when = ""): string => `sum(max by (workload) (dmsg_server_clients_count${when}))`;

/** Clients in the discovery's store. */
const known = (when = ""): string => `max(dmsg_discovery_clients_count${when})`;

/**
 * Half of what there was. An hour ago shows it soon, and forgets it within the hour; the day before keeps it in
 * sight while it lasts.
 */
const halved = (of: (when?: string) => string): string =>
  `${of()} < 0.5 * ${of(" offset 1h")} or ${of()} < 0.5 * ${of(" offset 1d")}`;

/** Requests a second that the uptime-tracker answers well: of visors that tell that they are up, nearly all. */
const updates = (when = ""): string =>
  `sum(rate(vm_request_duration_count{workload="uptime-tracker",code="200"}[15m]${when}))`;

/** Requests a second of probes and a page or two: too few to miss any. */
const few = 1;

/** Those that visors do without; a dmsg-server that is away the discovery misses. */
const onlooker = "node-visualizer";

/**
 * Services without any pod that answers. The pods of some are two Deployments, as just one of them bears the key
 * (`addresses.ts`): either alone serves.
 */
function goneRule({ namespaces, setupNodes = [] }: AlertedDeployment): AlertRule {
  const names = [...publicServices.filter((name) => name !== onlooker), ...setupNodes];
  const which = `{namespace=~"${namespaces.join("|")}",deployment=~"(${names.join("|")})(-keyless)?"}`;
  const pods = (metric: string): string =>
    `sum by (namespace, service) (label_replace(${metric}${which}, "service", "$1", "deployment", "(.+?)(-keyless)?"))`;
  return {
    name: "SkywireServiceGone",
    expression: `${pods("kube_deployment_status_replicas_available")} == 0 and on (namespace, service) ${pods("kube_deployment_spec_replicas")} > 0`,
    // The update of one that must not overlap with itself takes minutes.
    for: "10m",
    severity: "critical",
    summary: "{{ $labels.service }} has no pod that answers",
    description:
      "What it tells of itself is missing, too, so that no other alert may speak of it. The events of its pods say whether they start at all.",
  };
}

/** Answers that begin with 5. */
const failed = 'vm_request_duration_count{code=~"5.."}';

/** Alerts of a Skywire deployment. */
export const skywireRules = (deployment: AlertedDeployment): RuleGroup => ({
  name: "skywire",
  rules: [
    ...(deployment.exporters.includes("kube-state-metrics") ? [goneRule(deployment)] : []),
    {
      // What HostFails says of a host, from inside: requests over dmsg pass no Traefik.
      name: "SkywireFails",
      expression: `sum by (workload) (rate(${failed}[5m])) / sum by (workload) (rate(vm_request_duration_count[5m])) > 0.2 and sum by (workload) (rate(${failed}[5m])) > 0.05`,
      for: "10m",
      severity: "warning",
      summary:
        "{{ $labels.workload }} answers {{ $value | humanizePercentage }} of requests with 5xx",
      description:
        "Its Redis or its Postgres does not answer it, most often: its log has the error of each.",
    },
    {
      name: "DmsgServersMissing",
      expression: `max(dmsg_discovery_servers_count) < ${deployment.dmsgServers}`,
      for: "10m",
      severity: "critical",
      summary: `dmsg-discovery knows {{ $value | printf "%.0f" }} dmsg-servers, and the stack runs ${deployment.dmsgServers}`,
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
      // The discovery forgets no client (a set in its Redis, of which nothing expires): its number falls when that
      // Redis is emptied. Who is there now the dmsg-servers know.
      expression: `${halved(sessions)} or ${halved(known)}`,
      for: "10m",
      severity: "critical",
      summary: "Half of the dmsg clients of an hour or a day ago are gone",
      description: "A dmsg-server, the way in, or the discovery's Redis has failed.",
    },
    {
      name: "VisorsGone",
      // By what it answers: its own number of entries counts who was seen this month, so that it never falls but on
      // the first of the next. A tracker that is away answers nothing; one that few ask has its probes to count.
      expression: `(${updates()} or vector(0)) < 0.5 * (${updates(" offset 1h")} > ${few}) or (${updates()} or vector(0)) < 0.5 * (${updates(" offset 1d")} > ${few})`,
      for: "15m",
      severity: "critical",
      summary: "The uptime-tracker answers half of the requests of an hour or a day ago, or fewer",
      description:
        "Visors lose the uptime that they are paid for. Look at the uptime-tracker, its host and its database.",
    },
    {
      name: "TransportsGone",
      expression: `(${transports()}) < 0.5 * (${transports(" offset 1h")}) or (${transports()}) < 0.5 * (${transports(" offset 1d")})`,
      for: "15m",
      severity: "warning",
      summary: "Half of the transports of an hour or a day ago are gone",
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
