/**
 * Ports on which the Skywire programs listen in their containers.
 *
 * Source: facts/skywire.md 3. Every program gets its listening address explicitly, so this table is
 * the only place where a port stands.
 */
import { announces, metricsPathAnnotation } from "../base/announce.ts";

/** Main HTTP port of each program that has one. */
export const httpPorts = {
  "address-resolver": 9093,
  "config-bootstrapper": 9082,
  "dmsg-discovery": 9090,
  "network-monitor": 9080,
  "node-visualizer": 9081,
  "route-finder": 9092,
  "service-discovery": 9098,
  "transport-discovery": 9091,
  "uptime-tracker": 9096,
} as const;

/** A program with a main HTTP port. */
export type HttpService = keyof typeof httpPorts;

/**
 * HTTP port of each daemon beside the services, dialled by nobody but the checks of its pod (4.12).
 * The transport-setup's takes orders from whoever reaches it.
 */
export const daemonPorts = {
  "dmsg-monitor": 9080,
  "liveness-checker": 9081,
  "public-visor-monitor": 9082,
  "skysocks-monitor": 9081,
  "tpd-monitor": 9080,
  "transport-setup": 8080,
  "vpn-monitor": 9081,
} as const;

/** Port of the metrics listener, everywhere: each program runs in a pod of its own (3, 4.7). */
export const metricsPort = 2121;

/** TCP port of the dmsg protocol inside a dmsg-server's pod; the public one is its NodePort (4.10). */
export const dmsgPort = 8081;

/** Port of a setup-node on the dmsg network, which visors have built in: it listens on no other (4.9). */
export const setupNodeDmsgPort = 36;

/** HTTP port of a dmsg-server's health listener. An empty one kills the server (4.10). */
export const dmsgHealthPort = 8082;

/**
 * Private API of the uptime-tracker: it tells the addresses of visors, so that it must never be in
 * an ingress; only the node-visualizer may call it (4.7).
 */
export const uptimePrivatePort = 9086;

/** UDP port that visors dial where the address-resolver's URL carries no port (4.2). */
export const publicUdpPort = 30_178;

/** UDP and TCP ports of STUN servers, main and alternate (4.17). */
export const stunPorts = [3478, 3479] as const;

/** HTTP port of the IP service (4.14). */
export const geoipPort = 8080;

/** HTTP port of the user accounts, base `/api/v1`; `rpc` is dialled by the whitelist alone (4.16). */
export const authPorts = { http: 8080, rpc: 9090 } as const;

/** HTTP port of the whitelist, base `/api/v1`; `rpc` is dialled by the user accounts alone (4.16). */
export const whitelistPorts = { http: 8081, rpc: 9091 } as const;

/** What reads a program's metrics, and where. */
export interface MetricsEndpoint {
  readonly port: number;
  readonly path: string;
}

/** Metrics of every Skywire program but the config-bootstrapper, which has none (3). */
export const metricsEndpoint: MetricsEndpoint = { port: metricsPort, path: "/metrics" };

/** Annotations by which a scraper finds {@link metricsEndpoint} on a pod. */
export const metricsAnnotations: Readonly<Record<string, string>> = {
  ...announces(metricsEndpoint.port),
  [metricsPathAnnotation]: metricsEndpoint.path,
};
