/** What follows from a Skywire stack's config and several steps need. Pure. */
import { type Flow, tcp, udp } from "../../components/base/flows.ts";
import { observabilityFlows, scrapersOf } from "../../components/observability/shape.ts";
import { controllerPeers, controllerSlots } from "../../components/platform/controller-shape.ts";
import { classOf } from "../../components/platform/ingress.schema.ts";
import type { DmsgServerConfig } from "../../components/skywire/dmsg-server.schema.ts";
import { skywireFlows, type SkywireShape } from "../../components/skywire/flows.ts";
import {
  hostTable,
  type HostTable,
  publicServices,
  publishedDomains,
} from "../../components/skywire/hosts.ts";
import { stunPorts } from "../../components/skywire/ports.ts";
import { daemonShapes, daemonStoreFlows } from "./daemon-shape.ts";
import { coturnNodePorts, extraFlows, ipServicePeer } from "./extras-shape.ts";
import type { SkywireStack } from "./schema.ts";
import { postgresEndOf, redisEndsOf, storeFlowsOf } from "./store-shape.ts";

/** Domain of the stack's public hosts. */
export const domainOf = (stack: Pick<SkywireStack, "domain" | "environment">): string =>
  stack.domain ?? publishedDomains[stack.environment];

/** Public host of every service. */
export const hostsOf = (stack: Pick<SkywireStack, "domain" | "environment" | "hosts">): HostTable =>
  hostTable(domainOf(stack), stack.hosts);

/** A dmsg-server with its name. */
export type NamedDmsgServer = DmsgServerConfig & { readonly name: string };

/** The dmsg-servers, in the order of the file. */
export const dmsgServersOf = (stack: Pick<SkywireStack, "services">): readonly NamedDmsgServer[] =>
  Object.entries(stack.services["dmsg-servers"].members).map(([name, server]) => ({
    name,
    ...server,
  }));

/** Every flow of the stack: the programs', the stores' own, the extras' and those of what watches. */
export const flowsOfStack = (stack: SkywireStack): readonly Flow[] => [
  ...skywireFlows(shapeOf(stack)),
  ...storeFlowsOf(stack),
  ...daemonStoreFlows(stack),
  ...extraFlows(stack),
  ...observabilityFlows(stack.observability, stack.ingress),
];

/**
 * Ports of the cluster's nodes that its own programs dial as the world does.
 *
 * A policy can tell nodes by their ports alone, and on 80 the cloud's metadata answers as well, with what a machine
 * is started with. So controllers' ports are opened where pods are kept from that: at Google, whose pods log in as
 * themselves (components/platform/gke.ts), and whose network is Cilium for sure.
 */
function entrancesOf(stack: SkywireStack): SkywireShape["entrances"] {
  const onNodes = controllerSlots(stack.ingress, []).length > 0;
  return {
    stun: coturnNodePorts(stack).length > 0 ? stunPorts.map(udp) : [],
    pages: stack.cluster.kind === "gke" && onNodes ? [tcp(80), tcp(443)] : [],
  };
}

/** What of the stack decides the programs' flows. */
export function shapeOf(stack: SkywireStack): SkywireShape {
  const { services } = stack;
  const hosts = hostsOf(stack);
  return {
    namespace: stack.namespaces.services,
    monitorNamespace: stack.namespaces.networkMonitor,
    replicas: {
      "dmsg-discovery": services["dmsg-discovery"].replicas,
      "service-discovery": services["service-discovery"].replicas,
    },
    dmsgServers: dmsgServersOf(stack).map(({ name, nodePort }) => ({
      name,
      publicPort: nodePort,
    })),
    setupNodes: Object.keys(services["setup-nodes"]),
    daemons: daemonShapes(stack),
    configBootstrapper: services["config-bootstrapper"].enabled,
    ingress: controllerPeers(stack.ingress).map((controller) => ({
      ...controller,
      serves: publicServices.filter(
        (service) => classOf(stack.ingress, hosts[service]) === controller.name,
      ),
    })),
    redis: redisEndsOf(stack),
    entrances: entrancesOf(stack),
    postgres: postgresEndOf(stack),
    ipService: ipServicePeer(stack),
    scrapers: scrapersOf(stack.observability),
  };
}
