/** What stands in each zone of our own name server, out of the config and the stack's hosts. Pure. */
import { zoneOf } from "./dns.schema.ts";
import type { RecordType } from "./dns-records.ts";
import type { NameServerDnsConfig } from "./name-server.schema.ts";
import { hostData, ownerOf, recordData, type ZoneContent, type ZoneLine } from "./zone-file.ts";

/** A record of the stack's hosts, its address known. */
export interface KnownRecord {
  readonly host: string;
  readonly type: RecordType;
  readonly content: string;
  readonly ttlSeconds: number;
}

/** Address of each name server that has one, by name. */
export type ServerAddresses = ReadonlyMap<string, string>;

/** Zones that lie right below another of ours: it hands them over. */
export function zonesBelow(zone: string, zones: readonly string[]): string[] {
  return zones.filter(
    (other) =>
      other !== zone &&
      zoneOf(
        other,
        zones.filter((one) => one !== other),
      ) === zone,
  );
}

/** Records of a name server's own address, in a zone where it lies and where it is glue. */
function serverLines(
  zone: string,
  config: NameServerDnsConfig,
  addresses: ServerAddresses,
): ZoneLine[] {
  const zones = Object.keys(config.zones);
  return [...addresses].flatMap(([name, address]) => {
    const own = zoneOf(name, zones);
    return own === zone || own?.endsWith(`.${zone}`) === true
      ? [{ name, type: "A", ttlSeconds: config.ttlSeconds, data: address }]
      : [];
  });
}

/** The lines by which a zone hands those below it to the same servers. */
function delegationLines(zone: string, config: NameServerDnsConfig): ZoneLine[] {
  return zonesBelow(zone, Object.keys(config.zones)).flatMap((name) =>
    Object.keys(config.nameServers).map((server) => ({
      name,
      type: "NS",
      ttlSeconds: config.ttlSeconds,
      data: `${server}.`,
    })),
  );
}

/** Contents of every zone. */
export function zoneContents(
  config: NameServerDnsConfig,
  hosts: readonly KnownRecord[],
  addresses: ServerAddresses,
): ZoneContent[] {
  const zones = Object.keys(config.zones);
  return Object.entries(config.zones).map(([zone, { authority, serialAbove, records }]) => ({
    zone,
    contact: config.contact,
    authority,
    serialAbove,
    ttlSeconds: config.ttlSeconds,
    nameServers: Object.keys(config.nameServers),
    lines: [
      ...serverLines(zone, config, addresses),
      ...delegationLines(zone, config),
      ...records.map((record): ZoneLine => ({
        name: ownerOf(record.name, zone),
        type: record.type,
        ttlSeconds: record.ttlSeconds ?? config.ttlSeconds,
        data: recordData(record),
      })),
      ...hosts
        .filter(({ host }) => zoneOf(host, zones) === zone)
        .map(({ host, type, ttlSeconds, content }): ZoneLine => ({
          name: host,
          type,
          ttlSeconds,
          data: hostData(type, content),
        })),
    ],
  }));
}

/**
 * What must stand in zones of others, above ours: without it nobody finds our servers. Zones with a
 * zone of ours above them are handed over there.
 */
export function delegations(config: NameServerDnsConfig, addresses: ServerAddresses): string[] {
  const zones = Object.keys(config.zones);
  return zones
    .filter(
      (zone) =>
        zoneOf(
          zone,
          zones.filter((other) => other !== zone),
        ) === undefined,
    )
    .flatMap((zone) =>
      Object.keys(config.nameServers).flatMap((server) => {
        const address = addresses.get(server);
        const inside = zoneOf(server, [zone]) !== undefined;
        return [
          `${zone}. IN NS ${server}.`,
          ...(inside && address !== undefined ? [`${server}. IN A ${address}`] : []),
        ];
      }),
    );
}
