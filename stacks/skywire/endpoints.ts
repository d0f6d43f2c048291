/** Where everything of a Skywire stack is dialled. Pure. */
import { publicUrl } from "../../components/skywire/hosts.ts";
import { publicAddress } from "../../components/skywire/dmsg-server.ts";
import { publishedServices } from "./entry.ts";
import type { Identities } from "../../components/skywire/identities.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf, hostsOf } from "./shape.ts";

/** A place that clients dial. */
export interface Endpoint {
  readonly name: string;
  /** `http`, `udp` and `tcp` are addresses on the internet; `dmsg` ones on the dmsg network. */
  readonly kind: "http" | "udp" | "tcp" | "dmsg";
  readonly url: string;
}

/** Services that serve their HTTP over dmsg, too: those with a key (facts/skywire.md 2.3). */
const dmsgHttpServices = [
  "address-resolver",
  "dmsg-discovery",
  "route-finder",
  "service-discovery",
  "transport-discovery",
  "uptime-tracker",
] as const;

/** Every endpoint that the stack publishes, in a stable order. */
export function endpointsOf(stack: SkywireStack, identities: Identities): Endpoint[] {
  const hosts = hostsOf(stack);
  const { udpPort } = stack.services["address-resolver"];
  return [
    ...publishedServices(stack).map((name): Endpoint => ({
      name,
      kind: "http",
      url: publicUrl(hosts[name]),
    })),
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
    ...dmsgHttpServices.flatMap((name): Endpoint[] => {
      const key = identities[name];
      return key === undefined ? [] : [{ name, kind: "dmsg", url: `dmsg://${key}:80` }];
    }),
  ];
}
