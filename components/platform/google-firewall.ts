import { Firewall } from "@pulumi/gcp/compute/firewall.js";
import * as pulumi from "@pulumi/pulumi";

import { portPieces, type PublishedPort } from "./firewall-rules.ts";
import type { GkeCluster } from "./gke.schema.ts";
import { nodeTag, slotTag } from "./gke-pools.ts";

/** A port that every node answers on. */
export type NodesPort = Omit<PublishedPort, "slot">;

/** A rule of Google's network, which lets nobody in by itself. */
export interface GoogleRule {
  /** Its name at Google. */
  readonly name: string;
  /** Machines that it opens. */
  readonly tag: string;
  readonly allows: readonly { readonly protocol: string; readonly ports: readonly string[] }[];
}

/**
 * One rule for each slot on which something is published, and one for the ports of all nodes. GKE makes rules
 * for balancers by itself, and none for ports of nodes (facts/clouds-gke-ingress-tls.md 1.7). Pure.
 *
 * @param published What the world dials on the nodes of slots. @param everywhere On every node.
 */
export function googleRules(
  cluster: Pick<GkeCluster, "name" | "firewall">,
  published: readonly PublishedPort[],
  everywhere: readonly NodesPort[],
): GoogleRule[] {
  if (cluster.firewall === undefined) {
    return [];
  }
  const slots = [...new Set(published.map(({ slot }) => slot))].sort((a, b) => a - b);
  return [
    ...slots.map((slot) => ({
      name: `${cluster.name}-slot-${slot}-ports`,
      tag: slotTag(cluster.name, slot),
      allows: allowed(published.filter((one) => one.slot === slot)),
    })),
    ...(everywhere.length === 0
      ? []
      : [
          {
            name: `${cluster.name}-node-ports`,
            tag: nodeTag(cluster.name),
            allows: allowed(everywhere),
          },
        ]),
  ];
}

const allowed = (ports: readonly NodesPort[]): GoogleRule["allows"] =>
  (["TCP", "UDP"] as const).flatMap((protocol) => {
    const own = ports.filter((one) => one.protocol === protocol).map(({ port }) => port);
    return own.length === 0 ? [] : [{ protocol: protocol.toLowerCase(), ports: portPieces(own) }];
  });

/** What {@link GoogleFirewall} needs. */
export interface GoogleFirewallArgs {
  readonly cluster: GkeCluster;
  readonly rules: readonly GoogleRule[];
}

/** The rules that open what the stack publishes on its nodes, to whom the file says. */
export class GoogleFirewall extends pulumi.ComponentResource {
  constructor(
    name: string,
    { cluster, rules }: GoogleFirewallArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("fleet:platform:GoogleFirewall", name, { rules: rules.length }, opts);
    for (const rule of rules) {
      new Firewall(
        `${name}-${rule.name}`,
        {
          name: rule.name,
          project: cluster.project,
          network: cluster.network,
          direction: "INGRESS",
          allows: rule.allows.map(({ protocol, ports }) => ({ protocol, ports: [...ports] })),
          sourceRanges: [...(cluster.firewall?.from ?? [])],
          targetTags: [rule.tag],
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
