/** Whether the first PoET can be reached as the file says. Pure. */
import type { PlatformFault } from "../platform/fault.ts";
import { minerName, poetName, publishedPoet } from "./members.ts";
import type { NetworkSections } from "./network-rules.ts";

/**
 * Faults of `poets.public`.
 *
 * @param hasBalancers Whether the cluster is where balancers with reserved addresses are made.
 */
export function publicPoetFaults(
  { miners, poets }: Pick<NetworkSections, "miners" | "poets">,
  hasBalancers: boolean,
): PlatformFault[] {
  const { public: at } = poets;
  const path = ["poets", "public"];
  const name = poetName(publishedPoet);
  if (at.kind === "load-balancer") {
    return hasBalancers
      ? []
      : [
          {
            path: [...path, "kind"],
            message: `must be node-port, with host and nodePort: a balancer for ${name} is made on clusters at Google only (kind: gke, or a section google)`,
          },
        ];
  }
  const taken = miners.ports.public;
  if (taken.kind === "in-cluster") {
    return [];
  }
  const bases = [taken.grpcBase, ...(miners.jsonApi ? [taken.jsonBase] : [])];
  const owner = miners.numbers.find((number) =>
    bases.some((base) => base + number === at.nodePort),
  );
  return owner === undefined
    ? []
    : [
        {
          path: [...path, "nodePort"],
          message: `must be another port: ${at.nodePort} is ${minerName(owner)}'s by miners.ports.public`,
        },
      ];
}
