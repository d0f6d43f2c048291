/**
 * Command line and ConfigMap of F5's NGINX Ingress Controller. Pure.
 *
 * Source: flags, ConfigMap keys and template of nginx/kubernetes-ingress v5.5.4, whose nginx is 1.31.
 */
import * as pulumi from "@pulumi/pulumi";

import { parseQuantity } from "../base/quantity.ts";
import type { StatusEndpoint } from "./ingress-controller.ts";
import type { NginxConfig } from "./ingress.schema.ts";

/** Ports of the pod. The first two are the template's own: Ingresses are served on no others. */
export const nginxPorts = { web: 80, websecure: 443, ready: 8081, metrics: 9113 } as const;

/**
 * Arguments of an nginx that serves the Ingresses of one class.
 *
 * @param settings Name of the ConfigMap, in the pod's namespace.
 */
export function nginxArguments(
  className: string,
  endpoint: StatusEndpoint,
  settings: pulumi.Input<string>,
): pulumi.Input<string>[] {
  return [
    `-ingress-class=${className}`,
    pulumi.interpolate`-nginx-configmaps=$(POD_NAMESPACE)/${settings}`,
    // Ingresses are all there is: no kinds of its own are installed, and it would wait for them.
    "-enable-custom-resources=false",
    "-enable-telemetry-reporting=false",
    "-report-ingress-status",
    ...(endpoint.kind === "service"
      ? [`-external-service=${endpoint.service.split("/")[1] ?? ""}`]
      : []),
    `-leader-election-lock-name=${className}-leader`,
    "-nginx-status=false",
    `-ready-status-port=${nginxPorts.ready}`,
    "-enable-prometheus-metrics",
    `-prometheus-metrics-listen-port=${nginxPorts.metrics}`,
    "-log-format=json",
  ];
}

/** The time of a directive; 0 is without end, which nginx has no word for: a day. */
const time = (seconds: number): string => (seconds === 0 ? "1d" : `${seconds}s`);

/** Content of the ConfigMap. */
export function nginxSettings(
  config: NginxConfig,
  endpoint: StatusEndpoint,
): Readonly<Record<string, string>> {
  const { maximumBody, readTimeoutSeconds, answerTimeoutSeconds, drainSeconds } = config;
  return {
    // Both are on by default as soon as a host has a certificate; visors post to port 80 and follow
    // no redirect (facts/skywire.md 9, point 7).
    "ssl-redirect": "False",
    "redirect-to-https": "False",
    "server-tokens": "False",
    "client-max-body-size": maximumBody === undefined ? "0" : `${parseQuantity(maximumBody)}`,
    "proxy-read-timeout": time(answerTimeoutSeconds),
    "proxy-send-timeout": time(answerTimeoutSeconds),
    "worker-shutdown-timeout": time(drainSeconds),
    "http-snippets": [
      `client_header_timeout ${time(readTimeoutSeconds)};`,
      `client_body_timeout ${time(readTimeoutSeconds)};`,
    ].join("\n"),
    "location-snippets": locationSnippets.join("\n"),
    ...clientAddress(config),
    ...(endpoint.kind === "service"
      ? {}
      : { "external-status-address": endpoint.kind === "ip" ? endpoint.ip : endpoint.hostname }),
  };
}

/** Who may say where a request comes from: the balancer, proxies that are trusted, or nobody. */
function clientAddress({ exposure, trustedProxies }: NginxConfig): Record<string, string> {
  const proxies = exposure.kind === "load-balancer" ? exposure.proxyProtocol?.from : undefined;
  if (proxies !== undefined) {
    return {
      "proxy-protocol": "True",
      "real-ip-header": "proxy_protocol",
      "set-real-ip-from": proxies.join(","),
    };
  }
  return trustedProxies.length === 0
    ? {}
    : {
        "real-ip-header": "X-Forwarded-For",
        "real-ip-recursive": "True",
        "set-real-ip-from": trustedProxies.join(","),
      };
}

/**
 * Directives at the top of every host's location, before the template's own.
 *
 * The template overwrites X-Real-IP, but appends to X-Forwarded-For: services that look at its first
 * entry would believe the client. So the address stands in a header line before that one.
 */
export const locationSnippets: readonly string[] = [
  // Believed before anything else by the services, and passed on by nginx (facts/skywire.md 2.1).
  'proxy_set_header True-Client-IP "";',
  "proxy_set_header X-Forwarded-For $remote_addr;",
  // nginx 1.31 keeps idle connections for a minute; the services close theirs after 30 s.
  "proxy_set_header Connection close;",
];
