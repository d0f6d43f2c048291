/** The dashboard of a Skywire deployment, from the metrics of its programs (facts/skywire.md 3.2). */
import { number } from "../observability/dashboards/words.ts";
import type { Dashboard, Panel, Query } from "../observability/dashboards/types.ts";

/** A gauge: the sum over all pods of a workload would count each entry of a shared store once a pod. */
const gauge = (metric: string, legend: string): Query => ({ expression: `max(${metric})`, legend });

/** A gauge of which each workload has its own. */
const each = (metric: string): Query => ({
  expression: `max by (workload) (${metric})`,
  legend: "{{workload}}",
});

/** Events a second, workload by workload. */
const rate = (metric: string, legend: string): Query => ({
  expression: `sum by (workload) (rate(${metric}[$__rate_interval]))`,
  legend: `{{workload}} ${legend}`.trim(),
});

const panels: readonly Panel[] = [
  // What people ask first: is the network there?
  number("dmsg clients", "max(dmsg_discovery_clients_count)"),
  number("dmsg-servers", "max(dmsg_discovery_servers_count)"),
  number("Visors seen this month", "max(uptime_tracker_entries_count)"),
  number(
    "Transports",
    "max(transport_discovery_stcp_count) + max(transport_discovery_stcpr_count) + max(transport_discovery_sudph_count) + max(transport_discovery_dmsg_count)",
  ),
  {
    title: "Programs that answer",
    queries: [{ expression: 'sum by (workload) (up{workload!=""})', legend: "{{workload}}" }],
  },
  { title: "Requests a second", unit: "reqps", queries: [rate("vm_request_duration_count", "")] },
  { title: "Requests at once", queries: [each("vm_request_ongoing_count")] },
  {
    title: "Time of a request, on average",
    unit: "s",
    bad: { from: 2 },
    queries: [
      {
        expression:
          "sum by (workload) (rate(vm_request_duration_sum[$__rate_interval])) / sum by (workload) (rate(vm_request_duration_count[$__rate_interval]))",
        legend: "{{workload}}",
      },
    ],
  },
  {
    title: "dmsg-discovery",
    queries: [
      gauge("dmsg_discovery_clients_count", "clients"),
      gauge("dmsg_discovery_servers_count", "servers"),
    ],
  },
  { title: "Clients of dmsg-servers", queries: [each("dmsg_server_clients_count")] },
  { title: "Packets a minute", queries: [each("dmsg_server_packets_per_minute")] },
  { title: "Sessions of dmsg-servers", queries: [each("dmsg_server_vm_active_sessions_count")] },
  { title: "Streams of dmsg-servers", queries: [each("dmsg_server_vm_active_streams_count")] },
  {
    title: "Failures of dmsg-servers, a second",
    queries: [
      rate("dmsg_server_vm_session_fail_total", "sessions"),
      rate("dmsg_server_vm_stream_fail_total", "streams"),
    ],
  },
  {
    title: "address-resolver",
    // It takes none away again.
    queries: [gauge("address_resolver_clients_count", "visors bound by UDP since its start")],
  },
  {
    title: "Transports",
    queries: ["stcp", "stcpr", "sudph", "dmsg"].map((type) =>
      gauge(`transport_discovery_${type}_count`, type),
    ),
  },
  {
    title: "uptime-tracker",
    queries: [gauge("uptime_tracker_entries_count", "visors seen this month")],
  },
  {
    title: "Services",
    queries: ["vpn", "visor", "skysocks"].map((type) =>
      gauge(`service_discovery_service_type_${type}_count`, type),
    ),
  },
  {
    title: "network-monitor",
    queries: [
      gauge("network_monitor_total_vpn_server_count", "VPN servers"),
      gauge("network_monitor_total_visor_count", "visors"),
      gauge("network_monitor_total_visors_with_stcpr_transport_count", "with stcpr"),
      gauge("network_monitor_total_visors_with_sudph_transport_count", "with sudph"),
    ],
  },
  {
    title: "setup-nodes",
    queries: [
      each("setup_node_active_request_count"),
      gauge("setup_node_no_of_route_setups", "routes so far"),
      gauge("setup_node_no_of_failed_route_setups", "failed so far"),
    ],
  },
];

/** {@inheritDoc Dashboard} */
export const skywireDashboard: Dashboard = { uid: "skywire", title: "Skywire", panels };
