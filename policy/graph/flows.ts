/**
 * Whether the network policies let through what the stack needs, and nothing that it does not.
 *
 * Says what the rendered policies say. That a plug-in enforces them is seen live only
 * (`make verify TARGET=live`).
 */
import { unknownText } from "../resource.ts";
import { destinations, serviceAddresses, strayAddresses } from "./addresses.ts";
import { type NeededCall, neededCalls, type OutsideCall, outsideCalls } from "./calls.ts";
import type { Fault, Graph } from "./graph.ts";
import {
  describePods,
  type KubernetesObject,
  namespaceOf,
  type PodSet,
  type World,
} from "./objects.ts";
import {
  allows,
  type Call,
  type Endpoint,
  internet,
  listened,
  mayPass,
  node,
  policiesOf,
  privateNetwork,
  refusals,
} from "./policies.ts";
import { accountOf, type Subject } from "./subjects.ts";
import { textsOf } from "./texts.ts";

/** Pods to which network policies apply: those with a network of their own. */
export const policed = (world: World): readonly PodSet[] =>
  world.pods.filter(({ spec }) => spec.hostNetwork !== true);

/** Addresses outside the stack, by what they are called. */
const places: readonly (readonly [Endpoint, string])[] = [
  [internet, "internet"],
  [privateNetwork, "private network"],
];

function nameOf(end: Endpoint): string {
  switch (end.kind) {
    case "pods":
      return `${end.pods.namespace}/${end.pods.name}`;
    case "node":
      return "node";
    case "address":
      return (
        places.find(([place]) => place.kind === "address" && place.ip === end.ip)?.[1] ?? end.ip
      );
  }
}

const aboutCall = ({ from, to }: Call): { readonly about: Fault["about"] } => ({
  about:
    from.kind === "pods"
      ? from.pods
      : to.kind === "pods"
        ? to.pods
        : { kind: "", name: "", namespace: "" },
});

/** A call as a line of a list: `skywire/web -> skywire/store TCP 6379`. */
export const writeCall = ({ from, to, port, protocol }: Call): string =>
  `${nameOf(from)} -> ${nameOf(to)} ${protocol} ${port}`;

/** What of a call is refused; empty where it is let through. */
function refused(world: World, call: NeededCall): readonly string[] {
  const found = refusals(world, call);
  return found.length > 0 && call.anyProtocol === true
    ? refusals(world, { ...call, protocol: call.protocol === "TCP" ? "UDP" : "TCP" })
    : found;
}

/** Calls that follow from what is rendered, and that a policy refuses. */
export function refusedCalls(world: World): readonly Fault[] {
  return neededCalls(world).flatMap((call) => {
    const found = refused(world, call);
    return found.length === 0
      ? []
      : [
          {
            ...aboutCall(call),
            message: `${writeCall(call)} is refused by ${found.join(" and ")}, and needed by ${call.why}`,
          },
        ];
  });
}

/** Addresses that lead nowhere, and such as the update is still to tell. */
export function addressFaults({ world, isHidden }: Pick<Graph, "world" | "isHidden">): Fault[] {
  return world.pods.flatMap((pods) => [
    ...strayAddresses(world, pods)
      .filter(({ home }) => !isHidden(home))
      .map(({ place, text }) => ({
        about: pods,
        message: `${describePods(pods)} ${place} ${text}: there is no such Service`,
      })),
    ...serviceAddresses(world, pods)
      .filter((address) => destinations(world, address).length === 0)
      .map(({ place, text }) => ({
        about: pods,
        message: `${describePods(pods)} ${place} ${text}: the Service has no such port`,
      })),
    ...textsOf(world, pods)
      .filter(({ text }) => text.includes(unknownText))
      .map(({ place }) => ({
        about: pods,
        message: `${describePods(pods)} ${place}: is ${unknownText}; whether its addresses are let through cannot be told`,
      })),
  ]);
}

/**
 * Whether a name may lead to one of the ranges that the caller's policies open, as that of a managed store in the
 * cloud's own network does.
 */
function isInNamedRange(world: World, pods: PodSet, call: OutsideCall): boolean {
  return (
    call.named &&
    policiesOf(world, pods, "Egress")
      .flatMap(({ spec }) => spec.egress ?? [])
      .flatMap(({ to }) => to ?? [])
      .flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock.cidr.split("/")[0] ?? ""]))
      .some((ip) => refused(world, { ...call, to: { kind: "address", ip } }).length === 0)
  );
}

/**
 * Addresses outside the cluster that may not be dialled.
 *
 * @param dials Whether pods dial the addresses they are told, and do not just tell them to others.
 */
export function outsideFaults(
  world: World,
  dials: (pods: PodSet) => boolean = () => true,
): readonly Fault[] {
  return world.pods.filter(dials).flatMap((pods) =>
    outsideCalls(world, pods)
      .filter((call) => refused(world, call).length > 0 && !isInNamedRange(world, pods, call))
      .map(({ why }) => ({
        about: pods,
        message: `${describePods(pods)} ${why}: is not let out`,
      })),
  );
}

/** What answers for names, as far as policies tell it from other pods: the name server, or a cache of it on each node. */
const nameServer = (some: PodSet, name: string): PodSet => ({
  ...some,
  kind: "Deployment",
  name,
  namespace: "kube-system",
  labels: { "k8s-app": name },
  spec: { ...some.spec, hostNetwork: false },
});

const nameServersOf = ({ network }: World): readonly string[] => [
  "kube-dns",
  ...(network.nameCaches ? ["node-local-dns"] : []),
];

/** Namespaces that every cluster has. */
const withSystem = (world: World): World => ({
  ...world,
  namespaces: new Map([
    ["kube-system", { "kubernetes.io/metadata.name": "kube-system" }],
    ...world.namespaces,
  ]),
});

/** Whether pods may ask whatever answers for names in their cluster. */
const mayAsk = (world: World, pods: PodSet, protocol: string): boolean =>
  nameServersOf(world).every((name) =>
    allows(withSystem(world), {
      from: { kind: "pods", pods },
      to: { kind: "pods", pods: nameServer(pods, name) },
      port: 53,
      protocol,
    }),
  );

/** Pods that cannot look up a name. Long answers come by TCP. */
export function lookUpFaults(world: World): readonly Fault[] {
  return policed(world).flatMap((pods) =>
    ["UDP", "TCP"]
      .filter((protocol) => !mayAsk(world, pods, protocol))
      .map((protocol) => ({
        about: pods,
        message: `${describePods(pods)}: may not look up names by ${protocol} 53`,
      })),
  );
}

const bindings = (world: World): readonly KubernetesObject[] =>
  world.objects.filter(({ kind }) => kind === "RoleBinding" || kind === "ClusterRoleBinding");

/** Whether pods' account was given rights with the API server. */
function hasRights(world: World, { namespace, spec }: PodSet): boolean {
  const name = spec.serviceAccountName ?? "default";
  return bindings(world).some((binding) =>
    ((binding["subjects"] ?? []) as readonly Subject[]).some((subject) => {
      const account = accountOf(subject, namespaceOf(binding));
      return account?.name === name && account.namespace === namespace;
    }),
  );
}

/** Where the API server of a cluster may answer: any end of one place will do, and every place has to. */
const apiServerPlaces = ({
  network,
}: World): readonly (readonly [string, readonly Endpoint[]])[] => [
  ["", [internet, privateNetwork]],
  ...(network.apiServerOnNodes ? ([[", where that is on a node", [node]]] as const) : []),
];

/**
 * Pods with rights at the API server that cannot reach it. Its address is the cluster's affair: of a cluster that
 * somebody runs by himself it is often a node's, where Cilium lets a pod through by no ipBlock (Layer 3 Policies,
 * «Selecting nodes with CIDR / ipBlock»).
 */
export function apiServerFaults(world: World): readonly Fault[] {
  const isOpen = (pods: PodSet, ends: readonly Endpoint[]): boolean =>
    ends.some((to) =>
      [443, 6443].some((port) =>
        allows(world, { from: { kind: "pods", pods }, to, port, protocol: "TCP" }),
      ),
    );
  return policed(world)
    .filter((pods) => hasRights(world, pods))
    .flatMap((about) =>
      apiServerPlaces(world)
        .filter(([, ends]) => !isOpen(about, ends))
        .slice(0, 1)
        .map(([where]) => ({
          about,
          message: `${describePods(about)}: has rights at the API server and may not reach it on 443 or 6443${where}`,
        })),
    );
}

/**
 * Calls that the policies let through and that nothing in the stack's objects asks for: within the
 * cluster, and from outside into it. Pods without policies, on their nodes' network, are left out.
 */
export function unneededCalls(world: World): readonly string[] {
  const needed = new Set(neededCalls(world).map(writeCall));
  const ends = policed(world).map((pods): Endpoint => ({ kind: "pods", pods }));
  const from = [internet, privateNetwork, ...ends];
  return from.flatMap((caller) =>
    policed(world).flatMap((callee) =>
      listened(callee)
        .map((port) => ({ from: caller, to: { kind: "pods", pods: callee } as const, ...port }))
        .filter(
          (call) =>
            !(caller.kind === "pods" && caller.pods === callee) &&
            !needed.has(writeCall(call)) &&
            mayPass(world, call),
        )
        .map(writeCall),
    ),
  );
}
