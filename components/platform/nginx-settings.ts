/**
 * Command line and ConfigMap of F5's NGINX Ingress Controller. Pure.
 *
 * Source: flags, ConfigMap keys and template of nginx/kubernetes-ingress v5.5.4, whose nginx is 1.31.
 */
import * as pulumi from "@pulumi/pulumi";

import { parseQuantity } from "../base/quantity.ts";
import { nginxGuards } from "./guards.ts";
import type { GuardedHost } from "./guards.schema.ts";
import type { StatusEndpoint } from "./ingress-controller.ts";
import type { NginxConfig } from "./ingress.schema.ts";
import { nginxPorts } from "./nginx-ports.ts";
import { spoofableHeaders } from "./spoofable-headers.ts";

/** What the process reads beside its arguments. */
export interface NginxSources {
  /** Name of the ConfigMap, in the pod's namespace. */
  readonly settings: pulumi.Input<string>;
  /** Path of the template by which it writes a host. */
  readonly template: string;
}

/** Arguments of an nginx that serves the Ingresses of one class. */
export function nginxArguments(
  className: string,
  endpoint: StatusEndpoint,
  { settings, template }: NginxSources,
): pulumi.Input<string>[] {
  return [
    `-ingress-class=${className}`,
    pulumi.interpolate`-nginx-configmaps=$(POD_NAMESPACE)/${settings}`,
    `-ingress-template-path=${template}`,
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

/** The size of a directive; 0 is any. */
const bodySize = (maximum: string | undefined): string =>
  maximum === undefined ? "0" : `${parseQuantity(maximum)}`;

/** Bytes of an answer that lie on nginx' disk at most while its client takes them. */
const answerRoom = 8 * 2 ** 20;

/**
 * How long the processes of before may end what they have, when nginx is told of other pods: whenever a pod of any host
 * comes or goes, not only when it stops. So it is as long as the controller's terms let a connection be, or each update
 * of one service would cut the WebSockets and streams of all others. When the pod itself stops, its grace ends them.
 */
const replacedSeconds = ({
  readTimeoutSeconds,
  answerTimeoutSeconds,
  drainSeconds,
}: NginxConfig): number => {
  const times = [readTimeoutSeconds, answerTimeoutSeconds, drainSeconds];
  return times.includes(0) ? 0 : Math.max(...times);
};

/** Content of the ConfigMap. */
export function nginxSettings(
  config: NginxConfig,
  endpoint: StatusEndpoint,
  guards: readonly GuardedHost[] = [],
): Readonly<Record<string, string>> {
  const guarded = nginxGuards(guards);
  const { maximumBody, readTimeoutSeconds, answerTimeoutSeconds, connectTimeoutSeconds } = config;
  return {
    // Both are on by default as soon as a host has a certificate; visors post to port 80 and follow
    // no redirect (facts/skywire.md 9, point 7).
    "ssl-redirect": "False",
    "redirect-to-https": "False",
    "server-tokens": "False",
    // As Traefik has it, and without it a host whose pods speak gRPC is served as if they did not.
    http2: "True",
    "client-max-body-size": bodySize(maximumBody),
    // By itself it writes up to a gibibyte of each answer to its node's disk, for a client that is slow to take it.
    "proxy-max-temp-file-size": `${answerRoom}`,
    "proxy-read-timeout": time(answerTimeoutSeconds),
    "proxy-send-timeout": time(answerTimeoutSeconds),
    ...(connectTimeoutSeconds === undefined
      ? {}
      : { "proxy-connect-timeout": time(connectTimeoutSeconds) }),
    "worker-shutdown-timeout": time(replacedSeconds(config)),
    "http-snippets": [
      `client_header_timeout ${time(readTimeoutSeconds)};`,
      `client_body_timeout ${time(readTimeoutSeconds)};`,
      // Of gRPC the template says none, and a stream is one body: nginx' own 1m would end it.
      `client_max_body_size ${bodySize(maximumBody)};`,
      ...upgradeMaps,
      ...guarded.http,
    ].join("\n"),
    "location-snippets": [...guarded.location, ...locationSnippets].join("\n"),
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
 * Words of a request to the service, by what the client wants its connection to become.
 *
 * Websockets are let through to every host, as Traefik does, and nothing else: by `h2c` a client would
 * speak to the service past everything that is dropped here. All other requests have a connection of
 * their own: nginx 1.31 keeps idle ones for a minute, and the services close theirs after 30 s.
 */
const upgradeMaps: readonly string[] = [
  'map $http_upgrade $fleet_upgrade { default ""; ~*^websocket$ websocket; }',
  "map $http_upgrade $fleet_connection { default close; ~*^websocket$ upgrade; }",
];

/** Directives at the top of every host's location, before the template's own. */
const locationSnippets: readonly string[] = [
  ...spoofableHeaders.flatMap((header) => [
    `proxy_set_header ${header} "";`,
    `grpc_set_header ${header} "";`,
  ]),
  "proxy_set_header Upgrade $fleet_upgrade;",
  "proxy_set_header Connection $fleet_connection;",
];
