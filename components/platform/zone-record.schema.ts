/** Records of a zone that Fleet does not derive from its hosts: mail, web, whatever stands there. */
import * as z from "zod";

import { Hostname, Ipv4 } from "../base/scalars.ts";

/** Seconds that a resolver may keep a record. Shorter is load, longer is a week of a mistake. */
export const RecordTtl = z
  .int("must be whole seconds, e.g. 300")
  .min(30, "must be at least 30 seconds")
  .max(604_800, "must be at most 604800 seconds (a week)");

/**
 * Name inside the zone, as in a zone file: `@` is its top. Underscores are for services and keys
 * (`_dmarc`, `_sip._tcp`), `*` for whatever has no name of its own.
 */
export const OwnerName = z
  .string()
  .max(253, "must have at most 253 characters")
  .regex(
    /^(@|(\*|[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)*)$/,
    "must be a lower-case name inside the zone without trailing dot, e.g. www, _dmarc, * or @ for its top",
  );

const Number16 = z.int().min(0, "must be from 0 to 65535").max(65_535, "must be from 0 to 65535");

/** One text of at most 64 KiB in ASCII; the zone file splits it into strings of 255. */
const TextData = z
  .string()
  .min(1, "must not be empty")
  .max(4_096, "must have at most 4096 characters")
  .regex(/^[\x20-\x7e]*$/, "must be printable ASCII on one line");

const common = {
  name: OwnerName,
  /** Default: the section's `ttlSeconds`. */
  ttlSeconds: RecordTtl.optional(),
};

const Ipv6 = z.ipv6("must be an IPv6 address, e.g. 2001:db8::1");

/** A record, by its type. Targets are full names without trailing dot. */
export const ZoneRecord = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("A"), ...common, address: Ipv4 }),
  z.strictObject({ type: z.literal("AAAA"), ...common, address: Ipv6 }),
  z.strictObject({ type: z.literal("CNAME"), ...common, target: Hostname }),
  z.strictObject({ type: z.literal("TXT"), ...common, text: TextData }),
  z.strictObject({ type: z.literal("MX"), ...common, priority: Number16, target: Hostname }),
  /** Hands a name below the zone's top to other name servers. */
  z.strictObject({ type: z.literal("NS"), ...common, target: Hostname }),
  z.strictObject({
    type: z.literal("SRV"),
    ...common,
    priority: Number16,
    weight: Number16,
    port: Number16,
    target: Hostname,
  }),
  /** Who may issue certificates for the name. */
  z.strictObject({
    type: z.literal("CAA"),
    ...common,
    flags: z.literal([0, 128], "must be 0, or 128 for critical").default(0),
    tag: z.enum(["issue", "issuewild", "iodef"], {
      message: "must be issue, issuewild or iodef",
    }),
    value: TextData,
  }),
]);
/** {@inheritDoc ZoneRecord} */
export type ZoneRecord = z.infer<typeof ZoneRecord>;
