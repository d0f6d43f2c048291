/** Who keeps the public names of a stack, and in which zones they lie. */
import * as z from "zod";

import { Hostname } from "../base/scalars.ts";
import type { PlatformFault } from "./fault.ts";
import { NameServerDnsConfig } from "./name-server.schema.ts";

/** Times to live that Linode knows; others it rounds up silently (facts/clouds-linode… 3.4). */
const linodeTtls = [30, 120, 300, 3600, 7200, 14_400, 28_800, 57_600, 86_400] as const;

const ZoneNames = z
  .array(Hostname)
  .min(1, "must name at least one zone")
  .refine((zones) => new Set(zones).size === zones.length, "must not name a zone twice");

/** No provider: the records are a stack output, for whoever keeps the zone by hand. */
const NoDnsConfig = z.strictObject({
  kind: z.literal("none"),
  /** Zones the hosts must lie in. */
  zones: ZoneNames,
  ttlSeconds: z.int().min(30).max(86_400).default(300),
});

/** Linode's name servers. The token comes from LINODE_TOKEN. */
export const LinodeDnsConfig = z.strictObject({
  kind: z.literal("linode"),
  /** Zones that exist in the account; found by name. */
  zones: ZoneNames,
  ttlSeconds: z
    .literal(linodeTtls, `must be one of ${linodeTtls.join(", ")}: Linode rounds others up`)
    .default(300),
});

/** Cloudflare. The token comes from CLOUDFLARE_API_TOKEN and needs DNS Write for the zones. */
export const CloudflareDnsConfig = z.strictObject({
  kind: z.literal("cloudflare"),
  /** Zone → its identifier, so that a preview needs no look-up. */
  zones: z
    .record(
      Hostname,
      z.strictObject({
        zoneId: z.string().regex(/^[0-9a-f]{32}$/, "must be a zone's identifier: 32 hex digits"),
      }),
    )
    .refine((zones) => Object.keys(zones).length > 0, "must name at least one zone"),
  ttlSeconds: z
    .int("must be whole seconds, e.g. 300")
    .refine(
      (ttl) => ttl === 1 || (ttl >= 60 && ttl <= 86_400),
      "must be from 60 to 86400 seconds, or 1 for automatic",
    )
    .default(300),
  /**
   * Host → whether Cloudflare's proxy stands before it, where that is not what the host is by itself. The
   * proxy carries HTTP, HTTPS and WebSockets; gRPC only with a switch of the zone that no program can
   * set, and nothing else at all. It needs the zone's SSL mode `full`, or `strict`.
   */
  proxied: z.record(Hostname, z.boolean()).default({}),
});

/** `fleet:dns` of a stack file. */
export const DnsConfig = z.discriminatedUnion("kind", [
  NoDnsConfig,
  LinodeDnsConfig,
  CloudflareDnsConfig,
  NameServerDnsConfig,
]);
/** {@inheritDoc DnsConfig} */
export type DnsConfig = z.infer<typeof DnsConfig>;
/** {@inheritDoc LinodeDnsConfig} */
export type LinodeDnsConfig = z.infer<typeof LinodeDnsConfig>;
/** {@inheritDoc CloudflareDnsConfig} */
export type CloudflareDnsConfig = z.infer<typeof CloudflareDnsConfig>;

/** Names of the configured zones. */
export function zoneNames(dns: DnsConfig): readonly string[] {
  return dns.kind === "cloudflare" || dns.kind === "name-server"
    ? Object.keys(dns.zones)
    : dns.zones;
}

/** The longest zone a host lies in, or undefined when it lies in none. */
export function zoneOf(host: string, zones: readonly string[]): string | undefined {
  return zones
    .filter((zone) => host === zone || host.endsWith(`.${zone}`))
    .sort((left, right) => right.length - left.length)[0];
}

/**
 * The same for a host of a stack that has been checked.
 *
 * @throws Error when it lies in none: {@link zoneFaults} refuses such a host before.
 */
export function requireZone(host: string, dns: DnsConfig): string {
  const zones = zoneNames(dns);
  const zone = zoneOf(host, zones);
  if (zone === undefined) {
    throw new Error(`host ${host} lies in no zone of fleet:dns (${zones.join(", ")})`);
  }
  return zone;
}

/** Whether Cloudflare's proxy stands before a host. */
export const isProxied = (
  { proxied }: Pick<CloudflareDnsConfig, "proxied">,
  host: string,
  byItself = false,
): boolean => proxied[host] ?? byItself;

/** How Cloudflare marks a record before which its proxy stands, in the zone files that it reads and writes. */
export const proxiedMark = " ; cf_tags=cf-proxied:true";

/** Hosts of the proxy's list that the stack does not have: what is said of them would act on nothing. */
export const proxiedFaults = (hosts: readonly HostUse[], dns: DnsConfig): PlatformFault[] =>
  Object.keys(dns.kind === "cloudflare" ? dns.proxied : {})
    .filter((host) => !hosts.some((use) => use.host === host))
    .map((host) => ({
      path: ["dns", "proxied", host],
      message: `must be a host of this stack: ${hosts.map((use) => use.host).join(", ")}`,
    }));

/** A name in the config: where it stands, and what it is. */
export interface HostUse {
  readonly path: readonly (string | number)[];
  readonly host: string;
}

/** Hosts that lie in no configured zone: nobody could write their records. */
export function zoneFaults(hosts: readonly HostUse[], dns: DnsConfig): PlatformFault[] {
  const zones = zoneNames(dns);
  return hosts
    .filter(({ host }) => zoneOf(host, zones) === undefined)
    .map(({ path, host }) => ({
      path,
      message: `host ${host} must lie in a zone of fleet:dns (${zones.join(", ")}): mend the name or add its zone to fleet:dns.zones`,
    }));
}
