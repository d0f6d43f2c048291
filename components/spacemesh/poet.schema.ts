/** What a stack file says about the PoETs of a Spacemesh network: `fleet:poets`. */
import * as z from "zod";

import { Hostname, Ipv4, NodePort, Port, Seconds } from "../base/scalars.ts";
import { Resources } from "../workload/workload.schema.ts";
import { MemberDisk, memberResources } from "./miner.schema.ts";

/** How home smeshers reach the first PoET, which the published config names. */
const PublicPoet = z.discriminatedUnion("kind", [
  z.strictObject({
    /** A balancer of its own, with a reserved address: of clusters at Google. */
    kind: z.literal("load-balancer"),
    port: Port.default(5_000),
  }),
  z.strictObject({
    /** A port of the nodes, behind a name or an address that leads to one: of existing clusters. */
    kind: z.literal("node-port"),
    host: z.union([Ipv4, Hostname], {
      message: "must be a host name or an IPv4 address that leads to a node, e.g. poet.example.org",
    }),
    nodePort: NodePort,
  }),
]);

/** Schema of `fleet:poets`. */
export const PoetsConfig = z.strictObject({
  /** How many; members are given to them round robin. */
  count: z.int().min(1, "must be at least 1").max(100, "must be at most 100").default(1),
  resources: Resources.prefault(memberResources),
  disk: MemberDisk.prefault({}),
  /** Keep the container when the program ends, as with miners. */
  keepContainer: z.boolean().default(true),
  /** How many of the first members each PoET broadcasts its proofs through. */
  gateways: z.int().min(1, "must be at least 1").max(100, "must be at most 100").default(4),
  /** How much later than the one before it each PoET opens its first round. */
  phaseShiftSeconds: Seconds.default(0),
  /** How the first one is reached from outside. */
  public: PublicPoet.prefault({ kind: "load-balancer" }),
});
/** {@inheritDoc PoetsConfig} */
export type PoetsConfig = z.infer<typeof PoetsConfig>;
