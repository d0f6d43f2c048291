/** Ports that the world dials on nodes of a Spacemesh stack. Pure. */
import type { PublishedPort } from "../../components/platform/firewall-rules.ts";
import type { NodesPort } from "../../components/platform/google-firewall.ts";
import type { SpacemeshStack } from "./schema.ts";
import { membersOf } from "./shape.ts";

/** On the nodes of slots: where pinned members listen, and controllers without a balancer. */
export const publishedPorts = (stack: SpacemeshStack): PublishedPort[] => [
  ...membersOf(stack).flatMap(({ slot, peerPort: port }) =>
    slot === undefined ? [] : [{ slot, protocol: "TCP" as const, port }],
  ),
  ...Object.values(stack.ingress.controllers).flatMap(({ exposure }) =>
    exposure.kind === "host-ports"
      ? [80, 443].map((port) => ({ slot: exposure.slot, protocol: "TCP" as const, port }))
      : [],
  ),
];

/** On every node: the members' APIs, and the first PoET, where they have node ports. */
export function everywherePorts({
  miners,
  poets,
}: Pick<SpacemeshStack, "miners" | "poets">): NodesPort[] {
  const open = miners.ports.public;
  const bases =
    open.kind === "in-cluster" ? [] : [open.grpcBase, ...(miners.jsonApi ? [open.jsonBase] : [])];
  const ports = bases.flatMap((base) => miners.numbers.map((number) => base + number));
  return [...ports, ...(poets.public.kind === "node-port" ? [poets.public.nodePort] : [])].map(
    (port) => ({ protocol: "TCP", port }),
  );
}
