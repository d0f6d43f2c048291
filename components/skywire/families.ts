/**
 * What Skywire's programs export (facts/skywire.md 3.2), by their code (skycoin/skywire-services 2c8dd3d,
 * `internal/*metrics`; skycoin/skywire-utilities, `metricsutil`).
 */
import { familyOf } from "../observability/families/types.ts";

/** {@inheritDoc familyOf} */
export const skywireFamily = familyOf([
  ["gauge", "dmsg_discovery_", "", "clients_count servers_count"],
  [
    "gauge",
    "dmsg_server_",
    "",
    "clients_count packets_per_minute vm_active_sessions_count vm_active_streams_count",
  ],
  [
    "counter",
    "dmsg_server_vm_",
    "",
    "session_success_total session_fail_total stream_success_total stream_fail_total",
  ],
  ["gauge", "address_resolver_", "", "clients_count"],
  ["gauge", "transport_discovery_", "", "stcp_count stcpr_count sudph_count dmsg_count"],
  ["gauge", "uptime_tracker_", "", "entries_count"],
  [
    "gauge",
    "service_discovery_",
    "",
    "service_type_vpn_count service_type_visor_count service_type_skysocks_count service_types_count services_registered_by_type_count",
  ],
  [
    "gauge",
    "network_monitor_",
    "",
    "total_vpn_server_count total_visor_count total_visors_with_stcpr_transport_count total_visors_with_sudph_transport_count",
  ],
  ["gauge", "setup_node_", "", "active_request_count"],
  ["unknown", "setup_node_", "", "no_of_route_setups no_of_failed_route_setups"],
  ["unknown", "setup_node_", "", "request_durations_sum request_durations_count"],
  ["gauge", "vm_", "", "request_ongoing_count"],
  // A histogram of VictoriaMetrics', whose buckets are not Prometheus': these two series are.
  ["counter", "vm_", "code method", "request_duration_sum request_duration_count"],
]);
