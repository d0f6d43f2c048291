import { Firewall } from "@pulumi/linode/firewall.js";
import * as pulumi from "@pulumi/pulumi";

import type { FirewallPlan } from "./firewall-rules.ts";
import { linodeLabel } from "./linode-label.ts";

/** What {@link NodeFirewalls} needs. */
export interface NodeFirewallsArgs {
  /** Name of the stack: labels are unique in an account. */
  readonly stack: string;
  readonly plans: readonly FirewallPlan[];
}

/** Numbers of the firewalls, by what they are for. */
export interface FirewallIds {
  /** Of nodes whose slot has none of its own; null where there are no firewalls. */
  readonly others: number | null;
  /** Slot → its firewall. */
  readonly slots: Readonly<Record<string, number>>;
}

/**
 * The firewalls of the stack's nodes, with nothing behind them: the machines under the nodes change, so
 * that whoever lists them here is wrong after the next recycle. The node-keeper puts each machine in.
 */
export class NodeFirewalls extends pulumi.ComponentResource {
  readonly ids: pulumi.Output<FirewallIds>;

  constructor(name: string, args: NodeFirewallsArgs, opts: pulumi.ComponentResourceOptions) {
    super("fleet:platform:NodeFirewalls", name, { firewalls: args.plans.length }, opts);
    const made = args.plans.map((plan) => {
      const firewall = new Firewall(
        `${name}-${plan.name}`,
        {
          label: linodeLabel(args.stack, plan.name),
          inboundPolicy: "DROP",
          outboundPolicy: "ACCEPT",
          inbounds: plan.rules.map(({ ipv4s, ipv6s, ...rule }) => ({
            ...rule,
            action: "ACCEPT",
            ipv4s: [...ipv4s],
            // An empty list is refused.
            ...(ipv6s === undefined ? {} : { ipv6s: [...ipv6s] }),
          })),
        },
        { parent: this },
      );
      return { slot: plan.slot, id: firewall.id.apply(Number) };
    });
    this.ids = pulumi.output(made).apply(idsOf);
    this.registerOutputs({ ids: this.ids });
  }
}

function idsOf(
  made: readonly { readonly slot?: number | undefined; readonly id: number }[],
): FirewallIds {
  return {
    others: made.find(({ slot }) => slot === undefined)?.id ?? null,
    slots: Object.fromEntries(
      made.flatMap(({ slot, id }) => (slot === undefined ? [] : [[`${slot}`, id]])),
    ),
  };
}
