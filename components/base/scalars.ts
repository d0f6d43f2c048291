/**
 * Named scalars: the words of the stack files, each with the shape it must have.
 *
 * Every message says what was expected with an example, because the loader prints it beside the
 * path and a person mends the file from that line alone.
 */
import * as z from "zod";

import { isSchedule, neverComes } from "./cron.ts";
import { parseQuantity } from "./quantity.ts";

/** A name that becomes a Kubernetes object name or label value (RFC 1123 label). */
export const DnsLabel = z
  .string()
  .max(63, "must have at most 63 characters")
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    "must be lower-case letters, digits and dashes, e.g. dmsg-server-1",
  );

/**
 * A name that becomes a Service's, which API servers older than 1.36 take as a label of RFC 1035 alone: one that
 * begins with a digit would pass here and be refused half-way through an update of a cluster.
 */
export const ServiceName = DnsLabel.regex(/^[^0-9]/, "must begin with a letter");

/** A DNS name as an ingress rule, a certificate and an A record all need it. */
export const Hostname = z
  .string()
  .max(253, "must have at most 253 characters")
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/,
    "must be a lower-case dotted host name without trailing dot, e.g. sd.skywire.dev",
  )
  .refine(
    (name) => name.split(".").every((label) => label.length <= 63),
    "must have at most 63 characters between two dots",
  )
  // Nobody is called 10.0.0.300 or 192.0.2.1: no top level domain is a number (RFC 3696 2), and an Ingress takes no address.
  .refine((name) => !/\.\d+$/.test(name), "must be a name, not an address");

/** An IPv4 address in dotted form. */
export const Ipv4 = z.ipv4("must be an IPv4 address, e.g. 192.0.2.10");

/** A port of a container or a Service. */
export const Port = z
  .int("must be a whole port number, e.g. 9090")
  .min(1, "must be a port from 1 to 65535")
  .max(65_535, "must be a port from 1 to 65535");

/** A port every node answers on. The range is the API server's default. */
export const NodePort = z
  .int("must be a whole port number, e.g. 30080")
  .min(30_000, "must be a NodePort from 30000 to 32767")
  .max(32_767, "must be a NodePort from 30000 to 32767");

/** How many pods run. Zero parks a workload. */
export const Replicas = z
  .int("must be a whole number of pods, e.g. 2")
  .min(0, "must not be negative: 0 parks the workload")
  .max(1_000, "must be at most 1000");

/** Whole seconds. */
export const Seconds = z.int("must be whole seconds, e.g. 30").min(0, "must not be negative");

/** Number of a slot: a node of its own, labelled `fleet/slot=<k>`. */
export const Slot = z
  .int("must be the number of a slot, e.g. 0")
  .min(0, "must not be negative")
  .max(999, "must be below 1000");

/**
 * CPU: whole or decimal cores, or milli-cores. A bare number is refused: YAML would let `1` and
 * `"1"` mean the same while `100` (cores!) is nearly always a forgotten `m`.
 */
export const Cpu = z
  .string('must be a quoted CPU quantity, e.g. 250m or "2"')
  .regex(/^(\d+m|\d+(\.\d+)?)$/, 'must be a CPU quantity, e.g. 250m or "2"')
  .refine((value) => parseQuantity(value) > 0, "must be more than zero")
  .refine((value) => parseQuantity(value) <= 256, "must be at most 256 cores: is an m missing?");

/** Memory or storage, with its unit. */
export const Bytes = z
  .string("must be a quantity with a unit, e.g. 512Mi or 10Gi")
  .regex(/^\d+(\.\d+)?(Ki|Mi|Gi|Ti)$/, "must be a quantity with a binary unit, e.g. 512Mi or 10Gi")
  .refine((value) => parseQuantity(value) > 0, "must be more than zero");

/** Five-field cron expression; times are the cluster's (UTC). */
export const Cron = z
  .string()
  .refine(isSchedule, "must be a cron expression of five fields, e.g. 17 3 * * *")
  .refine((text) => !neverComes(text), "must be of a day that comes: no year has this one");

/** Path inside a container. */
export const AbsolutePath = z
  .string()
  .regex(/^\/[^\s:]*$/, "must be an absolute path, e.g. /var/lib/data");

/** Key of a Kubernetes label, with or without a prefix. */
export const LabelKey = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    "must be a label key, e.g. coturn or node.kubernetes.io/instance-type",
  );

/** Value of a Kubernetes label. */
export const LabelValue = z
  .string('must be a quoted label value, e.g. "true"')
  .regex(
    /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
    "must be a label value: at most 63 letters, digits, dashes, dots, underscores",
  );

/** `http` or `https` URL without credentials. */
export const HttpUrl = z
  .url({
    protocol: /^https?$/,
    message: "must be an http or https URL, e.g. http://tpd.skywire.dev",
  })
  .refine((value) => !value.includes("@"), "must not carry credentials: use fleet:secrets");

/** Public key of a Skywire identity: compressed secp256k1 point in hex. */
export const PublicKey = z
  .string()
  .regex(/^0[23][0-9a-f]{64}$/, "must be a public key: 66 hex digits starting with 02 or 03");

/** What happens to data when its owner goes: refuse, keep the disks, or let them go. */
export const DataPolicy = z.enum(["protect", "retain", "delete"], {
  message: "must be protect, retain or delete",
});
/** {@inheritDoc DataPolicy} */
export type DataPolicy = z.infer<typeof DataPolicy>;
