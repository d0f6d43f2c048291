/** Every public host of a stack, whatever its system. Pure. */
import type { HostUse } from "../components/platform/dns.schema.ts";
import { publicHosts as fxaHosts } from "./fxa/hosts.ts";
import { publicHosts as pushtechHosts } from "./pushtech/hosts.ts";
import { publicHosts as skywireHosts } from "./skywire/hosts.ts";
import { publicHosts as spacemeshHosts } from "./spacemesh/hosts.ts";
import type { StackConfig } from "./stack.schema.ts";
import { publicHosts as votingHosts } from "./voting/shape.ts";

/** Public hosts of a stack that has been checked; a Swarm and a list of networks have none. */
export function publicHostsOf(stack: StackConfig): readonly HostUse[] {
  switch (stack.system) {
    case "skywire":
      return skywireHosts(stack);
    case "spacemesh":
      return spacemeshHosts(stack);
    case "pushtech":
      return pushtechHosts(stack);
    case "fxa":
      return fxaHosts(stack);
    case "voting":
      return stack.target === "kubernetes" ? votingHosts(stack) : [];
    case "spacemesh-discovery":
      return [];
  }
}
