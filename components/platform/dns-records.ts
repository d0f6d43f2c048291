/** Which records a stack's hosts need. Pure: no provider, no zone look-up. */
import type * as pulumi from "@pulumi/pulumi";

import { type DnsConfig, zoneNames } from "./dns.schema.ts";
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
}

/** A record with the name by which the program knows it. */
export interface NamedRecord extends DnsRecord {
  readonly name: string;
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
}

/**
 * Target of what runs on a slot.
 *
 * @throws Error for an ephemeral address: slotFaults refuses it before.
 */
export function slotTarget({ slot, pool, address }: SlotPlace): DnsTarget {
  const key = `slot-${slot}`;
  switch (address.kind) {
    case "reserved":
      return { key, type: "A", content: address.ip };
    case "dns":
      return { key, type: "CNAME", content: address.name };
    case "ephemeral":
      throw new Error(
        `slot ${slot} of pool ${pool} has no address that stays: no record can lead there`,
      );
  }
}

/**
 * Records of hosts, one for each target.
 *
 * Names come from the target, not from its address, so that a new address changes a record in place
 * and leaves no second one behind that would take half the traffic.
 */
export function hostRecords(hosts: readonly HostTargets[], ttlSeconds: number): NamedRecord[] {
  return hosts.flatMap(({ host, targets }) =>
    targets
      // Whoever keeps the slot's own name keeps its record, too.
      .filter(({ type, content }) => !(type === "CNAME" && content === host))
      .map(({ key, type, content }) => ({
        name: `${host}-${type.toLowerCase()}-${key}`,
        host,
        type,
        content,
        ttlSeconds,
      })),
  );
}

/** Records that no name server takes: a CNAME beside another record, or at the top of a zone. */
export function recordFaults(records: readonly NamedRecord[], dns: DnsConfig): string[] {
  const zones = zoneNames(dns);
  const names = records.map(({ name }) => name);
  return [
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => `record ${name} is made twice`),
    ...records
      .filter(({ type }) => type === "CNAME")
      .flatMap(({ host }) => [
        ...(zones.includes(host)
          ? [`host ${host} is the top of its zone and cannot be a CNAME: use a reserved address`]
          : []),
        ...(records.filter((other) => other.host === host).length > 1
          ? [`host ${host} has a CNAME beside other records: all its targets need addresses`]
          : []),
      ]),
  ];
}
