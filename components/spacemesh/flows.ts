/**
 * Who calls whom in a Spacemesh network: the table that all its network policies are cut from.
 *
 * Members are groups, not a thousand workloads: bootstrap node and bootnodes are one, the miners
 * another, the PoETs a third. Bootnodes are dialled by the address of their node, from the cluster,
 * too: such a call leaves the pods' network for a node, and comes from the node that the caller runs on. To
 * Cilium, which is Dataplane V2, neither is an address, though both are public: it knows nodes by all that
 * Kubernetes tells of them, ExternalIP among it (cilium: pkg/node/manager, NodeUpdated; cilium/cilium#12277).
 */
import { type Flow, type FlowPort, type Peer, tcp } from "../base/flows.ts";
import type { Member } from "./members.ts";
import { poetName, publishedPoet } from "./members.ts";
import type { MinersConfig } from "./miner.schema.ts";
import type { PoetsConfig } from "./poet.schema.ts";
import { grpcPort, jsonPort, minerMetricsPort, peerPort, poetRestPort } from "./ports.ts";

/** Group of a member's role: policies, account and the label `fleet/group`. */
export const groupOf = (role: Member["role"]): "bootnode" | "miner" =>
  role === "miner" ? "miner" : "bootnode";

/** Group of the PoETs. */
export const poetGroup = "poet";

/** Name of spacemesh-watch. */
export const watchName = "spacemesh-watch";

/** Name of the Service by which home smeshers reach the first PoET. */
export const publicPoetService = `${poetName(publishedPoet)}-public`;

/** One end of a flow with the port it listens on. */
export interface ListeningPeer {
  readonly peer: Peer;
  readonly port: number;
}

/** What of a network decides its flows. */
export interface NetworkShape {
  readonly namespace: string;
  readonly members: readonly Member[];
  readonly miners: Pick<MinersConfig, "ports" | "jsonApi">;
  readonly poets: Pick<PoetsConfig, "public">;
  /** Whether PoETs hand their proofs to members. */
  readonly broadcasts: boolean;
  /** Whether spacemesh-watch runs. */
  readonly watched: boolean;
  /** Who reads the members' metrics. */
  readonly scrapers: readonly Peer[];
  /** Where members push their metrics. */
  readonly pushGateway?: ListeningPeer | undefined;
  /** Where profiled members push their profiles. */
  readonly profiler?: ListeningPeer | undefined;
}

const internet: Peer = { kind: "internet" };

/** Groups that have members. */
function memberGroups({ members, namespace }: NetworkShape): {
  readonly peer: Peer;
  readonly group: "bootnode" | "miner";
  /** Whether PoETs call some of it. */
  readonly hasGateways: boolean;
  /** Peer-to-peer ports that its members listen on. */
  readonly ports: readonly FlowPort[];
}[] {
  return (["bootnode", "miner"] as const).flatMap((group) => {
    const own = members.filter(({ role }) => groupOf(role) === group);
    return own.length === 0
      ? []
      : [
          {
            peer: { kind: "group", name: group, namespace } as const,
            group,
            hasGateways: own.some(({ isGateway }) => isGateway),
            ports: group === "miner" ? [tcp(peerPort)] : own.map((member) => tcp(member.peerPort)),
          },
        ];
  });
}

/** Calls from outside the cluster: of bootnodes, of the first PoET, of APIs with node ports. */
function publicFlows(shape: NetworkShape): Flow[] {
  const { namespace, miners, poets } = shape;
  const groups = memberGroups(shape);
  // A node port answers on every node: from another one the caller is that node. So it is of who dials a bootnode from here.
  const throughNodes: readonly Peer[] = [internet, { kind: "nodes" }];
  const apis = [tcp(grpcPort), ...(miners.jsonApi ? [tcp(jsonPort)] : [])];
  const poet: Peer = { kind: "workload", name: poetName(publishedPoet), namespace };
  return [
    ...groups
      .filter(({ group }) => group === "bootnode")
      .flatMap(({ peer, ports }) => throughNodes.map((from) => ({ from, to: peer, ports }))),
    ...(miners.ports.public.kind === "node-ports"
      ? groups.flatMap(({ peer }) => throughNodes.map((from) => ({ from, to: peer, ports: apis })))
      : []),
    ...(poets.public.kind === "node-port" ? throughNodes : [internet]).map((from) => ({
      from,
      to: poet,
      ports: [tcp(poetRestPort)],
    })),
  ];
}

/** Ports of nodes on which members are dialled by the addresses of these. */
export const entrancePorts = (members: readonly Pick<Member, "slot" | "peerPort">[]): FlowPort[] =>
  [
    ...new Set(members.filter(({ slot }) => slot !== undefined).map(({ peerPort: port }) => port)),
  ].map(tcp);

/** Calls to ports of nodes, where there are any. */
export const toNodes = (from: Peer, ports: readonly FlowPort[]): Flow[] =>
  ports.length === 0 ? [] : [{ from, to: { kind: "nodes" }, ports }];

/** Every call of a network. */
export function networkFlows(shape: NetworkShape): Flow[] {
  const { namespace, broadcasts, watched, scrapers, pushGateway, profiler } = shape;
  const groups = memberGroups(shape);
  const poets: Peer = { kind: "group", name: poetGroup, namespace };
  const watch: Peer = { kind: "workload", name: watchName, namespace };
  const pushed = [pushGateway, profiler].flatMap((one) => one ?? []);
  return [
    ...publicFlows(shape),
    ...groups.flatMap(({ peer, hasGateways }) => [
      // Peers anywhere, each on a port of its own choice; and the time, from servers of it.
      { from: peer, to: internet, ports: [] },
      ...toNodes(peer, entrancePorts(shape.members)),
      ...groups.map(({ peer: other, ports }) => ({ from: peer, to: other, ports })),
      { from: peer, to: poets, ports: [tcp(poetRestPort)] },
      ...(broadcasts && hasGateways ? [{ from: poets, to: peer, ports: [tcp(grpcPort)] }] : []),
      ...(watched ? [{ from: watch, to: peer, ports: [tcp(grpcPort)] }] : []),
      ...scrapers.map((from) => ({ from, to: peer, ports: [tcp(minerMetricsPort)] })),
      ...pushed.map(({ peer: to, port }) => ({ from: peer, to, ports: [tcp(port)] })),
    ]),
    // Slack.
    ...(watched ? [{ from: watch, to: internet, ports: [tcp(443)] }] : []),
  ];
}
