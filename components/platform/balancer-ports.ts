/**
 * Ports of the nodes behind balancers. Kubernetes chooses them by chance, and so may choose one that the stack
 * gives to something else: whoever comes second is refused. Where a stack has fixed node ports of its own, its
 * balancers have fixed ones, too, at the end of the range. Pure.
 */
import { createHash } from "node:crypto";

/** Ports of the nodes that a balancer of a controller dials, or looks at. */
export interface BalancerPorts {
  readonly web: number;
  readonly websecure: number;
  /** Where a node tells whether it has one of the pods. It can never be changed. */
  readonly health: number;
}

/** Last of the node ports: the API server's default. */
export const lastNodePort = 32_767;

/** Places for controllers. A name has its own, whatever other controllers come and go. */
const places = 64;

/** Ports that a balancer other than a controller's has to itself: the last two. */
export const ownBalancerPorts = { port: lastNodePort, health: lastNodePort - 1 } as const;

/** First of the ports that are kept for balancers. */
export const firstBalancerPort = ownBalancerPorts.health - places * 3;

/** Ports of the balancer before a controller, by the controller's name. */
export function controllerPorts(name: string): BalancerPorts {
  const place = createHash("sha256").update(name).digest().readUInt16BE() % places;
  const first = firstBalancerPort + place * 3;
  return { web: first, websecure: first + 1, health: first + 2 };
}
