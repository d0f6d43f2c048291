/** Names and addresses of the Skywire programs inside the cluster. */
import { httpPorts, type HttpService, uptimePrivatePort } from "./ports.ts";

/** Service behind which the uptime-tracker's private API stands; never in an ingress. */
export const uptimePrivateService = "uptime-tracker-private";

/** Service of the address-resolver's UDP side, on the nodes' own addresses. */
export const addressResolverUdpService = "address-resolver-udp";

/**
 * URL of a program inside the cluster.
 *
 * Where a flag takes one it is used instead of the public one: a public name leads through the load
 * balancer back into the cluster, past the PROXY protocol (facts/skywire.md 6.4).
 */
export const clusterUrl = (service: HttpService, namespace: string): string =>
  `http://${service}.${namespace}.svc:${httpPorts[service]}`;

/** URL of the uptime-tracker's private API. */
export const uptimePrivateUrl = (namespace: string): string =>
  `http://${uptimePrivateService}.${namespace}.svc:${uptimePrivatePort}`;

/**
 * Names of the workloads behind one service: the one that carries the key, and the others, which
 * must not (2.5). The first keeps its name whatever the number, so that scaling moves no key.
 */
export const memberNames = (service: string, replicas: number): readonly [string, ...string[]] =>
  replicas > 1 ? [service, `${service}-keyless`] : [service];
