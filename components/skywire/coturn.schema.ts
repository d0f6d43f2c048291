/** What a stack file says about coturn: STUN and TURN servers on addresses of their own. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { DnsLabel, Hostname, Ipv4, Port, Slot } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { programFields } from "./options.schema.ts";
import { stunPorts } from "./ports.ts";

/** One coturn: the node of a slot, and the addresses of that machine which it holds. */
export const CoturnMember = z
  .strictObject({
    ...programFields,
    /** The node it is pinned to. */
    slot: Slot,
    /** Public addresses of that node, in the order in which visors are told them. */
    addresses: z.array(Ipv4).min(1, "must list an address of the node"),
    /**
     * Answer from another address and port on request, by which a client learns how its NAT behaves.
     * Visors skip a server that cannot (facts/skywire.md 4.17).
     */
    natTest: z.boolean().default(true),
  })
  .superRefine(({ addresses, natTest }, context) => {
    if (natTest && addresses.length < 2) {
      context.addIssue({
        code: "custom",
        path: ["addresses"],
        message:
          "must list two addresses of the node: the NAT test is answered from the other one, and visors skip a server without it; say natTest: false to do without visors",
      });
    }
  });
/** {@inheritDoc CoturnMember} */
export type CoturnMember = z.infer<typeof CoturnMember>;

const [listening, alternate] = stunPorts;

/** Ports of relayed traffic, both included. Outside the NodePorts' range. */
const RelayPorts = z
  .strictObject({ first: Port.default(49_152), last: Port.default(49_999) })
  .refine(({ first, last }) => first <= last, {
    path: ["last"],
    message: "must not be below first",
  })
  .refine(({ first, last }) => first > 32_767 || last < 30_000, {
    path: ["first"],
    message: "must lie outside 30000 to 32767, the NodePorts of every node",
  })
  .refine(
    ({ first, last }) => [listening, alternate].every((port) => port < first || port > last),
    {
      path: ["first"],
      message: `must not take in ${listening} and ${alternate}, on which it listens`,
    },
  );

/** `fleet:extras.coturn`. */
export const CoturnConfig = z.strictObject({
  /** Pod Security `privileged`: its pods are in the network of their nodes. */
  namespace: DnsLabel.default("coturn"),
  /** The project's own image. It names its user, nobody; its entry point is not used. */
  image: ImageReference.default("docker.io/coturn/coturn:4.17.0-r0"),
  /** Realm of the credentials: part of what clients hash. */
  realm: Hostname.default("skycoin.com"),
  /** Who may have traffic relayed (TURN). STUN asks nobody. */
  users: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/, "must be a user name, e.g. visor"),
      z.strictObject({ password: reference("password") }),
    )
    .refine((users) => Object.keys(users).length > 0, "must list at least one user"),
  relayPorts: RelayPorts.prefault({}),
  /** Name → node and addresses. Names are for good. */
  members: z
    .record(DnsLabel, CoturnMember)
    .refine((members) => Object.keys(members).length > 0, "must list at least one coturn"),
});
/** {@inheritDoc CoturnConfig} */
export type CoturnConfig = z.infer<typeof CoturnConfig>;

/** Addresses of all members as visors are told them, `host:port`, in the order of the file. */
export const coturnStunServers = ({ members }: CoturnConfig): string[] =>
  Object.values(members).flatMap(({ addresses }) =>
    addresses.map((address) => `${address}:${listening}`),
  );
