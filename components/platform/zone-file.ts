/**
 * Zone files in master format (RFC 1035 5): one line a record, full names, in a fixed order. Pure.
 *
 * The same records make the same text, whatever order they came in, so that a zone is published anew
 * only when something in it changed. The serial is not of this program: see {@link zoneFile}.
 */
import { createHash } from "node:crypto";

import type { ZoneRecord } from "./zone-record.schema.ts";

/** A record as it stands in the file. */
export interface ZoneLine {
  /** Full name without trailing dot. */
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number;
  /** What follows the type. Names in it are full, with their dot. */
  readonly data: string;
}

/** Everything of one zone's file. */
export interface ZoneContent {
  readonly zone: string;
  readonly contact: string;
  readonly ttlSeconds: number;
  readonly authority: {
    readonly refreshSeconds: number;
    readonly retrySeconds: number;
    readonly expireSeconds: number;
    readonly negativeSeconds: number;
  };
  /** The first serial is above it. */
  readonly serialAbove: number;
  /** Names of the zone's servers, the primary first. */
  readonly nameServers: readonly string[];
  readonly lines: readonly ZoneLine[];
}

/** A name with the dot that keeps a server from appending the zone to it. */
const full = (name: string): string => `${name}.`;

/**
 * A text as quoted strings of at most 255 characters each, which a reader puts together again.
 *
 * @param text Printable ASCII.
 */
export function quoted(text: string): string {
  const pieces = text.match(/[\s\S]{1,255}/g) ?? [""];
  return pieces.map((piece) => `"${piece.replaceAll(/["\\]/g, "\\$&")}"`).join(" ");
}

/** An IPv6 address in the one form that servers print (RFC 5952). */
const canonicalIpv6 = (address: string): string =>
  new URL(`http://[${address}]`).hostname.slice(1, -1);

/** Full name of a record's owner: `@` is the zone's top. */
export const ownerOf = (name: string, zone: string): string =>
  name === "@" ? zone : `${name}.${zone}`;

/** What follows the type of a configured record. */
export function recordData(record: ZoneRecord): string {
  switch (record.type) {
    case "A":
      return record.address;
    case "AAAA":
      return canonicalIpv6(record.address);
    case "CNAME":
    case "NS":
      return full(record.target);
    case "TXT":
      return quoted(record.text);
    case "MX":
      return `${record.priority} ${full(record.target)}`;
    case "SRV":
      return `${record.priority} ${record.weight} ${record.port} ${full(record.target)}`;
    case "CAA":
      return `${record.flags} ${record.tag} ${quoted(record.value)}`;
  }
}

/** What follows the type of a record of the stack's hosts. */
export function hostData(type: "A" | "AAAA" | "CNAME" | "TXT", content: string): string {
  switch (type) {
    case "A":
      return content;
    case "AAAA":
      return canonicalIpv6(content);
    case "CNAME":
      return full(content);
    case "TXT":
      return quoted(content);
  }
}

/** Contact of a zone: the mail address with a dot for its @; dots before it are escaped. */
export function contactName(mail: string): string {
  const at = mail.lastIndexOf("@");
  return full(`${mail.slice(0, at).replaceAll(".", "\\.")}.${mail.slice(at + 1)}`);
}

/** Labels from the right, so that a name stands after the one it lies below. */
const sortKey = ({ name, type, data }: ZoneLine): string =>
  [name.split(".").reverse().join("\u0001"), type, data].join("\u0000");

const text = ({ name, ttlSeconds, type, data }: ZoneLine): string =>
  `${full(name)} ${ttlSeconds} IN ${type} ${data}`;

/**
 * The file of a zone, sealed: its last line carries a checksum, so that half a file, another zone's,
 * or a proxy's page of apology is never taken for it.
 *
 * Its serial is `serialAbove`, a floor and not the serial that is served: nothing read from a clock
 * may enter a resource, and a counter in state would fall behind when state is restored. The server
 * gives the serial when it takes the file: above all it ever gave and above what secondaries have.
 */
export function zoneFile(content: ZoneContent): string {
  const { zone, ttlSeconds, authority, nameServers } = content;
  const times = [
    authority.refreshSeconds,
    authority.retrySeconds,
    authority.expireSeconds,
    authority.negativeSeconds,
  ];
  const start: ZoneLine = {
    name: zone,
    type: "SOA",
    ttlSeconds,
    data: `${full(nameServers[0] ?? zone)} ${contactName(content.contact)} ${content.serialAbove} ${times.join(" ")}`,
  };
  const servers = nameServers.map((server): ZoneLine => ({
    name: zone,
    type: "NS",
    ttlSeconds,
    data: full(server),
  }));
  const rest = [...servers, ...content.lines]
    .map((line) => [sortKey(line), text(line)] as const)
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([, line]) => line);
  const head = `; ${zone}: written by Fleet, which says what is in it. The server gives the serial.`;
  return sealed(zone, [head, text(start), ...new Set(rest)]);
}

/** List of the published zones, sealed like them. */
export const zoneIndex = (zones: readonly string[]): string => sealed("index", [...zones].sort());

/** Lines with a last one that names what they are and their checksum. */
function sealed(name: string, lines: readonly string[]): string {
  const body = lines.map((line) => `${line}\n`).join("");
  const sum = createHash("sha256").update(body).digest("hex");
  return `${body}; fleet ${name} sha256 ${sum}\n`;
}
