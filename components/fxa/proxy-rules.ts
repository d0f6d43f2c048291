/** Whose address the servers take for a client's. Pure. */
import type { ClusterConfig } from "../platform/cluster.schema.ts";
import type { DnsConfig } from "../platform/dns.schema.ts";
import type { PlatformFault } from "../platform/fault.ts";
import type { IngressConfig } from "../platform/ingress.schema.ts";

/** Whether Cloudflare's proxy stands before a host of the stack. */
const isFronted = (dns: DnsConfig): boolean =>
  dns.kind === "cloudflare" && Object.values(dns.proxied).includes(true);

/**
 * Proxies before the controllers that the file counts in one place and not in the other. The servers then take the
 * same address for every client, whom customs blocks together.
 *
 * A controller that trusts nobody tells the address of whoever dials it. What trusts them tells the client's, nginx
 * alone and Traefik behind all that it was told.
 */
export const proxyFaults = (
  proxies: number,
  { controllers }: Pick<IngressConfig, "controllers">,
  dns: DnsConfig,
): PlatformFault[] =>
  Object.entries(controllers).flatMap(([name, { kind, trustedProxies }]) => {
    const stands = proxies > 1 || isFronted(dns);
    if (stands && trustedProxies.length === 0) {
      return [
        {
          path: ["ingress", "controllers", name, "trustedProxies"],
          message: `must list the ranges of the proxies before it, which ${proxies > 1 ? "fleet:proxies counts" : "fleet:dns.proxied puts there"}: it would tell their address as every client's, and customs would block all of them`,
        },
      ];
    }
    return kind === "traefik" && trustedProxies.length > 0 && proxies === 1
      ? [
          {
            path: ["proxies"],
            message: `must count the proxies that ${name} trusts, e.g. 2: the servers would take the last of them for every client, and customs would block all of them`,
          },
        ]
      : [];
  });

/**
 * Controllers behind a balancer of Linode's that are not told whose connection it hands on. They see an address of
 * 192.168.255.0/24 in every one, whatever `externalTrafficPolicy` says (facts/clouds-linode-cloudflare-docker.md 2.3).
 */
export const hiddenFaults = (
  { controllers }: Pick<IngressConfig, "controllers">,
  { linode }: Pick<ClusterConfig, "linode">,
): PlatformFault[] =>
  Object.entries(controllers).flatMap(([name, { exposure, trustedProxies }]) =>
    linode === undefined ||
    exposure.kind !== "load-balancer" ||
    exposure.proxyProtocol !== undefined ||
    trustedProxies.length > 0
      ? []
      : [
          {
            path: ["ingress", "controllers", name, "exposure", "proxyProtocol"],
            message:
              "must be there, e.g. {}, beside linode: {}: Linode's balancers hide their clients' addresses, and customs would block all of them together",
          },
        ],
  );
