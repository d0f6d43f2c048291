/** Public hosts of a Skywire stack, with their places in the file. Pure. */
import { pagesOf } from "../../components/observability/shape.ts";
import type { HostUse } from "../../components/platform/dns.schema.ts";
import { publicServices } from "../../components/skywire/hosts.ts";
import { extraHosts } from "./extras-shape.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf, hostsOf, type NamedDmsgServer } from "./shape.ts";

/** Whether a host is an address, which needs no record. */
export const isAddress = (host: string): boolean => /^\d+(\.\d+){3}$/.test(host);

/** Hosts of the services; a derived one stands at the domain. */
export function serviceHosts(stack: SkywireStack): HostUse[] {
  const hosts = hostsOf(stack);
  return publicServices.map((service) => ({
    path: Object.hasOwn(stack.hosts, service) ? ["hosts", service] : ["domain"],
    host: hosts[service],
  }));
}

/** Dmsg-servers that are dialled by a name, which leads to their slot and past the controllers. */
export const dmsgServerHosts = (stack: SkywireStack): (HostUse & Pick<NamedDmsgServer, "slot">)[] =>
  dmsgServersOf(stack)
    .filter(({ host }) => !isAddress(host))
    .map(({ name, host, slot }) => ({
      path: ["services", "dmsg-servers", "members", name, "host"],
      host,
      slot,
    }));

/** Every public host. */
export const publicHosts = (stack: SkywireStack): HostUse[] => [
  ...serviceHosts(stack),
  ...dmsgServerHosts(stack),
  // Elsewhere extras are refused as a whole.
  ...(stack.environment === "production" ? extraHosts(stack) : []),
  ...pagesOf(stack.observability),
];
