/**
 * Network policies evaluated as a network plug-in would: who may call whom, on which port.
 *
 * The sandbox has no network, so nothing there shows a packet refused. What this proves is what the
 * rendered policies say. What a plug-in makes of them is seen live only (`make verify TARGET=live`).
 */
import { BlockList, isIPv4, isIPv6 } from "node:net";

import { inRange } from "../../components/base/ranges.ts";
import { UnknownProperty, unknownText } from "../resource.ts";
import type { Plugin } from "./networks.ts";
import {
  type Container,
  lastingContainers,
  matches,
  namespaceOf,
  type NetworkPolicy,
  type PodSet,
  type PolicyPeer,
  type PolicyPort,
  type World,
} from "./objects.ts";

/** One end of a call. */
export type Endpoint =
  | { readonly kind: "pods"; readonly pods: PodSet }
  /** An address that is no pod's and no node's. */
  | { readonly kind: "address"; readonly ip: string }
  /** A node of the cluster: its kubelet, and whatever else has its network. */
  | { readonly kind: "node" };

/** A call somebody makes. */
export interface Call {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Port on which the other end listens: the container's, not the Service's. */
  readonly port: number;
  readonly protocol: string;
}

/** Pods on the node's own network: to everybody else they are the node. */
function seen(end: Endpoint): Endpoint {
  return end.kind === "pods" && end.pods.spec.hostNetwork === true ? node : end;
}

/** Whether an address lies in a range: one of the other version of IP never does. */
function liesIn(ip: string, range: string): boolean {
  const [base = "", bits = "128"] = range.split("/");
  if (range === unknownText) {
    throw new UnknownProperty("a range of a network policy");
  }
  if (isIPv4(ip) || !isIPv6(base)) {
    return isIPv4(ip) && isIPv4(base) && inRange(ip, range);
  }
  const block = new BlockList();
  block.addSubnet(base, Number(bits), "ipv6");
  return block.check(ip, "ipv6");
}

const inBlock = (ip: string, { cidr, except = [] }: Block): boolean =>
  liesIn(ip, cidr) && !except.some((one) => liesIn(ip, one));

type Block = NonNullable<PolicyPeer["ipBlock"]>;

/** Addresses that may stand for a node, by direction: who calls over an overlay bears its tunnel's. */
const nodeAddresses = {
  Ingress: ["192.168.255.100", "10.244.7.0"],
  Egress: ["192.168.255.100"],
} as const;

/** Who looks through a policy, in which direction. */
interface View {
  readonly world: World;
  readonly plugin: Plugin;
  readonly direction: "Ingress" | "Egress";
}

/** Whether a block is an end ({@link Plugin}): of a node, whichever address it has there. */
function blockMatches({ plugin, direction }: View, block: Block, end: Endpoint): boolean {
  switch (end.kind) {
    case "address":
      return inBlock(end.ip, block);
    case "node":
      return plugin === "Calico" && nodeAddresses[direction].every((ip) => inBlock(ip, block));
    // Blocks are for addresses outside the cluster: whether one matches a pod is the plug-in's choice,
    // so no declared flow may rest on it.
    case "pods":
      return false;
  }
}

function peerMatches(view: View, policy: NetworkPolicy, peer: PolicyPeer, end: Endpoint): boolean {
  if (peer.ipBlock !== undefined) {
    return blockMatches(view, peer.ipBlock, end);
  }
  if (end.kind !== "pods") {
    return false;
  }
  const { namespace, labels } = end.pods;
  const known = view.world.namespaces.get(namespace);
  const namespaceMatches =
    peer.namespaceSelector === undefined
      ? namespace === namespaceOf(policy)
      : known !== undefined && matches(peer.namespaceSelector, known);
  return namespaceMatches && (peer.podSelector === undefined || matches(peer.podSelector, labels));
}

type Port = NonNullable<Container["ports"]>[number];

/**
 * Ports of pods that a policy may call by a name. Calico knows those of init containers, too (projectcalico/calico#8885,
 * of which only such count here as run on); Cilium does not, as late as 1.20.2 (`GetPodMetadata` of its pkg/k8s/labels.go).
 */
export const nameable = (plugin: Plugin, { spec }: PodSet): readonly Port[] =>
  (plugin === "Cilium" ? spec.containers : lastingContainers(spec)).flatMap(
    ({ ports }) => ports ?? [],
  );

function portMatches(plugin: Plugin, port: PolicyPort, call: Call): boolean {
  if (port.protocol !== call.protocol) {
    return false;
  }
  if (port.port === undefined) {
    return true;
  }
  if (typeof port.port === "number") {
    return call.port >= port.port && call.port <= (port.endPort ?? port.port);
  }
  // A name means ports of one protocol, and only plug-ins' own pods have any: one in its node's network has none to them.
  const to = seen(call.to);
  return (
    to.kind === "pods" &&
    nameable(plugin, to.pods).some(
      ({ name, containerPort, protocol }) =>
        name === port.port && containerPort === call.port && protocol === call.protocol,
    )
  );
}

/** Directions of a policy: where it says none, what the API server fills in (`SetDefaults_NetworkPolicy`). */
const directionsOf = ({
  spec: { policyTypes = [], egress = [] },
}: NetworkPolicy): readonly ("Ingress" | "Egress")[] =>
  policyTypes.length > 0 ? policyTypes : egress.length === 0 ? ["Ingress"] : ["Ingress", "Egress"];

/** Whether one of a list is meant: of an empty one every one is, as of none at all (`NetworkPolicyIngressRule`). */
const anyOf = <Item>(list: readonly Item[] = [], isMeant: (item: Item) => boolean): boolean =>
  list.length === 0 || list.some(isMeant);

/** Policies of one direction that select pods. Pods on the node's own network have none. */
export function policiesOf(
  world: World,
  { namespace, labels, spec }: PodSet,
  direction: "Ingress" | "Egress",
): readonly NetworkPolicy[] {
  return spec.hostNetwork === true
    ? []
    : world.policies.filter(
        (policy) =>
          namespaceOf(policy) === namespace &&
          directionsOf(policy).includes(direction) &&
          matches(policy.spec.podSelector, labels),
      );
}

function directionAllows(view: View, call: Call): boolean {
  const { world, plugin, direction } = view;
  const [own, far] = direction === "Egress" ? [call.from, call.to] : [call.to, call.from];
  if (own.kind !== "pods") {
    return true;
  }
  const policies = policiesOf(world, own.pods, direction);
  if (policies.length === 0) {
    return true;
  }
  const other = seen(far);
  return policies.some((policy) => {
    const rules =
      direction === "Egress"
        ? (policy.spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
        : (policy.spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
    return rules.some(
      ({ peers, ports }) =>
        anyOf(peers, (peer) => peerMatches(view, policy, peer, other)) &&
        anyOf(ports, (port) => portMatches(plugin, port, call)),
    );
  });
}

const hasNode = ({ from, to }: Call): boolean =>
  [from, to].some((end) => seen(end).kind === "node");

/** Plug-ins that may see a call differently: one stands for all where no node and no sidecar has a part in it. */
function judges({ network: { plugins } }: World, call: Call): readonly Plugin[] {
  const { to } = call;
  const differ =
    hasNode(call) ||
    (to.kind === "pods" && nameable("Calico", to.pods).length > nameable("Cilium", to.pods).length);
  return differ ? plugins : plugins.slice(0, 1);
}

const directions = ["Egress", "Ingress"] as const;

const letsThrough = (world: World, plugin: Plugin, call: Call): boolean =>
  directions.every((direction) => directionAllows({ world, plugin, direction }, call));

/**
 * Whether both ends let a call through, the caller's egress and the callee's ingress, whichever plug-in of those
 * that the stack may meet enforces them.
 */
export const allows = (world: World, call: Call): boolean =>
  judges(world, call).every((plugin) => letsThrough(world, plugin, call));

/** Whether a call passes with one of those plug-ins at least: what is open there is open. */
export const mayPass = (world: World, call: Call): boolean =>
  judges(world, call).some((plugin) => letsThrough(world, plugin, call));

/** Which end refuses a call: for messages. */
export function refusals(world: World, call: Call): readonly string[] {
  return directions.flatMap((direction) => {
    const end = direction === "Egress" ? "the caller's egress" : "the callee's ingress";
    const lets = (plugin: Plugin): boolean => directionAllows({ world, plugin, direction }, call);
    if (judges(world, call).every(lets)) {
      return [];
    }
    // Who reads 0.0.0.0/0 there, or the port's name, would look for the fault elsewhere.
    const why = hasNode(call)
      ? "no ipBlock is a node to Cilium"
      : "no port of a sidecar has a name to Cilium";
    return [lets("Calico") ? `${end} (${why})` : end];
  });
}

/** Directions in which nothing is denied by default to some pods. Empty when both are. */
export function undenied(world: World, pods: PodSet): readonly string[] {
  return (["Ingress", "Egress"] as const).filter(
    (direction) => policiesOf(world, pods, direction).length === 0,
  );
}

/** An address of the internet, for which no policy has an exception (TEST-NET-3, RFC 5737). */
export const internet: Endpoint = { kind: "address", ip: "203.0.113.200" };

/** An address of a private network round the cluster: a balancer, another machine of the cloud. */
export const privateNetwork: Endpoint = { kind: "address", ip: "192.168.255.200" };

/** Any node of the cluster. */
export const node: Endpoint = { kind: "node" };

/** Every port on which pods listen. */
export function listened({ spec }: PodSet): { port: number; protocol: string }[] {
  return lastingContainers(spec)
    .flatMap(({ ports }) => ports ?? [])
    .map(({ containerPort, protocol }) => ({ port: containerPort, protocol }));
}

/**
 * Every call that the policies let through, one line each: what a reviewer reads when a flow is
 * added. With several plug-ins, those that one of them lets through.
 */
export function allowedCalls(world: World): readonly string[] {
  const pods = world.pods.map((one): { name: string; end: Endpoint } => ({
    name: `${one.namespace}/${one.name}`,
    end: { kind: "pods", pods: one },
  }));
  const callers = [
    { name: "internet", end: internet },
    { name: "private network", end: privateNetwork },
    ...pods,
  ];
  const inside = callers.flatMap((from) =>
    world.pods.flatMap((callee) =>
      listened(callee)
        .filter(
          ({ port, protocol }) =>
            from.name !== `${callee.namespace}/${callee.name}` &&
            mayPass(world, {
              from: from.end,
              to: { kind: "pods", pods: callee },
              port,
              protocol,
            }),
        )
        .map(
          ({ port, protocol }) =>
            `${from.name} -> ${callee.namespace}/${callee.name} ${protocol} ${port}`,
        ),
    ),
  );
  const named = world.policies
    .flatMap(({ spec }) => spec.egress ?? [])
    .flatMap(({ ports }) => ports ?? [])
    .flatMap(({ port, protocol }) => (typeof port === "number" ? [{ port, protocol }] : []));
  const outside = pods.flatMap(({ name, end }) => {
    const open = (port: number, protocol: string): boolean =>
      mayPass(world, { from: end, to: internet, port, protocol });
    // Two ports nobody declares by number tell a rule without ports from a list of some.
    const every = open(2, "TCP") && open(64_999, "UDP");
    return every
      ? [`${name} -> internet every port`]
      : named
          .filter(({ port, protocol }) => open(port, protocol))
          .map(({ port, protocol }) => `${name} -> internet ${protocol} ${port}`);
  });
  return [...new Set([...inside, ...outside])].sort();
}
