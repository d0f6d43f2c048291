/** What follows from a Spacemesh stack's config and several steps need. Pure. */
import { type Flow, type FlowPort, type Peer, tcp } from "../../components/base/flows.ts";
import type { SystemCallers } from "../../components/observability/parts.ts";
import { observabilityFlows, scrapersOf } from "../../components/observability/shape.ts";
import { clusterSlots } from "../../components/platform/slots.ts";
import { entrancePorts, groupOf, networkFlows } from "../../components/spacemesh/flows.ts";
import { type Member, planMembers } from "../../components/spacemesh/members.ts";
import { membersPlan } from "../../components/spacemesh/network-rules.ts";
import { nodeProfiles } from "../../components/spacemesh/node-profiles.ts";
import { poetProfiles } from "../../components/spacemesh/poet-profiles.ts";
import { isPushed, isScraped, profiledMiners } from "../../components/spacemesh/telemetry.ts";
import { webFlows } from "../../components/spacemesh/web-shape.ts";
import type { SpacemeshStack } from "./schema.ts";

/** Slots of the cluster, in order: the k-th pinned member is on the k-th of them. */
export const slotsOf = ({ cluster }: Pick<SpacemeshStack, "cluster">): number[] =>
  clusterSlots(cluster).map(({ slot }) => slot);

/** Every member, in order of their numbers. */
export const membersOf = (stack: SpacemeshStack): Member[] =>
  planMembers(membersPlan(stack, slotsOf(stack)));

/** Groups of the members, as ends of flows. */
function groupsOf({ namespaces }: SpacemeshStack, members: readonly Member[]): Peer[] {
  const names = [...new Set(members.map(({ role }) => groupOf(role)))];
  return names.map((name) => ({ kind: "group", name, namespace: namespaces.network }));
}

/** Members that tell of themselves, where what watches is there to be told. */
export function callersOf(stack: SpacemeshStack): SystemCallers {
  const { observability, miners, only } = stack;
  const members = only === undefined ? membersOf(stack) : [];
  const pushes = observability.metrics?.pushGateway !== undefined && isPushed(miners.metrics);
  const profiled = new Set(profiledMiners(miners.profiled, miners.numbers));
  return {
    metrics: pushes ? groupsOf(stack, members) : [],
    profiles:
      observability.profiles === undefined
        ? []
        : groupsOf(
            stack,
            members.filter(({ number }) => profiled.has(number)),
          ),
  };
}

/** Calls of what watches the network, and of members to it. */
const watchingFlows = (stack: SpacemeshStack): Flow[] =>
  observabilityFlows(stack.observability, stack.ingress, callersOf(stack));

/** Calls among the network's own programs, and to and from the world. */
function programFlows(stack: SpacemeshStack): Flow[] {
  const { namespaces, miners, poets, network, watch, observability } = stack;
  return networkFlows({
    namespace: namespaces.network,
    members: membersOf(stack),
    miners,
    poets,
    broadcasts: poetProfiles[nodeProfiles[network.node.version].poet].broadcasts,
    watched: watch !== undefined,
    scrapers: isScraped(miners.metrics) ? scrapersOf(observability) : [],
  });
}

/** Ports on which members are dialled by their peers, each once. */
const portsOf = (members: readonly Member[]): FlowPort[] =>
  [...new Set(members.map(({ peerPort }) => peerPort))].map(tcp);

/** Calls of the web services, whose nodes find miners inside the cluster, too. */
function publicFlows(stack: SpacemeshStack): Flow[] {
  const { namespaces, network, domain, ingress, observability } = stack;
  const members = membersOf(stack);
  return webFlows({
    namespace: namespaces.webServices,
    network: network.name,
    domain,
    ingress,
    scrapers: scrapersOf(observability),
    entrances: entrancePorts(members),
    members: groupsOf(stack, members).map((peer) => ({
      peer,
      ports: portsOf(
        members.filter(({ role }) => peer.kind === "group" && groupOf(role) === peer.name),
      ),
    })),
  });
}

/** Every flow of the stack. */
export const flowsOfStack = (stack: SpacemeshStack): Flow[] => [
  ...watchingFlows(stack),
  ...(stack.only === undefined ? programFlows(stack) : []),
  ...(stack.only === undefined && stack.webServices !== undefined ? publicFlows(stack) : []),
];
