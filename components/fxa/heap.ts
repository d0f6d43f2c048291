/** Room for JavaScript's objects. Pure. */
import { parseQuantity } from "../base/quantity.ts";
import type { Resources } from "../workload/workload.schema.ts";
import type { Program } from "./roles.ts";
import { traitsOf } from "./servers.ts";

/** Share of a container's memory: the rest is for the program's own text, its buffers and its threads. */
const share = 0.7;

/**
 * What Node is told of its room: before 20.3 it knows no limit of a node with cgroups of version 2, takes a share of the
 * whole node's memory for its own, and is killed before it tidies up (nodejs/node#47259; kubernetes.io, "About cgroup
 * v2"). The servers are of the years of Node 10 to 14. Two programs are no Node's.
 */
export function heapOptions(
  program: Program,
  { limits: { memory } }: Resources,
): Readonly<Record<string, string>> {
  return traitsOf(program).image !== "fxa" || memory === undefined
    ? {}
    : {
        NODE_OPTIONS: `--max-old-space-size=${Math.floor((parseQuantity(memory) * share) / 2 ** 20)}`,
      };
}
