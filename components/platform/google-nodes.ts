import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { AddressKeeper } from "./address-keeper.ts";
import { keptSlots } from "./address-keeper-plan.ts";
import { type ClusterConfig, googleOf } from "./cluster.schema.ts";
import type { PublishedPort } from "./firewall-rules.ts";
import { GoogleFirewall, googleRules, type NodesPort } from "./google-firewall.ts";

/** What {@link GoogleNodes} needs. */
export interface GoogleNodesArgs {
  readonly cluster: ClusterConfig;
  /** Provider for what is made at Google. */
  readonly google: pulumi.ProviderResource;
  readonly system: string;
  /** What the world dials on the nodes of slots. */
  readonly published: readonly PublishedPort[];
  /** What it dials on every node. */
  readonly everywhere: readonly NodesPort[];
  readonly networkPolicy: boolean;
}

/**
 * What the stack's nodes at Google have round them, whatever machines they are: a firewall with just the
 * published ports open, and reserved addresses.
 */
export class GoogleNodes extends pulumi.ComponentResource implements Awaitable {
  /** Until then, what is dialled by a reserved address waits for its node. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: GoogleNodesArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, google: provider, system, networkPolicy } = args;
    const slots = keptSlots(cluster);
    super("fleet:platform:GoogleNodes", name, { slots: slots.length }, opts);
    if (cluster.kind === "gke") {
      const rules = googleRules(cluster, args.published, args.everywhere);
      if (rules.length > 0) {
        new GoogleFirewall(`${name}-firewall`, { cluster, rules }, { parent: this, provider });
      }
    }
    const google = googleOf(cluster);
    this.ready =
      google === undefined || slots.length === 0
        ? []
        : new AddressKeeper(
            "address-keeper",
            { cluster, google, provider, system, networkPolicy },
            { parent: this },
          ).ready;
    this.registerOutputs({});
  }
}
