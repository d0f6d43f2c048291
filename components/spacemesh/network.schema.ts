/** What a stack file says about a Spacemesh network itself: `fleet:network`. */
import * as z from "zod";

import { DnsLabel } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { genesisTimeRule, isGenesisTime } from "./genesis.ts";
import { JsonTree } from "./json.ts";
import { Multiaddress } from "./multiaddress.ts";
import { nodeVersions } from "./node-profiles.ts";

/** The network that this one joins: there is no bootstrap node then. */
export const ParentNetwork = z.strictObject({
  /** Addresses of its bootnodes: this network's bootnodes dial them. */
  bootnodes: z.array(Multiaddress).min(1, "must list at least one bootnode of the other network"),
  /** The config that it published: genesis, layers and number are taken from it, and no template. */
  config: JsonTree,
});
/** {@inheritDoc ParentNetwork} */
export type ParentNetwork = z.infer<typeof ParentNetwork>;

/** When the network begins. */
const GenesisConfig = z.strictObject({
  /** Minutes that `make genesis` adds to its own time; PoETs of `v0.1` wait as long. */
  delayMinutes: z
    .int()
    .min(0, "must not be negative")
    .max(10_080, "must be at most a week")
    .default(10),
  /** Written by `make genesis`, and never again. Not said where the network joins another. */
  time: z.string().refine(isGenesisTime, genesisTimeRule).optional(),
  /**
   * Miners at genesis, as `make genesis` counted them; versions up to v0.2.18 are told. It stands in
   * every node's config: counted anew, each miner that comes or goes would change all of them.
   */
  activeSize: z.int().min(1, "must be at least 1").max(9_999, "must be at most 9999").optional(),
});

/** Schema of `fleet:network`. */
export const NetworkConfig = z.strictObject({
  /** Names the cluster, the hosts, the published config and the alerts. */
  name: DnsLabel.max(
    40,
    "must have at most 40 characters: hosts and the cluster have it in theirs",
  ),
  /** `new`: genesis lies ahead. `parked`: nothing runs, and all that lasts is kept. */
  phase: z.enum(["new", "running", "parked"], { message: "must be new, running or parked" }),
  /** What all identities are derived from. */
  secret: reference("seed").prefault("network"),
  genesis: GenesisConfig.prefault({}),
  node: z.strictObject({
    /** First version of the node that is told the same things as the one deployed. */
    version: z.enum(nodeVersions, { message: `must be one of ${nodeVersions.join(", ")}` }),
    /** A whole config of the node in place of the version's own. */
    template: JsonTree.optional(),
    /** Laid over the template: maps are merged, all else is replaced. */
    config: JsonTree.prefault({}),
  }),
  /** Whether miner-1 is a bootstrap node. Without one the network joins another. */
  bootstrap: z.boolean().default(true),
  /** The other network; with `bootstrap: false`, and only then. */
  extends: ParentNetwork.optional(),
});
/** {@inheritDoc NetworkConfig} */
export type NetworkConfig = z.infer<typeof NetworkConfig>;
