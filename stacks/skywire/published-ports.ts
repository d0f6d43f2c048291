/** What the stack publishes on nodes themselves, past every balancer. Pure. */
import { controllerSlots } from "../../components/platform/controller-shape.ts";
import {
  firewallFaults,
  firewallPlans,
  type PublishedPort,
} from "../../components/platform/firewall-rules.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { nodeKeeperFaults } from "../../components/platform/node-keeper-plan.ts";
import { coturnNodePorts } from "./extras-shape.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf } from "./shape.ts";

/** Every port that the world dials on the node of a slot (facts/skywire.md, point 23). Pure. */
export function publishedPorts(
  stack: Pick<SkywireStack, "services" | "ingress" | "extras">,
): PublishedPort[] {
  const resolver = stack.services["address-resolver"];
  return [
    ...controllerSlots(stack.ingress, []).flatMap(({ slot }) =>
      [80, 443].map((port) => ({ slot, protocol: "TCP" as const, port })),
    ),
    { slot: resolver.slot, protocol: "UDP", port: resolver.udpPort },
    ...dmsgServersOf(stack).map(({ slot, nodePort }) => ({
      slot,
      protocol: "TCP" as const,
      port: nodePort,
    })),
    ...coturnNodePorts(stack).flatMap(({ slot, ports }) =>
      ports.map((port) => ({ slot, ...port })),
    ),
  ];
}

/** Nodes that nothing keeps as the file says, and firewalls beyond Linode's limits. */
export const nodeFaults = (stack: SkywireStack): PlatformFault[] => [
  ...nodeKeeperFaults(stack.cluster),
  ...firewallFaults(firewallPlans(stack.cluster, publishedPorts(stack))),
];
