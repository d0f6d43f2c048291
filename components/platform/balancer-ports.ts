/**
 * Ports of the nodes behind balancers. Kubernetes chooses them by chance from 30086 on, as long as there are any
 * (https://kubernetes.io/blog/2023/05/11/nodeport-dynamic-and-static-allocation/), and so may choose one that the
 * stack gives to something else: whoever comes second is refused. Where a stack has fixed node ports of its own, its
 * balancers have fixed ones, too, at the end of the range. Pure.
 */
import { createHash } from "node:crypto";

import type * as z from "zod";

import type { IngressConfig, LoadBalancerExposure } from "./ingress.schema.ts";

/** Ports of the nodes that a balancer of a controller dials, or looks at. */
export interface BalancerPorts {
  readonly web: number;
  readonly websecure: number;
  /** Where a node tells whether it has one of the pods; see {@link healthPortStays}. */
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

/** What is said of a port of something else that lies among them. */
export const keptForBalancers = `${firstBalancerPort} to ${lastNodePort} are the balancers'`;

/** Ports of the balancer before a controller, by the controller's name. */
export function controllerPorts(name: string): BalancerPorts {
  const place = createHash("sha256").update(name).digest().readUInt16BE() % places;
  const first = firstBalancerPort + place * 3;
  return { web: first, websecure: first + 1, health: first + 2 };
}

type Controllers = IngressConfig["controllers"];
type Balanced = z.infer<typeof LoadBalancerExposure>;

/** Controllers behind balancers, by name. */
export const balancedBy = (controllers: Controllers): [name: string, exposure: Balanced][] =>
  Object.entries(controllers).flatMap(([name, { exposure }]): [string, Balanced][] =>
    exposure.kind === "load-balancer" ? [[name, exposure]] : [],
  );

/** Controller → ports of its balancer. */
export const fixedPortsOf = (controllers: Controllers): ReadonlyMap<string, BalancerPorts> =>
  new Map(balancedBy(controllers).map(([name]) => [name, controllerPorts(name)]));

/**
 * Option of a Service with {@link BalancerPorts.health}. The API server refuses another one for as long as the Service
 * stands: one that chance gave, to a Service of before or to one that was adopted, stays.
 */
export const healthPortStays = { ignoreChanges: ["spec.healthCheckNodePort"] };
