/** Network policies that speak of nothing: pods, peers or ports that are not there. */
import { type Fault, type Graph, named } from "./graph.ts";
import {
  describe,
  type LabelSelector,
  matches,
  namespaceOf,
  type NetworkPolicy,
  type PodSet,
  type PolicyPeer,
  type PolicyPort,
} from "./objects.ts";
import type { Plugin } from "./networks.ts";
import { listened, nameable } from "./policies.ts";

/** Labels of pods that controllers outside the stack make: nothing of the stack bears them. */
const foreign = ["acme.cert-manager.io/http01-solver"];

const isForeign = ({ matchLabels = {} }: LabelSelector): boolean =>
  foreign.some((label) => matchLabels[label] !== undefined);

/** What a stack's objects are, and where there are others. */
type Seen = Pick<Graph, "world" | "isHidden">;

/** Pods of the stack that a peer means; undefined where it may mean others, which nobody here knows. */
function peers(
  { world, isHidden }: Seen,
  policy: NetworkPolicy,
  peer: PolicyPeer,
): readonly PodSet[] | undefined {
  const { ipBlock, namespaceSelector, podSelector } = peer;
  if (ipBlock !== undefined || (podSelector !== undefined && isForeign(podSelector))) {
    return undefined;
  }
  const homes =
    namespaceSelector === undefined
      ? [namespaceOf(policy)]
      : [...world.namespaces]
          .filter(([, labels]) => matches(namespaceSelector, labels))
          .map(([name]) => name);
  return homes.length === 0 || homes.some(isHidden)
    ? undefined
    : world.pods.filter(
        ({ namespace, labels }) => homes.includes(namespace) && matches(podSelector ?? {}, labels),
      );
}

/** Whether some pods listen on a port, as a plug-in sees it. */
function listens(
  plugin: Plugin,
  pods: readonly PodSet[],
  { port, endPort, protocol }: PolicyPort,
): boolean {
  if (port === undefined) {
    return true;
  }
  return typeof port === "string"
    ? pods
        .flatMap((one) => nameable(plugin, one))
        .some((one) => one.name === port && one.protocol === protocol)
    : pods
        .flatMap(listened)
        .some(
          (one) => one.protocol === protocol && one.port >= port && one.port <= (endPort ?? port),
        );
}

const write = ({ port, protocol }: PolicyPort): string => `${protocol} ${port ?? "any"}`;

/** What is wrong with a port of a rule, by the plug-ins that the stack may meet. */
function portFaults({ world }: Seen, pods: readonly PodSet[], port: PolicyPort): string[] {
  if (world.network.plugins.every((plugin) => listens(plugin, pods, port))) {
    return [];
  }
  return listens("Calico", pods, port)
    ? [`${write(port)}, a sidecar's port, which has no name to Cilium`]
    : [`${write(port)}, on which nobody listens`];
}

/** What of one rule is not there. */
function ruleFaults(
  seen: Seen,
  policy: NetworkPolicy,
  rule: { readonly ends: readonly PolicyPeer[]; readonly ports: readonly PolicyPort[] },
  callees: readonly PodSet[] | undefined,
  word: "lets in" | "lets out to",
): string[] {
  const found = rule.ends.map((peer) => peers(seen, policy, peer));
  const nobody = found.some((pods) => pods?.length === 0);
  // Out: who listens are the peers, as long as they are pods of the stack, all of them.
  const listeners =
    callees ??
    (found.length > 0 && !found.includes(undefined)
      ? found.flatMap((one) => one ?? [])
      : undefined);
  return [
    ...(nobody ? [`${word} pods that do not exist`] : []),
    ...(nobody || listeners === undefined
      ? []
      : rule.ports
          .flatMap((port) => portFaults(seen, listeners, port))
          .map((fault) => `${word} ${fault}`)),
  ];
}

function policyFaults(seen: Seen, policy: NetworkPolicy): string[] {
  const { podSelector, ingress = [], egress = [] } = policy.spec;
  if (isForeign(podSelector) || seen.isHidden(namespaceOf(policy))) {
    return [];
  }
  const pods = seen.world.pods.filter(
    ({ namespace, labels }) => namespace === namespaceOf(policy) && matches(podSelector, labels),
  );
  if (pods.length === 0) {
    return ["selects no pods"];
  }
  return [
    ...ingress.flatMap(({ from = [], ports = [] }) =>
      ruleFaults(seen, policy, { ends: from, ports }, pods, "lets in"),
    ),
    ...egress.flatMap(({ to = [], ports = [] }) =>
      ruleFaults(seen, policy, { ends: to, ports }, undefined, "lets out to"),
    ),
  ];
}

/** Policies, their peers and their ports of which nothing is there. */
export function danglingFaults(seen: Seen): readonly Fault[] {
  return seen.world.policies.flatMap((policy) =>
    policyFaults(seen, policy).map((fault) => ({
      about: named(policy),
      message: `${describe(policy)}: ${fault}`,
    })),
  );
}
