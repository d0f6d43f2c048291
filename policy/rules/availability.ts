/** A node that is drained, or lost, takes no service with it. */
import { type Budget, readBudget } from "../graph/kinds.ts";
import { loneliness } from "../graph/nodes.ts";
import { describePods, matches, type PodSet, speaksOf } from "../graph/objects.ts";
import { objectOf, podsOf } from "../kubernetes.ts";
import type { Finding, Resource, Stack } from "../resource.ts";
import type { ResourceRule, StackRule } from "../rule.ts";

function budgetOf(resource: Resource): Budget | undefined {
  const object = objectOf(resource);
  return object?.kind === "PodDisruptionBudget" ? readBudget(object) : undefined;
}

/** A budget that lets no pod go, or none that is ill. */
export const evictionsPossible: ResourceRule = {
  kind: "resource",
  name: "evictions-possible",
  level: "mandatory",
  protects:
    "a budget that never allows an eviction stops every drain, and with it every upgrade of the nodes; so does one pod that is ill",
  check: (resource) => {
    const budget = budgetOf(resource);
    if (budget === undefined) {
      return [];
    }
    const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy } = budget.spec;
    const words =
      maxUnavailable === 0 || maxUnavailable === "0%"
        ? [`maxUnavailable is ${maxUnavailable}`]
        : minAvailable === "100%"
          ? ["minAvailable is 100%"]
          : // What it expects is nothing then, and of nothing none may go (the disruption controller's getExpectedPodCount).
            minAvailable === undefined && maxUnavailable === undefined
            ? ["neither minAvailable nor maxUnavailable is said"]
            : [];
    const never = words.map((word) => `${word}: no pod may ever be evicted`);
    return [
      ...never,
      ...(unhealthyPodEvictionPolicy === "AlwaysAllow"
        ? []
        : ["unhealthyPodEvictionPolicy is not AlwaysAllow: a pod that is ill holds its node"]),
    ];
  },
};

/** Pods of services and stores that no budget speaks of, or more than one. */
export const oneBudgetEach: StackRule = {
  kind: "stack",
  name: "one-budget-each",
  level: "mandatory",
  protects:
    "without a budget a drain takes all pods of a service at once, and of pods with two budgets none can be evicted at all",
  check: ({ resources }) => {
    const budgets = resources.flatMap((resource) => budgetOf(resource) ?? []);
    return controllersOf(resources, ["Deployment", "StatefulSet"]).flatMap(
      ({ urn, pods }): Finding[] => {
        const count = budgets.filter((budget) => speaksOf(budget, pods)).length;
        return count === 1
          ? []
          : [{ urn, message: `${describePods(pods)} has ${count} budgets, not one` }];
      },
    );
  },
};

/** Controllers of some kinds, with their pods. */
function controllersOf(
  resources: Stack["resources"],
  kinds: readonly string[],
): readonly { readonly urn: string; readonly pods: PodSet }[] {
  return resources.flatMap((resource) =>
    podsOf(resource)
      .filter(({ kind }) => kinds.includes(kind))
      .map((pods) => ({ urn: resource.urn, pods })),
  );
}

/** Whether something keeps pods of a controller from one node, or would rather not have them there together. */
function isSpread(pods: PodSet): boolean {
  const { affinity, topologySpreadConstraints = [] } = pods.spec;
  const wishes = affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return (
    loneliness(pods) !== undefined ||
    [...topologySpreadConstraints, ...wishes.map(({ podAffinityTerm }) => podAffinityTerm)].some(
      ({ labelSelector, topologyKey }) =>
        topologyKey === "kubernetes.io/hostname" &&
        // One that means other pods, or none, leaves these where they are.
        labelSelector !== undefined &&
        matches(labelSelector, pods.labels),
    )
  );
}

/** Several pods that may all stand on one node. */
export const spread: ResourceRule = {
  kind: "resource",
  name: "spread",
  level: "mandatory",
  protects: "several replicas on one node are lost together with it",
  check: (resource) =>
    podsOf(resource)
      .filter(({ kind, replicas }) => ["Deployment", "StatefulSet"].includes(kind) && replicas > 1)
      .filter((pods) => !isSpread(pods))
      .map((pods) => `${describePods(pods)} has ${pods.replicas} pods and nothing spreads them`),
};
