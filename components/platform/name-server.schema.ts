/**
 * A name server of our own: its zones, whole, and the machine that answers for them.
 *
 * Records never stand in the machine's user data, a change of which makes a new machine. They are
 * published as zone files in a bucket; the machine pulls, checks and reloads them.
 */
import * as z from "zod";

import { Hostname, Ipv4, LabelValue } from "../base/scalars.ts";
import { RecordTtl, ZoneRecord } from "./zone-record.schema.ts";

const Region = z
  .string()
  .regex(/^[a-z]{2,3}-[a-z]+(-\d+)?$/, "must be a region of Linode, e.g. ap-south");

/** One mail address; the first dot of a zone's contact stands for its @ (RFC 1035 8). */
const Contact = z.email("must be a mail address, e.g. hostmaster@skycoin.com");

/** Times of the start of authority, by which secondaries and negative answers go. */
const Authority = z.strictObject({
  /** How often secondaries ask, if no notice reaches them. */
  refreshSeconds: z.int().min(300, "must be at least 300").max(86_400).default(3_600),
  retrySeconds: z.int().min(60, "must be at least 60").max(86_400).default(900),
  /** How long secondaries answer without having reached the primary. */
  expireSeconds: z.int().min(86_400, "must be at least a day").max(2_419_200).default(1_209_600),
  /** How long it is remembered that a name does not exist. */
  negativeSeconds: z.int().min(30, "must be at least 30").max(10_800).default(300),
});

/** A zone. It is written whole: what is not in it does not exist. */
export const Zone = z.strictObject({
  /** Records beside those of the stack's hosts: without them they are gone. */
  records: z.array(ZoneRecord).default([]),
  authority: Authority.prefault({}),
  /**
   * Serial that the zone had elsewhere, where that was above one made of a date: the first of ours
   * is above it.
   */
  serialAbove: z.int().min(0).max(4_200_000_000).default(0),
});
/** {@inheritDoc Zone} */
export type Zone = z.infer<typeof Zone>;

/** A server's place in the zones: glue needs an address where its name lies in a zone of ours. */
const NameServer = z.strictObject({ address: Ipv4.optional() });

/** The machine exists and is not ours to touch: its operator installs the puller once. */
const ExternalMachine = z.strictObject({
  kind: z.literal("external"),
  /** What answers there; the puller's checks and reloads are that program's. */
  software: z.enum(["knot", "bind9"], { message: "must be knot or bind9" }).default("bind9"),
});

/** The machine exists at Linode and is taken into state, protected, as it is. */
const AdoptedMachine = z.strictObject({
  kind: z.literal("adopted"),
  linodeId: z.int("must be the number of the Linode").min(1),
  label: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{3,50}$/, "must be 3 to 50 letters, digits, dashes, dots, underscores"),
  region: Region,
  software: ExternalMachine.shape.software,
});

const Cidr = z.union([z.cidrv4(), z.cidrv6()], {
  message: "must be a range of addresses, e.g. 198.51.100.0/24",
});

/** A Linode that this program makes, with Knot DNS out of Debian. */
export const LinodeMachine = z.strictObject({
  kind: z.literal("linode"),
  /** Which of the name servers it is. */
  nameServer: Hostname,
  region: Region,
  type: LabelValue.default("g6-nanode-1"),
  /** The puller is tested with this release's packages. */
  image: z
    .string()
    .regex(/^linode\/debian\d+$/, "must be a Debian image of Linode, e.g. linode/debian12")
    .default("linode/debian12"),
  /** A reserved address of the account. Default: one is reserved, and kept when the machine goes. */
  address: Ipv4.optional(),
  /** Public SSH keys of root. */
  sshKeys: z
    .array(
      z
        .string()
        .regex(
          /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-\S+) [A-Za-z0-9+/=]+( .*)?$/,
          "must be a public SSH key",
        ),
    )
    .min(1, "must have at least one key: there is no other way in"),
  /** Ranges from which port 22 is reached. */
  sshFrom: z.array(Cidr).min(1, "must name at least one range"),
  /**
   * Whether machine and firewall may go. Default: as the stack's, where that is `delete`, else
   * `protect`. A change of image, keys, secondaries or of the puller is a new machine, and minutes
   * without it: `delete` lets it be. Nothing of it is retained: its successor takes its address.
   */
  data: z
    .enum(["protect", "delete"], {
      message: "must be protect or delete: a machine that stayed would keep the address",
    })
    .optional(),
});
/** {@inheritDoc LinodeMachine} */
export type LinodeMachine = z.infer<typeof LinodeMachine>;

/** Name servers whose addresses fit into user data, of which Linode takes 16 KiB encoded. */
export const mostServers = 5;

/** Our own name server. The token comes from LINODE_TOKEN and needs Object Storage, too. */
export const NameServerDnsConfig = z
  .strictObject({
    kind: z.literal("name-server"),
    /** Name → server, every one of the zones'; the first is the primary. */
    nameServers: z
      .record(Hostname, NameServer)
      .refine((all) => Object.keys(all).length > 0, "must name at least one name server"),
    zones: z
      .record(Hostname, Zone)
      .refine((zones) => Object.keys(zones).length > 0, "must name at least one zone"),
    /** Who answers for the zones, as their start of authority says. */
    contact: Contact,
    ttlSeconds: RecordTtl.default(300),
    /** Where the zone files are published; readable by everybody, as the zones are. */
    publication: z.strictObject({
      /**
       * Buckets may have 63 characters. The key that the provider makes for each file is called after its bucket
       * and the time, in 50 at most: beyond 34 every file would be refused, and the bucket stand there empty
       * (terraform-provider-linode 3.1.1, `fwCreateTempKeys`; its #1713 mends that of the bucket alone).
       */
      bucket: z
        .string()
        .regex(
          /^[a-z0-9][a-z0-9-]{1,32}[a-z0-9]$/,
          "must be 3 to 34 lower-case letters, digits or dashes; no other customer's bucket in the region may have it",
        ),
      region: Region,
    }),
    machine: z
      .discriminatedUnion("kind", [ExternalMachine, AdoptedMachine, LinodeMachine])
      .prefault({ kind: "external" }),
  })
  .superRefine(({ machine, nameServers }, context) => {
    if (machine.kind === "linode" && !Object.hasOwn(nameServers, machine.nameServer)) {
      context.addIssue({
        code: "custom",
        path: ["machine", "nameServer"],
        message: `must be one of nameServers: ${Object.keys(nameServers).join(", ")}`,
      });
    }
    if (machine.kind !== "linode") {
      return;
    }
    if (Object.keys(nameServers).length > mostServers) {
      context.addIssue({
        code: "custom",
        path: ["nameServers"],
        message: `must name at most ${mostServers}: the user data of a machine that is made here holds no more`,
      });
    }
    const { address } = nameServers[machine.nameServer] ?? {};
    if (address !== undefined && address !== machine.address) {
      context.addIssue({
        code: "custom",
        path: ["machine", "address"],
        message: `must be ${address}, what nameServers says of ${machine.nameServer}: an address that the account has reserved; or leave both out`,
      });
    }
  });
/** {@inheritDoc NameServerDnsConfig} */
export type NameServerDnsConfig = z.infer<typeof NameServerDnsConfig>;
