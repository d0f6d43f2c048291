/** What stands round a system: certificates, ingress controllers, the shipper of its logs. */
import { goProgram } from "./go.ts";
import { familyOf } from "./types.ts";

const certificate = "name namespace issuer_name issuer_kind issuer_group";

/** cert-manager's controller (v1.1x, facts/clouds-gke-ingress-tls.md). */
export const certManager = {
  ...goProgram,
  ...familyOf([
    [
      "gauge",
      "certmanager_certificate_",
      certificate,
      "expiration_timestamp_seconds renewal_timestamp_seconds",
    ],
    ["gauge", "certmanager_certificate_", `${certificate} condition`, "ready_status"],
    ["counter", "certmanager_controller_", "controller", "sync_call_count sync_error_count"],
  ]),
};

/** Traefik v3 with metrics of entry points and services, which are on unless they are turned off. */
export const traefik = {
  ...goProgram,
  ...familyOf([
    ["counter", "traefik_", "", "config_reloads_total"],
    ["gauge", "traefik_", "", "config_last_reload_success"],
    ["gauge", "traefik_", "entrypoint protocol", "open_connections"],
    ["gauge", "traefik_", "cn serial sans", "tls_certs_not_after"],
    [
      "counter",
      "traefik_entrypoint_",
      "code method protocol entrypoint",
      "requests_total requests_bytes_total responses_bytes_total",
    ],
    [
      "histogram",
      "traefik_entrypoint_",
      "code method protocol entrypoint",
      "request_duration_seconds",
    ],
    [
      "counter",
      "traefik_service_",
      "code method protocol service",
      "requests_total requests_bytes_total responses_bytes_total",
    ],
    ["histogram", "traefik_service_", "code method protocol service", "request_duration_seconds"],
  ]),
};

/**
 * F5's NGINX Ingress Controller 5 with `-enable-prometheus-metrics` (nginx/kubernetes-ingress, internal/metrics: of
 * itself `nginx_ingress_controller_`, of a free NGINX what its status page counts, under `nginx_ingress_nginx_`).
 */
export const nginx = familyOf([
  ["gauge", "nginx_ingress_controller_", "class", "nginx_last_reload_status"],
  ["counter", "nginx_ingress_controller_", "class", "nginx_reload_errors_total"],
  ["gauge", "nginx_ingress_nginx_", "class", "connections_active"],
  ["counter", "nginx_ingress_nginx_", "class", "http_requests_total"],
]);

/**
 * LogShipper's Vector (0.57; its internal metrics, by their names in vectordotdev/vector). Each of its parts is a
 * component: `to-<sink>` is one, with a buffer of that name.
 */
export const logShipper = familyOf([
  [
    "counter",
    "vector_component_",
    "component_id component_kind component_type host",
    "received_events_total sent_events_total sent_bytes_total",
  ],
  [
    "counter",
    "vector_component_",
    "component_id component_kind component_type host intentional",
    "discarded_events_total",
  ],
  [
    "counter",
    "vector_component_",
    "component_id component_kind component_type host error_type stage",
    "errors_total",
  ],
  ["gauge", "vector_buffer_", "buffer_id host stage", "size_bytes max_size_bytes"],
  ["counter", "vector_buffer_", "buffer_id host stage intentional", "discarded_events_total"],
]);
