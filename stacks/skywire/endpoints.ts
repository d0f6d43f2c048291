/** Where everything of a Skywire stack is dialled. Pure. */
import { pagesOf } from "../../components/observability/shape.ts";
import type { PublicService } from "../../components/skywire/hosts.ts";
import { publicAddress } from "../../components/skywire/dmsg-server.ts";
import { publishedServices } from "./entry.ts";
import { dmsgServerIdentity, type Identities } from "../../components/skywire/identities.ts";
import { setupNodeDmsgPort } from "../../components/skywire/ports.ts";
import { type Endpoint, hostEndpoint, hostEndpoints } from "../outputs.ts";
import { extraHosts, stunServersOf } from "./extras-shape.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf, hostsOf } from "./shape.ts";

/** Paths that tell a service's health; the node-visualizer has none of its own (facts/skywire.md 3). */
const checkPath = (service: PublicService): string =>
  service === "node-visualizer" ? "/map" : "/health";

/** Services that serve their HTTP over dmsg, too: those with a key (facts/skywire.md 2.3). */
const dmsgHttpServices = [
  "address-resolver",
  "dmsg-discovery",
  "route-finder",
  "service-discovery",
  "transport-discovery",
  "uptime-tracker",
] as const;

/** Name servers of our own, each with every zone that it must have. */
function nameServerEndpoints({ dns }: SkywireStack): Endpoint[] {
  if (dns.kind !== "name-server") {
    return [];
  }
  return Object.entries(dns.nameServers).flatMap(([name, { address }]) =>
    Object.keys(dns.zones).map((zone): Endpoint => ({
      name,
      kind: "dns",
      url: `dns://${address ?? name}/${zone}`,
    })),
  );
}

/** Pages of what watches the system: unlike the services they send whoever comes by HTTP on to TLS. */
export const pageEndpoints = ({ observability, ingress }: SkywireStack): Endpoint[] =>
  pagesOf(observability).map((page) => hostEndpoint(ingress, page));

/** Every endpoint that the stack publishes, in a stable order. */
export function endpointsOf(stack: SkywireStack, identities: Identities): Endpoint[] {
  const hosts = hostsOf(stack);
  const { udpPort } = stack.services["address-resolver"];
  return [
    ...publishedServices(stack).flatMap((name) =>
      hostEndpoints(stack.ingress, { name, host: hosts[name], check: checkPath(name) }),
    ),
    ...extraHosts(stack).flatMap((host) => hostEndpoints(stack.ingress, host)),
    ...pageEndpoints(stack),
    {
      name: "address-resolver",
      kind: "udp",
      url: `udp://${hosts["address-resolver"]}:${udpPort}`,
    },
    ...dmsgServersOf(stack).map((server): Endpoint => ({
      name: server.name,
      kind: "tcp",
      url: `tcp://${publicAddress(server)}`,
    })),
    ...stunServersOf(stack).map((server): Endpoint => ({
      name: "stun",
      kind: "stun",
      url: `stun:${server}`,
    })),
    ...nameServerEndpoints(stack),
    ...dmsgServersOf(stack).flatMap(({ name, nodePort }): Endpoint[] => {
      const key = identities[dmsgServerIdentity(nodePort)];
      return key === undefined ? [] : [{ name, kind: "dmsg", url: `dmsg://${key}` }];
    }),
    ...dmsgHttpServices.flatMap((name): Endpoint[] => {
      const key = identities[name];
      return key === undefined ? [] : [{ name, kind: "dmsg", url: `dmsg://${key}:80` }];
    }),
    ...Object.keys(stack.services["setup-nodes"]).flatMap((name): Endpoint[] => {
      const key = identities[name];
      return key === undefined
        ? []
        : [{ name, kind: "dmsg", url: `dmsg://${key}:${setupNodeDmsgPort}` }];
    }),
  ];
}
