import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { ClusterConfig } from "./cluster.schema.ts";
import { firewallPlans, type PublishedPort } from "./firewall-rules.ts";
import { type FirewallIds, NodeFirewalls } from "./firewalls.ts";
import type { NodeKeeperConfig } from "./linode.schema.ts";
import { Namespace } from "./namespace.ts";
import { NodeKeeper } from "./node-keeper.ts";
import { nodeKeeperName } from "./node-keeper-plan.ts";

/** What {@link Nodes} needs. */
export interface NodesArgs {
  readonly cluster: ClusterConfig;
  readonly keeper: NodeKeeperConfig;
  /** Token of Linode's API, marked secret. */
  readonly token: pulumi.Output<string>;
  /** Provider for what is made at Linode. */
  readonly linode: pulumi.ProviderResource;
  /** Name of the stack. */
  readonly stack: string;
  readonly system: string;
  /** What the world dials on nodes. */
  readonly published: readonly PublishedPort[];
  readonly networkPolicy: boolean;
}

/**
 * What the stack's nodes at Linode have round them, whatever machines they are: firewalls with just the
 * published ports open, and reserved addresses.
 */
export class Nodes extends pulumi.ComponentResource implements Awaitable {
  /** Until then, what is dialled by a reserved address cannot be reached. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: NodesArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, keeper, networkPolicy, stack, system } = args;
    super("fleet:platform:Nodes", name, { namespace: keeper.namespace }, opts);
    const plans = firewallPlans(cluster, args.published);
    const firewalls: pulumi.Input<FirewallIds> =
      plans.length === 0
        ? { others: null, slots: {} }
        : new NodeFirewalls(
            `${name}-firewalls`,
            { stack, plans },
            { parent: this, provider: args.linode },
          ).ids;
    const namespace = new Namespace(
      keeper.namespace,
      // The node's network, and the right to change it. Nothing in it is worth keeping.
      { system, podSecurity: "privileged", networkPolicy, data: "delete" },
      { parent: this },
    );
    const made = new NodeKeeper(
      nodeKeeperName,
      {
        config: keeper,
        cluster,
        system,
        namespace: namespace.name,
        token: args.token,
        firewalls,
        networkPolicy,
      },
      { parent: this, dependsOn: [...namespace.ready] },
    );
    this.ready = made.ready;
    this.registerOutputs({});
  }
}
