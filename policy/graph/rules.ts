/** The checks of this folder as rules: what only all resources of a stack together can tell. */
import type { NodeShape } from "../../components/platform/cluster.schema.ts";
import { type Finding, type Stack, UnknownProperty } from "../resource.ts";
import type { StackRule } from "../rule.ts";
import { budgetFaults, spreadFaults } from "./budgets.ts";
import { capacityFaults } from "./capacity.ts";
import { danglingFaults } from "./dangling.ts";
import {
  addressFaults,
  apiServerFaults,
  lookUpFaults,
  outsideFaults,
  refusedCalls,
} from "./flows.ts";
import { type Fault, findings, type Graph, graphOf, named } from "./graph.ts";
import type { World } from "./objects.ts";
import { ingressFaults, podPortFaults, serviceFaults } from "./ports.ts";
import { certificateFaults, objectReferenceFaults, podReferenceFaults } from "./references.ts";
import { scrapeFaults } from "./scrapes.ts";
import { variableFaults } from "./variables.ts";
import { webhookFaults } from "./webhooks.ts";

/** Kinds that make pods. */
const controllers = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];

/** What the calls of a stack follow from. */
const network = [
  ...controllers,
  ...["Service", "Ingress", "IngressClass", "NetworkPolicy", "Namespace", "ConfigMap", "Secret"],
];

/**
 * A rule over the objects of a stack.
 *
 * @param kinds Kinds it cannot do without: where one of them is unknown in part, it says nothing at all,
 * as it would find fault with what only seems to be missing.
 */
function graphRule(
  about: Pick<StackRule, "name" | "level" | "protects">,
  kinds: readonly string[],
  check: (graph: Graph, stack: Stack) => readonly Fault[],
): StackRule {
  return {
    kind: "stack",
    ...about,
    check: (stack) => {
      const graph = graphOf(stack);
      const unknown = graph.unread.find((one) => one.unknown && kinds.includes(one.kind));
      if (unknown !== undefined) {
        throw new UnknownProperty(unknown.urn);
      }
      return findings(graph, check(graph, stack));
    },
  };
}

/** Faults that a check finds, as texts, in each of some objects. */
const each = <Item>(
  items: readonly Item[],
  nameOf: (item: Item) => Fault["about"],
  check: (item: Item) => readonly string[],
): Fault[] =>
  items.flatMap((item) => check(item).map((message) => ({ about: nameOf(item), message })));

/** The nodes of a stack. One without a pod, such as a list in a bucket or a Swarm's, needs none. */
function nodesOf({ nodes }: Stack, { pods }: World): readonly NodeShape[] {
  if (nodes === undefined && pods.length === 0) {
    return [];
  }
  if (nodes === undefined) {
    throw new UnknownProperty(
      "fleet:cluster.pools",
      "has no node to look at: the stack's file is missing or not in order, or its pools are parked",
    );
  }
  return nodes;
}

/** Types of objects in pieces or in bulk. What a claim's size is patched to, `nothing-ignored` knows. */
const unseen = /^kubernetes:.*(List|(?<!:PersistentVolumeClaim)Patch)$/;

/** An object that is not what its kind is. */
export const objectsReadable: StackRule = {
  kind: "stack",
  name: "objects-readable",
  level: "mandatory",
  protects: "an object that cannot be read is looked at by none of the rules of the whole stack",
  check: (stack): readonly Finding[] => [
    ...graphOf(stack).unread.map(({ urn, message }) => ({ urn, message })),
    ...stack.resources
      .filter(({ type }) => unseen.test(type))
      .map(({ urn }) => ({ urn, message: "is a patch or a list, into which no rule looks" })),
  ],
};

/** A name of something that is not there. */
export const referencesExist = graphRule(
  {
    name: "references-exist",
    level: "mandatory",
    protects:
      "a pod that names a ConfigMap, a Secret, a key, a claim or an account which does not exist never starts, and the run waits for it in vain",
  },
  [...controllers, "ConfigMap", "Secret", "Ingress"],
  ({ world }) => [
    ...each(
      world.pods,
      (pods) => pods,
      (pods) => podReferenceFaults(world, pods),
    ),
    ...each(world.ingresses, named, (ingress) => certificateFaults(world, ingress)),
    ...each(world.objects, named, (object) => objectReferenceFaults(world, object)),
  ],
);

/** A variable that two sources of a container tell differently. */
export const oneSourceEach = graphRule(
  {
    name: "one-source-each",
    level: "mandatory",
    protects:
      "of two ConfigMaps or Secrets that a container takes all its variables from, the last wins where both have a key, without a word: what the other says never reaches the program",
  },
  [...controllers, "ConfigMap", "Secret"],
  ({ world }) =>
    each(
      world.pods,
      (pods) => pods,
      (pods) => variableFaults(world, pods),
    ),
);

/** A port that one object names and the next one does not have. */
export const portsAgree = graphRule(
  {
    name: "ports-agree",
    level: "mandatory",
    protects:
      "an Ingress, a Service, a probe or a webhook that names a port which the next in line does not have leads nowhere, and nothing but its callers says so",
  },
  [...controllers, "Service", "Ingress", "IngressClass"],
  ({ world }) => [
    ...each(world.pods, (pods) => pods, podPortFaults),
    ...each(world.services, named, (service) => serviceFaults(world, service)),
    ...each(world.ingresses, named, (ingress) => ingressFaults(world, ingress)),
    ...webhookFaults(world),
  ],
);

/** A budget that nothing can be done under. */
export const budgetsFeasible = graphRule(
  {
    name: "budgets-feasible",
    level: "mandatory",
    protects:
      "a budget that forbids every eviction stops the drain of a node, and with it the cloud's own maintenance",
  },
  [...controllers, "PodDisruptionBudget", "HorizontalPodAutoscaler"],
  ({ world }) => budgetFaults(world),
);

/** Replicas that are kept apart on fewer nodes than they need. */
export const enoughNodes = graphRule(
  {
    name: "enough-nodes",
    level: "mandatory",
    protects:
      "pods that may not share a node and are more than the nodes never all run, and an update that stops none of them never ends",
  },
  [...controllers, "HorizontalPodAutoscaler"],
  ({ world }, stack) => spreadFaults(world, nodesOf(stack, world)),
);

/** Requests beyond what the pools have. */
export const requestsFit = graphRule(
  {
    name: "requests-fit",
    level: "mandatory",
    protects: "a pod that finds no room on the nodes waits for ever, and the run with it",
  },
  [...controllers, "HorizontalPodAutoscaler"],
  ({ world }, stack) => capacityFaults(world, nodesOf(stack, world)),
);

/** A call that the stack needs and its policies refuse. */
export const callsAllowed = graphRule(
  {
    name: "calls-allowed",
    level: "mandatory",
    protects:
      "an address that a program is told, an Ingress, a published port, a scraper or a webhook behind a policy that refuses it fails at run time only, as a time-out",
  },
  network,
  ({ world, isHidden }) => [
    ...addressFaults({ world, isHidden }),
    ...refusedCalls(world),
    ...lookUpFaults(world),
    ...apiServerFaults(world),
  ],
);

/** An address outside that a pod is told and may not dial. */
export const outsideAllowed = graphRule(
  {
    name: "outside-allowed",
    level: "advisory",
    protects:
      "a program that dials an address outside which its policy refuses waits for its time-out; one that only tells the address to others needs no way there",
  },
  network,
  ({ world }) => outsideFaults(world),
);

/** A policy of nothing. */
export const policiesMeet = graphRule(
  {
    name: "policies-meet",
    level: "mandatory",
    protects:
      "a network policy that selects no pods, or lets in pods or ports that do not exist, is one whose other end was renamed: the call it was for is refused",
  },
  network,
  danglingFaults,
);

/** Metrics that nobody finds. */
export const metricsFound = graphRule(
  {
    name: "metrics-found",
    level: "mandatory",
    protects:
      "metrics that are announced or read on a port where no container listens, or that a kubelet keeps to itself, are missing when they are needed, and no alert says so",
  },
  [...controllers, "Service", "ConfigMap", "ClusterRole", "ClusterRoleBinding"],
  ({ world }: { readonly world: World }) => scrapeFaults(world),
);

/** All of them. */
export const graphRules: readonly StackRule[] = [
  objectsReadable,
  referencesExist,
  oneSourceEach,
  portsAgree,
  budgetsFeasible,
  enoughNodes,
  requestsFit,
  callsAllowed,
  outsideAllowed,
  policiesMeet,
  metricsFound,
];
