/**
 * Whether pods can be exchanged and moved: budgets against replicas, and both against the nodes.
 *
 * A drained node waits for every eviction that a budget forbids, for ever where it forbids them all.
 */
import type { NodeShape } from "../../components/platform/cluster.schema.ts";
import { type Fault, named } from "./graph.ts";
import { eligible, loneliness } from "./nodes.ts";
import {
  type Budget,
  describe,
  describePods,
  type PodSet,
  shareOf,
  speaksOf,
  type World,
} from "./objects.ts";

/** Kinds of which a number of pods is asked for, by a subresource `scale`. */
const scaled = ["Deployment", "StatefulSet"];

/** Pods that a budget is for. A Job's come and go by themselves, and a drain leaves a DaemonSet's where they are. */
const lasting = (world: World): readonly PodSet[] =>
  world.pods.filter(({ kind }) => scaled.includes(kind));

/**
 * Pods of which a budget cannot tell how many there should be: as soon as it speaks of one, and it says a share or how many
 * may go, it lets none go of any («does not implement the scale subresource», `getScaleController` of the disruption
 * controller; the pods of a Job that is over are there still).
 */
function uncounted(world: World, budget: Budget): readonly PodSet[] {
  const { minAvailable, maxUnavailable } = budget.spec;
  const counts = maxUnavailable === undefined && typeof minAvailable === "number";
  return counts
    ? []
    : world.pods.filter((pods) => !scaled.includes(pods.kind) && speaksOf(budget, pods));
}

/** How many pods a budget lets go at once while all are well. */
export function evictable(budget: Budget, pods: number): number {
  const { minAvailable, maxUnavailable } = budget.spec;
  // Both are rounded up, as the disruption controller does; where neither is said, it lets none go (`getExpectedPodCount`).
  return maxUnavailable === undefined
    ? pods - shareOf(minAvailable ?? "100%", pods, true)
    : shareOf(maxUnavailable, pods, true);
}

/** Budgets that forbid every eviction, or speak of no pods. */
export function budgetFaults(world: World): readonly Fault[] {
  return world.budgets.flatMap((budget): Fault[] => {
    const where = describe(budget);
    const sets = lasting(world).filter((pods) => speaksOf(budget, pods));
    // Of pods that an autoscaler may take away a node is drained at night, too.
    const pods = sets.reduce((sum, { fewest }) => sum + fewest, 0);
    if (sets.length === 0) {
      return [{ about: named(budget), message: `${where}: selects no pods` }];
    }
    const [stray] = uncounted(world, budget);
    if (stray !== undefined) {
      return [
        {
          about: named(budget),
          message: `${where}: speaks of ${describePods(stray)}, too, of which Kubernetes cannot tell how many pods there should be: it lets none of any be evicted`,
        },
      ];
    }
    return pods === 0 || evictable(budget, pods) >= 1
      ? []
      : [
          {
            about: named(budget),
            message: `${where}: lets none of ${pods} pods be evicted: no node that has one can be drained`,
          },
        ];
  });
}

/** Pods for which there are too few nodes: to run all at once, or to exchange one. */
export function spreadFaults(world: World, nodes: readonly NodeShape[]): readonly Fault[] {
  return lasting(world).flatMap((pods): Fault[] => {
    const apart = loneliness(pods);
    if (apart === undefined || pods.replicas === 0) {
      return [];
    }
    const places = nodes.filter((node) => eligible(node, pods.spec)).length;
    const { replicas, update } = pods;
    const where = `${describePods(pods)}: ${apart}, ${replicas} replicas have ${places} node${places === 1 ? "" : "s"} to be on`;
    if (places < replicas) {
      return [{ about: pods, message: `${where}: they never all run` }];
    }
    // Rounded as the Deployment's controller does; where both come to nothing, it stops one.
    const surge = shareOf(update.maxSurge, replicas, true);
    const gone = shareOf(update.maxUnavailable, replicas, false);
    const stuck = gone === 0 && surge > 0 && places < replicas + 1;
    return stuck
      ? [
          {
            about: pods,
            message: `${where}, and none is stopped before its successor runs: an update never ends`,
          },
        ]
      : [];
  });
}
