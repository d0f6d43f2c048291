/**
 * The services, in the order in which they can start (facts/skywire.md 7): what waits for what is
 * said with `dependsOn`, as a keyed service exits until a dmsg-server has registered.
 */

import type { Awaitable } from "../../components/base/ready.ts";
import { clusterUrl, uptimePrivateUrl } from "../../components/skywire/addresses.ts";
import { AddressResolver } from "../../components/skywire/address-resolver.ts";
import { ConfigBootstrapper } from "../../components/skywire/config-bootstrapper.ts";
import { DailyDataBackup } from "../../components/skywire/daily-data-backup.ts";
import { dailyDataPath, DiscoveryService } from "../../components/skywire/discovery-service.ts";
import type { WhitelistingService } from "../../components/skywire/daemon-kinds.ts";
import { DmsgServer } from "../../components/skywire/dmsg-server.ts";
import type { VisorUrls } from "../../components/skywire/files.ts";
import type { Geoip } from "../../components/skywire/geoip.ts";
import { type HostTable, publicUrl } from "../../components/skywire/hosts.ts";
import { NetworkMonitor } from "../../components/skywire/network-monitor.ts";
import { NodeVisualizer } from "../../components/skywire/node-visualizer.ts";
import { SetupNode } from "../../components/skywire/setup-node.ts";
import { cleanersOf, daemonsOf } from "./daemon-shape.ts";
import type { Foundation } from "./foundation.ts";
import { stunServersOf } from "./extras-shape.ts";
import { keyOf, type StackKeys } from "./identity.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf, domainOf, hostsOf } from "./shape.ts";
import type { Stores } from "./stores.ts";

/** What the services are made from. */
export interface ServicesInput {
  readonly stack: SkywireStack;
  readonly keys: StackKeys;
  readonly foundation: Foundation;
  readonly stores: Stores;
  /** The IP service, where it runs in the cluster. */
  readonly geoip: Geoip | undefined;
}

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

/** Public keys that may take entries out of a service: the monitors', and its own daemons'. */
function whitelistKeys({ stack, keys }: ServicesInput, service: WhitelistingService): string[] {
  const { alsoWhitelisted } = stack.services["network-monitor"];
  const daemons = cleanersOf(stack, service).map((name) => keyOf(keys.daemons, name).publicKey);
  return [...new Set([keys.services["network-monitor"].publicKey, ...alsoWhitelisted, ...daemons])];
}

/** Who may take entries out of a service, and by which list (2.8; 9, point 16). */
const whitelisting = (input: ServicesInput, service: WhitelistingService) => ({
  whitelistKeys: whitelistKeys(input, service),
  testEnvironment: input.stack.environment === "test",
});

/** Options of a component: the stack's provider, and what must be ready before it. */
function after(input: ServicesInput, ...before: Awaitable[]) {
  const ready = before.flatMap((one) => one.ready);
  return { ...input.foundation.opts, dependsOn: [...input.foundation.services.ready, ...ready] };
}

/**
 * The IP service's compiled-in name, past the balancer, for those that ask it by that name (6.4). Of
 * production: test asks by way of the internet.
 */
const ipServiceAlias = ({ geoip }: ServicesInput) =>
  geoip === undefined ? {} : { hostAliases: [geoip.hostAlias] };

/** The IP service, for those that wait for it. */
const ipService = ({ geoip }: ServicesInput): Awaitable[] => (geoip === undefined ? [] : [geoip]);

/** The dmsg-discovery: ready without any dmsg-server. */
function makeDmsgDiscovery(input: ServicesInput): DiscoveryService {
  const { stack, keys, foundation, stores } = input;
  const options = stack.services["dmsg-discovery"];
  const redis = stores.redis("dmsg-discovery");
  return new DiscoveryService(
    "dmsg-discovery",
    {
      ...foundation.around,
      command: {
        service: "dmsg-discovery",
        redisUrl: redis.url,
        ...whitelisting(input, "dmsg-discovery"),
      },
      image: foundation.image("dmsg-discovery"),
      key: keys.services["dmsg-discovery"],
      options,
      replicas: options.replicas,
      disruption: options.disruption,
      redisPassword: redis.password,
    },
    after(input, ...redis.resources),
  );
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

function makeAddressResolver(input: ServicesInput, before: readonly Awaitable[]) {
  const { stack, keys, foundation, stores } = input;
  const redis = stores.redis("address-resolver");
  return new AddressResolver(
    "address-resolver",
    {
      ...foundation.around,
      command: {
        service: "address-resolver",
        redisUrl: redis.url,
        dmsgDiscoveryUrl: clusterUrl("dmsg-discovery", foundation.around.namespaceName),
        ...whitelisting(input, "address-resolver"),
      },
      image: foundation.image("address-resolver"),
      key: keys.services["address-resolver"],
      redisPassword: redis.password,
      resolver: stack.services["address-resolver"],
    },
    after(input, ...before, foundation.nodes, ...redis.resources),
  );
}

function makeTransportDiscovery(input: ServicesInput, before: readonly Awaitable[]) {
  const { stack, keys, foundation, stores } = input;
  const redis = stores.redis("transport-discovery");
  const { address, resources } = stores.postgres;
  return new DiscoveryService(
    "transport-discovery",
    {
      ...foundation.around,
      command: {
        service: "transport-discovery",
        redisUrl: redis.url,
        postgres: address,
        dmsgDiscoveryUrl: clusterUrl("dmsg-discovery", foundation.around.namespaceName),
        // Images of 2023 exit on the flag: it is for those that a tpd-monitor comes with.
        ...(cleanersOf(stack, "transport-discovery").length === 0
          ? {}
          : { whitelistKeys: whitelistKeys(input, "transport-discovery") }),
      },
      image: foundation.image("transport-discovery"),
      key: keys.services["transport-discovery"],
      options: stack.services["transport-discovery"],
      redisPassword: redis.password,
      database: stores.database("transport-discovery"),
    },
    after(input, ...before, ...redis.resources, ...resources),
  );
}

/** The route-finder, after the transport-discovery: it reads the very tables that one makes (4.6). */
function makeRouteFinder(input: ServicesInput, before: readonly Awaitable[]) {
  const { stack, keys, foundation, stores } = input;
  const { address, resources } = stores.postgres;
  return new DiscoveryService(
    "route-finder",
    {
      ...foundation.around,
      command: {
        service: "route-finder",
        postgres: address,
        dmsgDiscoveryUrl: clusterUrl("dmsg-discovery", foundation.around.namespaceName),
      },
      image: foundation.image("route-finder"),
      key: keys.services["route-finder"],
      options: stack.services["route-finder"],
      database: stores.database("route-finder"),
    },
    after(input, ...before, ...resources),
  );
}

function makeUptimeTracker(input: ServicesInput, before: readonly Awaitable[]) {
  const { stack, keys, foundation, stores } = input;
  const options = stack.services["uptime-tracker"];
  const { size, storageClass, cutoffDays } = options.dailyData;
  const redis = stores.redis("uptime-tracker");
  const { address, resources } = stores.postgres;
  return new DiscoveryService(
    "uptime-tracker",
    {
      ...foundation.around,
      command: {
        service: "uptime-tracker",
        redisUrl: redis.url,
        postgres: address,
        dmsgDiscoveryUrl: clusterUrl("dmsg-discovery", foundation.around.namespaceName),
        dailyDataPath,
        dailyDataCutoffDays: cutoffDays,
      },
      image: foundation.image("uptime-tracker"),
      key: keys.services["uptime-tracker"],
      options,
      redisPassword: redis.password,
      database: stores.database("uptime-tracker"),
      dailyData: { size, ...(storageClass === undefined ? {} : { storageClass }) },
      ...ipServiceAlias(input),
    },
    after(input, ...before, ...ipService(input), ...redis.resources, ...resources),
  );
}

/** Backups of the uptime-tracker's daily files, where they are on. */
function backUpDailyData(input: ServicesInput, uptimeTracker: DiscoveryService): void {
  const { stack, foundation } = input;
  const { backup, image } = stack.stores.dailyData;
  if (backup.kind === "scheduled") {
    new DailyDataBackup(
      "daily-data-backup",
      { ...foundation.around, plan: backup, image, owner: uptimeTracker.serviceName },
      after(input, uptimeTracker),
    );
  }
}

function makeServiceDiscovery(input: ServicesInput, before: readonly Awaitable[]) {
  const { stack, keys, foundation, stores } = input;
  const options = stack.services["service-discovery"];
  const redis = stores.redis("service-discovery");
  const { address, resources } = stores.postgres;
  return new DiscoveryService(
    "service-discovery",
    {
      ...foundation.around,
      command: {
        service: "service-discovery",
        redisUrl: redis.url,
        postgres: address,
        dmsgDiscoveryUrl: clusterUrl("dmsg-discovery", foundation.around.namespaceName),
        ...whitelisting(input, "service-discovery"),
      },
      image: foundation.image("service-discovery"),
      key: keys.services["service-discovery"],
      options,
      replicas: options.replicas,
      disruption: options.disruption,
      redisPassword: redis.password,
      database: stores.database("service-discovery"),
      ...ipServiceAlias(input),
    },
    after(input, ...before, ...ipService(input), ...redis.resources, ...resources),
  );
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
