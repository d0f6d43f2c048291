/** What a stack file says about dmsg-servers: individuals, not replicas (facts/skywire.md 4.10). */
import * as z from "zod";

import { Hostname, Ipv4, NodePort, ServiceName, Slot } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { programFields } from "./options.schema.ts";

/** One dmsg-server. */
export const DmsgServerConfig = z.strictObject({
  ...programFields,
  /** Its identity, shared with nobody. */
  key: reference("key-pair"),
  /**
   * Host half of the address that visors dial, as it stands in the server's entry. A name is better
   * than an address: it outlives the machine (6.5). It must lead to the slot's node.
   */
  host: z.union([Ipv4, Hostname], {
    message: "must be a host name or an IPv4 address, e.g. dmsg.server1.skywire.dev",
  }),
  /** Port half of that address, on every node and answered by the slot's only. */
  nodePort: NodePort,
  /** The node it is pinned to. */
  slot: Slot,
  /** Sessions it takes at once. */
  maxSessions: z.int().min(1, "must be at least 1").max(1_000_000).default(2048),
});
/** {@inheritDoc DmsgServerConfig} */
export type DmsgServerConfig = z.infer<typeof DmsgServerConfig>;

/** All dmsg-servers of a stack. Their names are fixed: adding or removing one moves no other. */
export const DmsgServersConfig = z.strictObject({
  /** How many there must be; a check on the list below. */
  count: z.int().min(1).max(100).optional(),
  members: z
    .record(ServiceName, DmsgServerConfig)
    .refine((members) => Object.keys(members).length > 0, "must list at least one dmsg-server"),
});
