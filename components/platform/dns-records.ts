/** Which records a stack's hosts need. Pure: no provider, no zone look-up. */
import type * as pulumi from "@pulumi/pulumi";

import { type DnsConfig, type HostUse, zoneNames } from "./dns.schema.ts";
import type { PlatformFault } from "./fault.ts";
import type { SlotPlace } from "./slots.ts";

/** Kind of a record. */
export type RecordType = "A" | "AAAA" | "CNAME" | "TXT";

/** One record. */
export interface DnsRecord {
  /** Full name without trailing dot. */
  readonly host: string;
  readonly type: RecordType;
  /** Address, name or text. */
  readonly content: pulumi.Input<string>;
  readonly ttlSeconds: number;
  /** A host that a web proxy may stand before, where whoever keeps the zone has one. Default: none may. */
  readonly proxied?: boolean;
}

/** A record with the name by which the program knows it. */
export interface NamedRecord extends DnsRecord {
  readonly name: string;
  /**
   * Names that it had if its host led elsewhere. No host has an address beside a CNAME, nor one address twice: the new
   * record must be the old one to the engine, which else makes it first, and is refused half way through an update
   * (facts/clouds-linode-cloudflare-docker.md 4.1). Two addresses would have half of all traffic each until its end.
   */
  readonly onceCalled?: readonly string[];
}

/** Where a host leads. */
export interface DnsTarget {
  /** Identity of the target among others of the same host: survives a change of the address. */
  readonly key: string;
  readonly type: "A" | "AAAA" | "CNAME";
  readonly content: pulumi.Input<string>;
}

/** A host and all it leads to. */
export interface HostTargets {
  readonly host: string;
  readonly targets: readonly DnsTarget[];
  /** {@inheritDoc DnsRecord.proxied} */
  readonly proxied?: boolean;
}

/** Identity of a slot among a host's targets. */
export const slotKey = (slot: number): string => `slot-${slot}`;

/**
 * Target of what runs on a slot.
 *
 * @throws Error for an address that the file does not name: slotFaults and balancerFaults refuse it before.
 */
export function slotTarget({ slot, pool, address }: SlotPlace): DnsTarget {
  const key = slotKey(slot);
  switch (address.kind) {
    case "reserved":
      if (address.assignedBy === "kubeip") {
        break;
      }
      return { key, type: "A", content: address.ip };
    case "dns":
      return { key, type: "CNAME", content: address.name };
    case "ephemeral":
      break;
  }
  throw new Error(
    `slot ${slot} of pool ${pool} has no address in the stack file that stays: no record can lead there`,
  );
}

/**
 * Records of hosts, one for each target.
 *
 * Names come from the target, not from its address, so that a new address changes a record in place
 * and leaves no second one behind that would take half the traffic.
 *
 * @param keys Of all targets that hosts may have led to before.
 */
export function hostRecords(
  hosts: readonly HostTargets[],
  ttlSeconds: number,
  keys: readonly string[] = [],
): NamedRecord[] {
  return hosts.flatMap(({ host, targets, proxied }) =>
    targets
      // Whoever keeps the slot's own name keeps its record, too.
      .filter(({ type, content }) => !(type === "CNAME" && content === host))
      .map(({ key, type, content }) => ({
        name: recordName(host, type, key),
        ...(targets.length === 1
          ? {
              onceCalled: otherNames(host, [...new Set([key, ...keys])]).filter(
                (name) => name !== recordName(host, type, key),
              ),
            }
          : {}),
        host,
        type,
        content,
        ttlSeconds,
        ...(proxied === true ? { proxied } : {}),
      })),
  );
}

const recordName = (host: string, type: DnsTarget["type"], key: string): string =>
  `${host.replace("*", "wildcard")}-${type.toLowerCase()}-${key}`;

/** What a host's one record is called where it leads elsewhere. */
const otherNames = (host: string, keys: readonly string[]): string[] =>
  (["A", "CNAME"] as const).flatMap((type) => keys.map((key) => recordName(host, type, key)));

/**
 * A domain and every name one label below it, whether anything answers there or not. A wildcard gives way
 * to a record of a host's own.
 */
export const domainHosts = (domain: string): readonly string[] => [domain, `*.${domain}`];

/** Whether the two records of a domain lead to a host. */
export const isOfDomain = (domain: string, host: string): boolean =>
  host === domain || host.slice(host.indexOf(".") + 1) === domain;

/** A host of the config with the kind of record that will lead to it. */
export interface PlannedHost extends HostUse {
  readonly type: RecordType;
  /** Name that a CNAME leads to. */
  readonly target?: string;
}

/** Records that no name server takes: a CNAME at the top of a zone, or beside another record. */
export function aliasFaults(hosts: readonly PlannedHost[], dns: DnsConfig): PlatformFault[] {
  const zones = zoneNames(dns);
  return hosts
    .filter(({ type }) => type === "CNAME")
    .flatMap(({ path, host }) => [
      ...(zones.includes(host)
        ? [{ path, message: `host ${host} is the top of its zone, which takes no CNAME: ${mend}` }]
        : []),
      ...(hosts.filter((other) => other.host === host).length > 1
        ? [{ path, message: `host ${host} has a CNAME beside another record: ${mend}` }]
        : []),
    ]);
}

const mend = "name it otherwise, or give its slot in fleet:cluster.pools a reserved address";
