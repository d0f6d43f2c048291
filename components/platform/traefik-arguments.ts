/** Traefik's command line and its one file. Pure; sources: facts/clouds-gke-ingress-tls.md 4. */

import { parseQuantity } from "../base/quantity.ts";
import { yamlText } from "../base/yaml.ts";
import { traefikGuards } from "./guards.ts";
import type { GuardedHost } from "./guards.schema.ts";
import type { StatusEndpoint } from "./ingress-controller.ts";
import type { TraefikConfig } from "./ingress.schema.ts";
import { spoofableHeaders } from "./spoofable-headers.ts";

/** Ports the process listens on: above 1023, so that it needs no right to bind them. */
export const traefikPorts = { web: 8000, websecure: 8443, ping: 8080, metrics: 9100 } as const;

/** Folder of the file provider. */
export const traefikFolder = "/etc/traefik/dynamic";

/** Names of the middlewares on both public entry points. */
const clientAddress = "client-address";
const maximumBodyName = "maximum-body";

function statusArgument(endpoint: StatusEndpoint): string {
  const key = "--providers.kubernetesingress.ingressendpoint";
  switch (endpoint.kind) {
    case "ip":
      return `${key}.ip=${endpoint.ip}`;
    case "hostname":
      return `${key}.hostname=${endpoint.hostname}`;
    case "service":
      return `${key}.publishedservice=${endpoint.service}`;
  }
}

/** Arguments of one of the two entry points that the world dials. */
function publicEntryPoint(entry: "web" | "websecure", config: TraefikConfig): string[] {
  const key = `--entryPoints.${entry}`;
  const { exposure, trustedProxies } = config;
  const proxies = exposure.kind === "load-balancer" ? exposure.proxyProtocol?.from : undefined;
  const middlewares = Object.keys(traefikMiddlewares(config)).map((name) => `${name}@file`);
  return [
    `${key}.address=:${traefikPorts[entry]}`,
    // Without a default, every Ingress is served on the metrics entry point, too.
    `${key}.asDefault=true`,
    `${key}.http.middlewares=${middlewares.join(",")}`,
    // X_Real_Ip and the like, which some programs read as X-Real-IP. Takes Traefik 3.7.12 or newer.
    `${key}.http.aliasHeadersStrategy=delete`,
    `${key}.transport.respondingTimeouts.readTimeout=${config.readTimeoutSeconds}s`,
    // Take new connections until the cluster sends them elsewhere, then let running requests end.
    `${key}.transport.lifeCycle.requestAcceptGraceTimeout=5s`,
    `${key}.transport.lifeCycle.graceTimeOut=${config.drainSeconds}s`,
    ...(proxies === undefined ? [] : [`${key}.proxyProtocol.trustedIPs=${proxies.join(",")}`]),
    // Absent, a client's own X-Forwarded-For and X-Real-Ip are dropped and written anew.
    ...(trustedProxies.length === 0
      ? []
      : [`${key}.forwardedHeaders.trustedIPs=${trustedProxies.join(",")}`]),
  ];
}

/**
 * Arguments of a Traefik that serves the Ingresses of one class.
 *
 * @param className The class; an Ingress of another class, or of none, is left to others.
 */
export function traefikArguments(
  className: string,
  config: TraefikConfig,
  endpoint: StatusEndpoint,
): string[] {
  return [
    "--global.checkNewVersion=false",
    "--global.sendAnonymousUsage=false",
    "--log.level=INFO",
    "--log.format=json",
    ...publicEntryPoint("web", config),
    ...publicEntryPoint("websecure", config),
    // TLS belongs to the entry point. The annotation router.tls would make port 80 answer 404.
    "--entryPoints.websecure.http.tls=true",
    `--entryPoints.traefik.address=:${traefikPorts.ping}`,
    "--ping=true",
    "--ping.entryPoint=traefik",
    `--entryPoints.metrics.address=:${traefikPorts.metrics}`,
    "--metrics.prometheus=true",
    "--metrics.prometheus.entryPoint=metrics",
    // Below the 30 s after which the services close an idle connection (facts/skywire.md 2.1).
    "--serversTransport.forwardingTimeouts.idleConnTimeout=25s",
    `--serversTransport.forwardingTimeouts.responseHeaderTimeout=${config.answerTimeoutSeconds}s`,
    ...(config.connectTimeoutSeconds === undefined
      ? []
      : [`--serversTransport.forwardingTimeouts.dialTimeout=${config.connectTimeoutSeconds}s`]),
    `--providers.file.directory=${traefikFolder}`,
    "--providers.file.watch=false",
    "--providers.kubernetesingress=true",
    `--providers.kubernetesingress.ingressclass=${className}`,
    // While a service of one pod restarts its hosts answer 503, not 404.
    "--providers.kubernetesingress.allowEmptyServices=true",
    statusArgument(endpoint),
  ];
}

type Middlewares = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What every request passes. Traefik passes a client's own on of these headers: an empty value drops it. */
function traefikMiddlewares({ maximumBody }: TraefikConfig): Middlewares {
  return {
    [clientAddress]: {
      headers: {
        customRequestHeaders: Object.fromEntries(spoofableHeaders.map((header) => [header, ""])),
      },
    },
    ...(maximumBody === undefined
      ? {}
      : { [maximumBodyName]: { buffering: { maxRequestBodyBytes: parseQuantity(maximumBody) } } }),
  };
}

/** Files of the file provider: what every request passes, and the guards that hosts name. */
export function traefikFiles(
  config: TraefikConfig,
  guards: readonly GuardedHost[] = [],
): Record<string, string> {
  const middlewares = {
    ...traefikMiddlewares(config),
    ...traefikGuards(guards, config.trustedProxies),
  };
  return { "middlewares.yml": yamlText({ http: { middlewares } }) };
}
