/** What a cluster at Linode has beside its pools: the region, and who looks after its machines. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { parseQuantity } from "../base/quantity.ts";
import { DnsLabel, Seconds } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { Resources } from "../workload/workload.schema.ts";

/**
 * Linode's name of a region. There is no default: Linode's own, `us-east`, silently puts a balancer on
 * another continent (facts/clouds-linode-cloudflare-docker.md 2.1).
 */
const LinodeRegion = z
  .string("must be Linode's name of the region, e.g. ap-south")
  .regex(/^[a-z]{2}(-[a-z0-9]+)+$/, "must be Linode's name of the region, e.g. ap-south");

/** Disks that a machine itself has, and that count: the system's, and one for swap. */
const ownDisks = 2;

/**
 * Disks for pods that Linode attaches to a machine: as many as it has GiB of memory, 8 at least and 64 at most, its
 * own among them (facts/clouds-linode-cloudflare-docker.md 1.7).
 *
 * @param memory Of the machine, as a quantity.
 */
export const linodeDisks = (memory: string): number =>
  Math.min(64, Math.max(8, Math.floor(parseQuantity(memory) / 2 ** 30))) - ownDisks;

/**
 * A pod on every node that puts the node's machine where it belongs: the firewall of its slot on it, and
 * the reserved address of its slot. A recycled node is another machine, of which no run of this program
 * knows; this pod starts on it by itself.
 */
export const NodeKeeperConfig = z.strictObject({
  /**
   * Entry of `fleet:secrets`: a token of Linode's API that may read and write Firewalls, IPs and
   * Linodes, and nothing else.
   */
  token: reference("token"),
  /** A Node.js with busybox' `ip`; the program itself comes from here. */
  image: ImageReference.default("docker.io/library/node:24.13.0-alpine3.22"),
  namespace: DnsLabel.default("node-keeper"),
  /** How often it looks. A new node is open for as long, and its slot's address out of reach. */
  everySeconds: Seconds.min(5, "must be at least 5: the API is shared")
    .max(120, "must be at most 120: a new node is open for as long")
    .default(20),
  resources: Resources.prefault({
    requests: { cpu: "10m", memory: "64Mi" },
    limits: { memory: "128Mi" },
  }),
});
/** {@inheritDoc NodeKeeperConfig} */
export type NodeKeeperConfig = z.infer<typeof NodeKeeperConfig>;

/** Ports of every node that others need beside what the stack publishes. */
const OpenPort = z.strictObject({
  /** What for: a part of the rule's label. */
  label: z
    .string()
    .regex(
      /^[a-z0-9]+(-[a-z0-9]+)*$/,
      "must be lower-case letters, digits and single dashes, e.g. office-ssh",
    )
    .max(27, "must have at most 27 characters"),
  protocol: z.enum(["TCP", "UDP"], { message: "must be TCP or UDP" }),
  /** As Linode writes them, e.g. `"22,8000-8010"`. */
  ports: z
    .string('must be ports and ranges in quotes, e.g. "22,8000-8010"')
    .regex(
      /^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$/,
      'must be ports and ranges in quotes, e.g. "22,8000-8010"',
    )
    .refine((text) => text.split(",").length <= 15, "must have at most 15 ports and ranges")
    .refine(
      (text) =>
        text.split(",").every((piece) => {
          const [first = 0, last = first] = piece.split("-").map(Number);
          return first >= 1 && first <= last && last <= 65_535;
        }),
      "must be ports from 1 to 65535, ranges from the smaller one",
    ),
  from: z
    .array(z.cidrv4("must be an IPv4 range, e.g. 198.51.100.0/24"))
    .min(1, "must name at least one range")
    .max(255, "must have at most 255 ranges"),
});
/** {@inheritDoc OpenPort} */
export type OpenPort = z.infer<typeof OpenPort>;

/** `linode` of a cluster: the token of this program's own calls comes from LINODE_TOKEN. */
export const LinodeTerms = z.strictObject({
  region: LinodeRegion,
  nodeKeeper: NodeKeeperConfig.optional(),
  /**
   * `made`: nodes answer on what the stack publishes there and on what the cluster itself needs, and
   * on nothing else. `none`: whatever is there stays; on LKE every NodePort is on the internet.
   */
  firewalls: z.enum(["made", "none"], { message: "must be made or none" }).default("none"),
  /** What else nodes answer on, where firewalls are made. */
  alsoOpen: z.array(OpenPort).default([]),
});
/** {@inheritDoc LinodeTerms} */
export type LinodeTerms = z.infer<typeof LinodeTerms>;

/**
 * Sizes of machines: CPUs and memory in Gi. The plans for shared and for dedicated CPUs; the API lists
 * more, which are added here when they are wanted.
 */
export const linodeTypes = {
  "g6-standard-1": [1, 2],
  "g6-standard-2": [2, 4],
  "g6-standard-4": [4, 8],
  "g6-standard-6": [6, 16],
  "g6-standard-8": [8, 32],
  "g6-standard-16": [16, 64],
  "g6-standard-20": [20, 96],
  "g6-standard-24": [24, 128],
  "g6-standard-32": [32, 192],
  "g6-dedicated-2": [2, 4],
  "g6-dedicated-4": [4, 8],
  "g6-dedicated-8": [8, 16],
  "g6-dedicated-16": [16, 32],
  "g6-dedicated-32": [32, 64],
  "g6-dedicated-48": [48, 96],
  "g6-dedicated-50": [50, 128],
  "g6-dedicated-56": [56, 256],
  "g6-dedicated-64": [64, 512],
} as const satisfies Record<string, readonly [cpus: number, gibibytes: number]>;

const typeNames = Object.keys(linodeTypes) as (keyof typeof linodeTypes)[];

/** Linode's name of a machine's size. */
export const LinodeType = z.enum(typeNames, {
  message: "must be one of Linode's machine types, e.g. g6-standard-4",
});
/** {@inheritDoc LinodeType} */
export type LinodeType = z.infer<typeof LinodeType>;
