/** Records of a zone, as stacks tell them: one line each, as a person would type it. */

import { proxiedMark } from "../components/platform/dns.schema.ts";

/** One record. */
export interface ZoneRecord {
  /** Full name without the dot at its end. */
  readonly host: string;
  readonly ttlSeconds: number;
  /** `A`, `CNAME`, … */
  readonly type: string;
  /** As written; of a name the dot at its end is left out. */
  readonly content: string;
  /** Cloudflare's proxy stands before it: to the world its name leads there. */
  readonly proxied: boolean;
}

/** Types whose content is a name, after a preference where the type has one. */
const nameTypes = ["CNAME", "NS", "MX", "PTR", "SRV"];

/**
 * Reads lines such as `ar.skywire.dev. 300 IN A 172.104.188.39`.
 *
 * @returns Records, and the lines that are none.
 */
export function parseRecords(lines: readonly string[]): {
  readonly records: readonly ZoneRecord[];
  readonly strange: readonly string[];
} {
  const parsed = lines.map((line) => ({ line, record: parseRecord(line) }));
  return {
    records: parsed.flatMap(({ record }) => (record === undefined ? [] : [record])),
    strange: parsed.flatMap(({ line, record }) => (record === undefined ? [line] : [])),
  };
}

function parseRecord(line: string): ZoneRecord | undefined {
  const proxied = line.endsWith(proxiedMark);
  const plain = proxied ? line.slice(0, -proxiedMark.length) : line;
  const [, host, ttl, type, content] =
    /^(\S+?)\.?\s+(\d+)\s+IN\s+([A-Z]+)\s+(\S.*?)\s*$/.exec(plain) ?? [];
  if (host === undefined || type === undefined || content === undefined) {
    return undefined;
  }
  return {
    host: host.toLowerCase(),
    ttlSeconds: Number(ttl),
    type,
    proxied,
    content: nameTypes.includes(type) ? content.replace(/\.$/, "").toLowerCase() : content,
  };
}
