/** Ports of the nodes behind the balancers of a network whose members have node ports of their own. Pure. */
import {
  balancedBy,
  type BalancerPorts,
  firstBalancerPort,
  fixedPortsOf,
  keptForBalancers,
  lastNodePort,
  ownBalancerPorts,
} from "../../components/platform/balancer-ports.ts";
import { samePortFaults } from "../../components/platform/balancer-faults.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { minerName } from "../../components/spacemesh/members.ts";
import type { SpacemeshStack } from "./schema.ts";

type Sections = Pick<SpacemeshStack, "miners" | "poets" | "ingress">;

/** Whether something has node ports of its own, which no balancer may be given by chance. */
const isFixed = ({ miners, poets }: Sections): boolean =>
  miners.ports.public.kind === "node-ports" || poets.public.kind === "node-port";

/** Controller → ports of its balancer; undefined where any port will do. */
export const portsOfControllers = (
  stack: Sections,
): ReadonlyMap<string, BalancerPorts> | undefined =>
  isFixed(stack) ? fixedPortsOf(stack.ingress.controllers) : undefined;

/** Ports of the first PoET's balancer; undefined where any will do. */
export const portsOfPoet = (stack: Sections): typeof ownBalancerPorts | undefined =>
  isFixed(stack) ? ownBalancerPorts : undefined;

/** Members and balancers that would have the same port, and two balancers whose names give them one. */
export function balancerPortFaults(stack: Sections): PlatformFault[] {
  const { miners, poets, ingress } = stack;
  if (
    !isFixed(stack) ||
    (balancedBy(ingress.controllers).length === 0 && poets.public.kind === "node-port")
  ) {
    return [];
  }
  const open = miners.ports.public;
  const highest = Math.max(...miners.numbers);
  const bases =
    open.kind === "in-cluster"
      ? []
      : [
          ["grpcBase", open.grpcBase] as const,
          ...(miners.jsonApi ? [["jsonBase", open.jsonBase] as const] : []),
        ];
  return [
    ...bases.flatMap(([name, base]) =>
      base + highest >= firstBalancerPort && base + highest <= lastNodePort
        ? [
            {
              path: ["miners", "ports", "public", name],
              message: `gives ${minerName(highest)} ${base + highest}: ${keptForBalancers}; lower it, or say kind: in-cluster`,
            },
          ]
        : [],
    ),
    ...(poets.public.kind === "node-port" && poets.public.nodePort >= firstBalancerPort
      ? [
          {
            path: ["poets", "public", "nodePort"],
            message: `must be below ${firstBalancerPort}: ${keptForBalancers}`,
          },
        ]
      : []),
    ...samePortFaults(ingress),
  ];
}
