/**
 * The services, in the order in which they can start (facts/skywire.md 7): what waits for what is
 * said with `dependsOn`, as a keyed service exits until a dmsg-server has registered.
 */
import type { Awaitable } from "../../components/base/ready.ts";
import { clusterUrl, uptimePrivateUrl } from "../../components/skywire/addresses.ts";
import type { AddressResolver } from "../../components/skywire/address-resolver.ts";
import { ConfigBootstrapper } from "../../components/skywire/config-bootstrapper.ts";
import type { DiscoveryService } from "../../components/skywire/discovery-service.ts";
import { DmsgServer } from "../../components/skywire/dmsg-server.ts";
import type { VisorUrls } from "../../components/skywire/files.ts";
import { type HostTable, publicUrl } from "../../components/skywire/hosts.ts";
import { NetworkMonitor } from "../../components/skywire/network-monitor.ts";
import { NodeVisualizer } from "../../components/skywire/node-visualizer.ts";
import { SetupNode } from "../../components/skywire/setup-node.ts";
import { daemonsOf } from "./daemon-shape.ts";
import {
  backUpDailyData,
  makeAddressResolver,
  makeDmsgDiscovery,
  makeRouteFinder,
  makeServiceDiscovery,
  makeTransportDiscovery,
  makeUptimeTracker,
} from "./discovery-services.ts";
import { stunServersOf } from "./extras-shape.ts";
import { keyOf } from "./identity.ts";
import { after, type ServicesInput } from "./services-input.ts";
import { dmsgServersOf, domainOf, hostsOf } from "./shape.ts";

/** A Service that a public host leads to. */
export interface Backend {
  readonly serviceName: string;
  readonly servicePort: number;
}

/** The services. */
export interface Services {
  readonly dmsgDiscovery: DiscoveryService;
  readonly dmsgServers: readonly DmsgServer[];
  readonly addressResolver: AddressResolver;
  readonly transportDiscovery: DiscoveryService;
  readonly routeFinder: DiscoveryService;
  readonly uptimeTracker: DiscoveryService;
  readonly serviceDiscovery: DiscoveryService;
  readonly setupNodes: readonly SetupNode[];
  readonly configBootstrapper: ConfigBootstrapper | undefined;
  readonly nodeVisualizer: NodeVisualizer;
}

/**
 * The dmsg-servers, each after the one before it: an update takes one at a time, so that clients
 * always find another (4.10).
 */
function makeDmsgServers(input: ServicesInput, dmsgDiscovery: DiscoveryService): DmsgServer[] {
  const { stack, keys, foundation } = input;
  const made: DmsgServer[] = [];
  for (const server of dmsgServersOf(stack)) {
    const { name } = server;
    const previous = made.at(-1);
    made.push(
      new DmsgServer(
        name,
        {
          ...foundation.around,
          image: foundation.image("dmsg-server"),
          key: keyOf(keys.dmsgServers, name),
          discoveryUrl: clusterUrl("dmsg-discovery", foundation.around.namespaceName),
          server,
        },
        after(
          input,
          dmsgDiscovery,
          foundation.nodes,
          ...(previous === undefined ? [] : [previous]),
        ),
      ),
    );
  }
  return made;
}

function makeSetupNodes(input: ServicesInput, before: readonly Awaitable[]): SetupNode[] {
  const { stack, keys, foundation } = input;
  const { namespaceName } = foundation.around;
  return Object.entries(stack.services["setup-nodes"]).map(
    ([name, node]) =>
      new SetupNode(
        name,
        {
          ...foundation.around,
          image: foundation.image("setup-node"),
          key: keyOf(keys.setupNodes, name),
          dmsgDiscoveryUrl: clusterUrl("dmsg-discovery", namespaceName),
          transportDiscoveryUrl: clusterUrl("transport-discovery", namespaceName),
          node,
        },
        after(input, ...before),
      ),
  );
}

/** Public keys of the setup-nodes, in the order of the file. */
export const setupNodeKeys = ({ stack, keys }: ServicesInput): string[] =>
  Object.keys(stack.services["setup-nodes"]).map((name) => keyOf(keys.setupNodes, name).publicKey);

/** Public keys of those that visors let set up their transports. */
const transportSetupKeys = ({ stack, keys }: ServicesInput): string[] =>
  daemonsOf(stack)
    .filter(({ kind }) => kind === "transport-setup")
    .map(({ name }) => keyOf(keys.daemons, name).publicKey);

function makeConfigBootstrapper(input: ServicesInput): ConfigBootstrapper | undefined {
  const { stack, foundation } = input;
  const bootstrapper = stack.services["config-bootstrapper"];
  return bootstrapper.enabled
    ? new ConfigBootstrapper(
        "config-bootstrapper",
        {
          ...foundation.around,
          image: foundation.image("config-bootstrapper"),
          domain: domainOf(stack),
          file: {
            setupNodes: setupNodeKeys(input),
            stunServers: stunServersOf(stack),
            transportSetups: transportSetupKeys(input),
          },
          bootstrapper,
        },
        after(input),
      )
    : undefined;
}

/** The node-visualizer: it dies unless both services answer when it starts (4.4). */
function makeNodeVisualizer(input: ServicesInput, before: readonly Awaitable[]) {
  const { stack, foundation } = input;
  const { namespaceName } = foundation.around;
  return new NodeVisualizer(
    "node-visualizer",
    {
      ...foundation.around,
      image: foundation.image("node-visualizer"),
      uptimePrivateUrl: uptimePrivateUrl(namespaceName),
      transportDiscoveryUrl: clusterUrl("transport-discovery", namespaceName),
      visualizer: stack.services["node-visualizer"],
    },
    after(input, ...before),
  );
}

/** Makes all services but the network-monitor. */
export function makeServices(input: ServicesInput): Services {
  const dmsgDiscovery = makeDmsgDiscovery(input);
  const dmsgServers = makeDmsgServers(input, dmsgDiscovery);
  const network = [dmsgDiscovery, ...dmsgServers];
  const transportDiscovery = makeTransportDiscovery(input, network);
  const uptimeTracker = makeUptimeTracker(input, network);
  backUpDailyData(input, uptimeTracker);
  return {
    dmsgDiscovery,
    dmsgServers,
    transportDiscovery,
    uptimeTracker,
    addressResolver: makeAddressResolver(input, network),
    serviceDiscovery: makeServiceDiscovery(input, network),
    routeFinder: makeRouteFinder(input, [...network, transportDiscovery]),
    setupNodes: makeSetupNodes(input, [...network, transportDiscovery]),
    configBootstrapper: makeConfigBootstrapper(input),
    nodeVisualizer: makeNodeVisualizer(input, [uptimeTracker, transportDiscovery]),
  };
}

/** Public addresses of the services, as a visor is told them. */
export const visorUrls = (hosts: HostTable): VisorUrls => ({
  dmsgDiscovery: publicUrl(hosts["dmsg-discovery"]),
  transportDiscovery: publicUrl(hosts["transport-discovery"]),
  addressResolver: publicUrl(hosts["address-resolver"]),
  routeFinder: publicUrl(hosts["route-finder"]),
  uptimeTracker: publicUrl(hosts["uptime-tracker"]),
  serviceDiscovery: publicUrl(hosts["service-discovery"]),
});

/**
 * Makes the network-monitor, after everything it dials, the public way in included (7).
 *
 * @param before The services and the hosts that lead to them.
 */
export function makeNetworkMonitor(
  input: ServicesInput,
  before: readonly Awaitable[],
): NetworkMonitor {
  const { stack, keys, foundation, stores } = input;
  const redis = stores.redis("network-monitor");
  return new NetworkMonitor(
    "network-monitor",
    {
      ...foundation.aroundMonitor,
      image: foundation.image("network-monitor"),
      key: keys.services["network-monitor"],
      redisUrl: redis.url,
      redisPassword: redis.password,
      urls: visorUrls(hostsOf(stack)),
      setupNodes: setupNodeKeys(input),
      stunServers: stunServersOf(stack),
      monitor: stack.services["network-monitor"],
    },
    {
      ...foundation.opts,
      dependsOn: [
        ...foundation.monitor.ready,
        ...[...redis.resources, ...before].flatMap(({ ready }) => ready),
      ],
    },
  );
}
