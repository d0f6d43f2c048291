/**
 * Who calls whom among the Skywire programs: the table all their network policies are cut from.
 *
 * A call that is missing here fails in the cluster only, and silently. test/skywire/composition.test.ts
 * therefore reads every address out of the rendered command lines and files, and asks the policies for it.
 *
 * What is dialled by a node's public address is dialled so from the cluster, too: such a call leaves the pods'
 * network for a node, and comes from the node that the caller runs on. To Cilium neither is an address, though
 * both are public: it knows nodes by all that Kubernetes tells of them, ExternalIP among it (cilium:
 * pkg/node/manager, NodeUpdated; cilium/cilium#12277). So nodes are named beside the internet, by ports alone.
 */
import { type Flow, type FlowPort, type Peer, tcp, udp } from "../base/flows.ts";
import { memberNames } from "./addresses.ts";
import { type DaemonKind, daemonTraits } from "./daemon-kinds.ts";
import {
  dmsgPort,
  geoipPort,
  httpPorts,
  type HttpService,
  metricsPort,
  publicUdpPort,
  uptimePrivatePort,
} from "./ports.ts";
import type { PublicService } from "./hosts.ts";

/** Programs that use a Redis. */
export const redisUsers = [
  "address-resolver",
  "dmsg-discovery",
  "network-monitor",
  "service-discovery",
  "transport-discovery",
  "uptime-tracker",
] as const;

/** A program that uses a Redis: each has one of its own, as its own searches walk all keys (3.1). */
export type RedisUser = (typeof redisUsers)[number];

/** Programs that use Postgres. */
const postgresUsers = [
  "route-finder",
  "service-discovery",
  "transport-discovery",
  "uptime-tracker",
] as const;

/** A program that uses Postgres. */
export type PostgresUser = (typeof postgresUsers)[number];

/** One end of a flow with the port it listens on. */
export interface ListeningPeer {
  readonly peer: Peer;
  readonly port: number;
}

/** An ingress controller: the pods' own ports, behind which the public names lead. */
export interface IngressPeer {
  readonly peer: Peer;
  readonly ports: readonly number[];
  /** Services whose hosts are its: it calls no others. */
  readonly serves: readonly PublicService[];
}

/** A daemon beside the services. */
export interface DaemonShape {
  readonly name: string;
  readonly kind: DaemonKind;
  readonly namespace: string;
  /** Its store, where it keeps one. */
  readonly redis?: ListeningPeer;
}

/** What of a deployment decides its flows. */
export interface SkywireShape {
  readonly namespace: string;
  /** The network-monitor's, which needs rights on the node that the others must not have. */
  readonly monitorNamespace: string;
  readonly replicas: Readonly<Record<"dmsg-discovery" | "service-discovery", number>>;
  readonly dmsgServers: readonly { readonly name: string; readonly publicPort: number }[];
  readonly setupNodes: readonly string[];
  /** Daemons beside the services (4.12). */
  readonly daemons: readonly DaemonShape[];
  /** Whether the config-bootstrapper runs. */
  readonly configBootstrapper: boolean;
  readonly ingress: readonly IngressPeer[];
  /**
   * Ports of this cluster's nodes that the world dials, beside the dmsg-servers' and the address-resolver's: its
   * own STUN servers', and where `nodes` may be opened to them, its controllers'.
   */
  readonly entrances: { readonly stun: readonly FlowPort[]; readonly pages: readonly FlowPort[] };
  readonly redis: Readonly<Record<RedisUser, ListeningPeer>>;
  readonly postgres: ListeningPeer;
  /** The IP service, where it runs in the cluster. Default: production's, by way of the internet. */
  readonly ipService?: Peer | undefined;
  /** Who reads the metrics, where the stack has such. */
  readonly scrapers: readonly Peer[];
}

const internet: Peer = { kind: "internet" };

/** The nodes of this cluster, and what calls from their network: pods of other nodes that dial an address of one. */
const nodes: Peer = { kind: "nodes" };

/** Who dials what stands on a node's own port. */
const throughNodes: readonly Peer[] = [internet, nodes];

/** Services that talk dmsg when they carry their key. */
const dmsgClients = [
  "address-resolver",
  "dmsg-discovery",
  "route-finder",
  "service-discovery",
  "transport-discovery",
  "uptime-tracker",
] as const satisfies readonly HttpService[];

function membersOf(shape: SkywireShape, service: HttpService): Peer[] {
  if (service === "network-monitor") {
    return [{ kind: "workload", name: service, namespace: shape.monitorNamespace }];
  }
  if (service === "config-bootstrapper" && !shape.configBootstrapper) {
    return [];
  }
  const replicas =
    service === "dmsg-discovery" || service === "service-discovery" ? shape.replicas[service] : 1;
  return memberNames(service, replicas).map((name) => ({
    kind: "workload",
    name,
    namespace: shape.namespace,
  }));
}

const named = (shape: SkywireShape, name: string): Peer => ({
  kind: "workload",
  name,
  namespace: shape.namespace,
});

/** The daemons that run a lite visor, or those that are mere clients of dmsg. */
const daemonPeers = (shape: SkywireShape, which: { readonly visor: boolean }): Peer[] =>
  shape.daemons
    .filter(({ kind }) => daemonTraits[kind].visor === which.visor)
    .map(({ name, namespace }) => ({ kind: "workload", name, namespace }));

/** Ports of nodes on which the dmsg-servers are dialled. */
const dmsgEntrances = ({ dmsgServers }: SkywireShape): FlowPort[] =>
  dmsgServers.map(({ publicPort }) => tcp(publicPort));

/** Calls to ports of nodes. Without a port it would be all of them, and none is there to be opened. */
const toNodes = (from: readonly Peer[], ports: readonly FlowPort[]): Flow[] =>
  ports.length === 0 ? [] : between(from, [nodes], ports);

/** Every pair of a caller and a callee. */
function between(from: readonly Peer[], to: readonly Peer[], ports: readonly FlowPort[]): Flow[] {
  return from.flatMap((caller) => to.map((callee) => ({ from: caller, to: callee, ports })));
}

/** Calls that come in from the internet, through an ingress controller or past it. */
function publicFlows(shape: SkywireShape): Flow[] {
  return [
    ...shape.ingress.flatMap(({ peer, serves }) =>
      serves.flatMap((service) =>
        between([peer], membersOf(shape, service), [tcp(httpPorts[service])]),
      ),
    ),
    ...shape.dmsgServers.flatMap(({ name }) =>
      between(throughNodes, [named(shape, name)], [tcp(dmsgPort)]),
    ),
    ...between(throughNodes, membersOf(shape, "address-resolver"), [
      udp(httpPorts["address-resolver"]),
    ]),
  ];
}

/**
 * Calls of the dmsg network. Clients dial a server's public address, a node's; a plug-in may see
 * that call before or after the node turned it into one to the server's pod (2.6), so both stand.
 */
function dmsgFlows(shape: SkywireShape): Flow[] {
  const servers = shape.dmsgServers.map(({ name }) => named(shape, name));
  const setupNodes = shape.setupNodes.map((name) => named(shape, name));
  const daemons = daemonPeers(shape, { visor: false });
  // Of several members only the first has a key, and so is on the dmsg network.
  const clients = [
    ...dmsgClients.flatMap((service) => membersOf(shape, service).slice(0, 1)),
    ...setupNodes,
    ...daemons,
  ];
  const callers = [
    ...dmsgClients
      .filter((service) => service !== "dmsg-discovery")
      .flatMap((service) => membersOf(shape, service)),
    ...setupNodes,
    ...daemons,
    ...servers,
  ];
  return [
    ...between(clients, [internet], dmsgEntrances(shape)),
    ...toNodes(clients, dmsgEntrances(shape)),
    ...between(clients, servers, [tcp(dmsgPort)]),
    ...between(callers, membersOf(shape, "dmsg-discovery"), [tcp(httpPorts["dmsg-discovery"])]),
  ];
}

function storeFlows(shape: SkywireShape): Flow[] {
  return [
    ...redisUsers.flatMap((user) => {
      const { peer, port } = shape.redis[user];
      return between(membersOf(shape, user), [peer], [tcp(port)]);
    }),
    ...postgresUsers.flatMap((user) =>
      between(membersOf(shape, user), [shape.postgres.peer], [tcp(shape.postgres.port)]),
    ),
    ...shape.daemons.flatMap(({ name, namespace, redis }) =>
      redis === undefined
        ? []
        : between([{ kind: "workload", name, namespace }], [redis.peer], [tcp(redis.port)]),
    ),
  ];
}

/** Calls between single programs. */
function innerFlows(shape: SkywireShape): Flow[] {
  const transportDiscovery = membersOf(shape, "transport-discovery");
  const transportPort = [tcp(httpPorts["transport-discovery"])];
  const visualizer = membersOf(shape, "node-visualizer");
  const setupNodes = shape.setupNodes.map((name) => named(shape, name));
  const ipServiceUsers = (["service-discovery", "uptime-tracker"] as const).flatMap((service) =>
    membersOf(shape, service),
  );
  return [
    ...between(setupNodes, transportDiscovery, transportPort),
    ...between(visualizer, transportDiscovery, transportPort),
    ...between(visualizer, membersOf(shape, "uptime-tracker"), [tcp(uptimePrivatePort)]),
    // The IP service, by a URL that is compiled in: http://ip.skycoin.com (4.1, 4.7).
    ...(shape.ipService === undefined
      ? between(ipServiceUsers, [internet], [tcp(80)])
      : between(ipServiceUsers, [shape.ipService], [tcp(geoipPort)])),
  ];
}

const monitorsOf = (shape: SkywireShape): Peer[] => [
  ...membersOf(shape, "network-monitor"),
  ...daemonPeers(shape, { visor: true }),
];

/** Programs that dial the deployment's own public names from inside it. */
export const visitorsOf = (shape: SkywireShape): Peer[] => [
  ...monitorsOf(shape),
  ...membersOf(shape, "config-bootstrapper"),
];

/**
 * Calls to the deployment's own public names from inside it. They leave for the internet's side or
 * are short-cut to the controller's pods, as the cluster's network has it (6.4).
 */
function hairpinFlows(shape: SkywireShape): Flow[] {
  const monitors = monitorsOf(shape);
  const bootstrapper = membersOf(shape, "config-bootstrapper");
  const servers = shape.dmsgServers.map(({ name }) => named(shape, name));
  return [
    // A lite visor dials visors on whatever port they say, over TCP and UDP (4.3).
    ...between(monitors, [internet], []),
    ...toNodes(monitors, [...dmsgEntrances(shape), udp(publicUdpPort), ...shape.entrances.stun]),
    ...between(monitors, servers, [tcp(dmsgPort)]),
    ...between(monitors, membersOf(shape, "address-resolver"), [
      udp(httpPorts["address-resolver"]),
    ]),
    ...between(bootstrapper, [internet], [tcp(80), tcp(443)]),
    ...toNodes(visitorsOf(shape), shape.entrances.pages),
    ...shape.ingress.flatMap(({ peer, ports }) =>
      between(visitorsOf(shape), [peer], ports.map(tcp)),
    ),
  ];
}

function scrapeFlows(shape: SkywireShape): Flow[] {
  const services = (Object.keys(httpPorts) as HttpService[]).filter(
    (service) => service !== "config-bootstrapper",
  );
  const scraped = [
    ...services.flatMap((service) => membersOf(shape, service)),
    ...[...shape.dmsgServers.map(({ name }) => name), ...shape.setupNodes].map((name) =>
      named(shape, name),
    ),
  ];
  return between(shape.scrapers, scraped, [tcp(metricsPort)]);
}

/** The flow table of a deployment. */
export function skywireFlows(shape: SkywireShape): Flow[] {
  return [
    ...publicFlows(shape),
    ...dmsgFlows(shape),
    ...storeFlows(shape),
    ...innerFlows(shape),
    ...hairpinFlows(shape),
    ...scrapeFlows(shape),
  ];
}
