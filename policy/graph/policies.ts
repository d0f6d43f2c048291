/**
 * Network policies evaluated as a network plug-in would: who may call whom, on which port.
 *
 * The sandbox has no network, so nothing there shows a packet refused. What this proves is what the
 * rendered policies say. What a plug-in makes of them is seen live only (`make verify TARGET=live`).
 */
import { inRange } from "../../components/base/ranges.ts";
import {
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
  /** An address that is no pod's. */
  | { readonly kind: "address"; readonly ip: string };

/** A call somebody makes. */
export interface Call {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Port on which the other end listens: the container's, not the Service's. */
  readonly port: number;
  readonly protocol: string;
}

/** Pods on the node's own network have its address: to everybody else they are the node. */
function seen(end: Endpoint): Endpoint {
  return end.kind === "pods" && end.pods.spec.hostNetwork === true ? node : end;
}

function peerMatches(
  world: World,
  policy: NetworkPolicy,
  peer: PolicyPeer,
  other: Endpoint,
): boolean {
  const end = seen(other);
  if (end.kind === "address") {
    const block = peer.ipBlock;
    return (
      block !== undefined &&
      inRange(end.ip, block.cidr) &&
      !(block.except ?? []).some((cidr) => inRange(end.ip, cidr))
    );
  }
  // Blocks are for addresses outside the cluster: whether one matches a pod is the plug-in's choice,
  // so no declared flow may rest on it.
  if (peer.ipBlock !== undefined) {
    return false;
  }
  const { namespace, labels } = end.pods;
  const known = world.namespaces.get(namespace);
  const namespaceMatches =
    peer.namespaceSelector === undefined
      ? namespace === namespaceOf(policy)
      : known !== undefined && matches(peer.namespaceSelector, known);
  return namespaceMatches && (peer.podSelector === undefined || matches(peer.podSelector, labels));
}

function portMatches(port: PolicyPort, call: Call): boolean {
  if (port.protocol !== call.protocol) {
    return false;
  }
  if (port.port === undefined) {
    return true;
  }
  if (typeof port.port === "number") {
    return call.port >= port.port && call.port <= (port.endPort ?? port.port);
  }
  return (
    call.to.kind === "pods" &&
    call.to.pods.spec.containers
      .flatMap((container) => container.ports ?? [])
      .some(({ name, containerPort }) => name === port.port && containerPort === call.port)
  );
}

/** What the API server says of a policy that does not say itself which directions it is about. */
export const directionsOf = ({ spec }: NetworkPolicy): readonly ("Ingress" | "Egress")[] =>
  spec.policyTypes ?? (spec.egress === undefined ? ["Ingress"] : ["Ingress", "Egress"]);

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

function directionAllows(world: World, call: Call, direction: "Ingress" | "Egress"): boolean {
  const [own, other] = direction === "Egress" ? [call.from, call.to] : [call.to, call.from];
  if (own.kind === "address") {
    return true;
  }
  const policies = policiesOf(world, own.pods, direction);
  if (policies.length === 0) {
    return true;
  }
  return policies.some((policy) => {
    const rules =
      direction === "Egress"
        ? (policy.spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
        : (policy.spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
    return rules.some(
      ({ peers, ports }) =>
        (peers === undefined || peers.some((peer) => peerMatches(world, policy, peer, other))) &&
        (ports === undefined || ports.some((port) => portMatches(port, call))),
    );
  });
}

/** Whether both ends let a call through: the caller's egress and the callee's ingress. */
export function allows(world: World, call: Call): boolean {
  return directionAllows(world, call, "Egress") && directionAllows(world, call, "Ingress");
}

/** Which end refuses a call: for messages. */
export function refusals(world: World, call: Call): readonly string[] {
  return (["Egress", "Ingress"] as const)
    .filter((direction) => !directionAllows(world, call, direction))
    .map((direction) => (direction === "Egress" ? "the caller's egress" : "the callee's ingress"));
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

/** A node's address, as pods see it. */
export const node: Endpoint = { kind: "address", ip: "192.168.255.100" };

/** Every port on which pods listen. */
export function listened({ spec }: PodSet): { port: number; protocol: string }[] {
  return spec.containers
    .flatMap(({ ports }) => ports ?? [])
    .map(({ containerPort, protocol }) => ({ port: containerPort, protocol }));
}

/**
 * Every call that the policies let through, one line each: what a reviewer reads when a flow is
 * added.
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
            allows(world, {
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
      allows(world, { from: end, to: internet, port, protocol });
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
