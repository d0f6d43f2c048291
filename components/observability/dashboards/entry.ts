/** The way in: hosts, their answers and their certificates. */
import type { Exporter } from "../families/types.ts";
import type { Dashboard, Panel } from "./types.ts";
import { graph, query } from "./words.ts";

const traefik: readonly Panel[] = [
  graph(
    "Requests a second",
    "reqps",
    "sum by (service) (rate(traefik_service_requests_total[$__rate_interval]))",
    "{{service}}",
  ),
  graph(
    "Share of requests that fail (5xx)",
    "percentunit",
    'sum by (service) (rate(traefik_service_requests_total{code=~"5.."}[$__rate_interval])) / sum by (service) (rate(traefik_service_requests_total[$__rate_interval]))',
    "{{service}}",
    { max: 1, bad: { from: 0.05 } },
  ),
  graph(
    "Time of one in twenty requests, or more",
    "s",
    "histogram_quantile(0.95, sum by (service, le) (rate(traefik_service_request_duration_seconds_bucket[$__rate_interval])))",
    "{{service}}",
  ),
  graph(
    "Open connections",
    "short",
    "sum by (entrypoint) (traefik_open_connections)",
    "{{entrypoint}}",
  ),
  graph(
    "Days until served certificates end",
    "d",
    "(min by (sans) (traefik_tls_certs_not_after) - time()) / 86400",
    "{{sans}}",
    { bad: { below: 14 } },
  ),
];

const nginx: readonly Panel[] = [
  graph(
    "Requests a second, NGINX",
    "reqps",
    "sum by (workload) (rate(nginx_ingress_nginx_http_requests_total[$__rate_interval]))",
    "{{workload}}",
  ),
];

const certificates: readonly Panel[] = [
  {
    title: "Certificates by their end",
    kind: "table",
    unit: "s",
    queries: [
      query(
        "sort(min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds) - time())",
      ),
    ],
  },
];

/** The dashboard of the way in. */
export const entryDashboard = (exporters: readonly Exporter[]): Dashboard => ({
  uid: "entry",
  title: "Hosts and certificates",
  panels: [
    ...(exporters.includes("traefik") ? traefik : []),
    ...(exporters.includes("nginx") ? nginx : []),
    ...(exporters.includes("cert-manager") ? certificates : []),
  ],
});
