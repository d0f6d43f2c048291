/** Public names of a network: `<what>-<network>.<domain>` (facts/spacemesh.md 5.1). Pure. */
import type { PlatformFault } from "../platform/fault.ts";

/** Names that the web services answer to. */
export const webHosts = ["api", "api-json", "dash-api", "explorer-api"] as const;
/** {@inheritDoc webHosts} */
export type WebHost = (typeof webHosts)[number];

/** Names of the pages that watch the network. */
const pageHosts = ["grafana", "kibana", "prometheus"] as const;

/** Every name a network may have. */
export const networkNames = [...webHosts, ...pageHosts] as const;
/** {@inheritDoc networkNames} */
export type NetworkName = (typeof networkNames)[number];

/**
 * The one name that no proxy may stand before: what is spoken there is gRPC over TLS, with the certificate at
 * the ingress (seed, "api-<network>").
 */
const direct: NetworkName = "api";

/** Whether a name is reached through Cloudflare's proxy, where Cloudflare keeps the zone. */
export const isProxied = (name: NetworkName): boolean => name !== direct;

/** A public name of the network. */
export const hostOf = (name: NetworkName, network: string, domain: string): string =>
  `${name}-${network}.${domain}`;

const longestName = Math.max(...networkNames.map((name) => name.length));

/** Longest name of a network with which each of its hosts is a host: 63 letters between two dots. */
export const longestNetwork = 63 - longestName - 1;

/**
 * Names that DNS does not take.
 *
 * @param path Place of the network's name in the file.
 */
export const networkNameFaults = (path: PlatformFault["path"], network: string): PlatformFault[] =>
  network.length <= longestNetwork
    ? []
    : [
        {
          path,
          message: `must have at most ${longestNetwork} letters: explorer-api-${network} would be longer than the 63 that DNS takes`,
        },
      ];
