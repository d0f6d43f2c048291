/** Pods that the scheduler cannot place: its own reason, and what would mend it. */
import { condition, type Node, type Pod, type Taint } from "./objects.ts";

/**
 * For how long the scheduler's word must stand. A claim that is made a moment later, a node that comes
 * up, a pod that another one makes room for: all these are reported as unschedulable, too.
 */
const standingMilliseconds = 3_000;
/** The same where the reason says that the cluster is still at work on it. */
const passingMilliseconds = 10_000;
const passing = /node\.kubernetes\.io\/|unbound immediate PersistentVolumeClaims/;

/** The scheduler's reason, where it has not found a place for a pod for some time. */
export function unplaceableReason(pod: Pod, now: number): string | undefined {
  const scheduled = condition(pod, "PodScheduled");
  if (
    scheduled?.status !== "False" ||
    scheduled.reason !== "Unschedulable" ||
    pod.metadata.deletionTimestamp !== undefined ||
    // Others are being evicted to make room for it.
    pod.status.nominatedNodeName !== ""
  ) {
    return undefined;
  }
  const since = scheduled.lastTransitionTime ?? pod.metadata.creationTimestamp ?? now;
  const needed = passing.test(scheduled.message) ? passingMilliseconds : standingMilliseconds;
  return now - since < needed ? undefined : ownReason(scheduled.message);
}

/** The scheduler's reason without its remarks on claims of devices and on preemption. */
function ownReason(message: string): string {
  return message.replace(/\. (no new claims to deallocate|preemption:|not found$).*$/s, "");
}

/** What would give a pod a place: a line for each thing that the scheduler misses. */
export function placementMends(
  reason: string,
  pod: Pod,
  nodes: readonly Node[],
): readonly string[] {
  const mends = remedies.flatMap(({ when, mend }) => (when.test(reason) ? [mend(pod)] : []));
  if (mends.length > 0) {
    return mends;
  }
  // Only where nothing else is amiss: most pods have no business on the nodes that are set apart.
  return /untolerated taint/.test(reason)
    ? [taintMend(pod, nodes)]
    : ["compare what the pod asks for with the nodes of its pool"];
}

interface Remedy {
  /** How the scheduler puts it. */
  readonly when: RegExp;
  readonly mend: (pod: Pod) => string;
}

const remedies: readonly Remedy[] = [
  {
    when: /no nodes available/,
    mend: () => "there is no node: give the stack's fleet:cluster a pool",
  },
  {
    when: /node affinity\/selector/,
    mend: (pod) =>
      `it wants a node with ${wantedLabels(pod)}: give a pool these labels (fleet:cluster pools.*.labels), or change its placement`,
  },
  {
    when: /Insufficient|Too many pods/,
    mend: (pod) =>
      `it requests ${requested(pod)}: lower its resources, or give its pool larger or more nodes`,
  },
  {
    when: /free ports/,
    mend: (pod) =>
      `host port ${hostPorts(pod)} is taken on every node it may use: fewer pods, more nodes, or Recreate`,
  },
  {
    when: /anti-affinity/,
    mend: () =>
      "no two of its pods may share a node (placement.podAntiAffinity): more nodes, or fewer replicas and no surge",
  },
  {
    when: /topology spread constraints/,
    mend: () =>
      "its pods may not share nodes any further: more nodes, or placement.spread: preferred",
  },
  {
    when: /volume node affinity conflict|max volume count/,
    mend: () => "its volume lives where it may not run: let its placement follow the volume",
  },
  {
    when: /persistentvolumeclaim "\S+" (not found|is being deleted)/i,
    mend: () => "the claim that it mounts is not there: make it, or mend its name",
  },
  {
    when: /unbound immediate PersistentVolumeClaims/,
    mend: () => "its claim has no volume: mend the claim's storage class",
  },
];

function wantedLabels({ spec }: Pod): string {
  const selected = Object.entries(spec.nodeSelector).map(([key, value]) => `${key}=${value}`);
  const terms =
    spec.affinity.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ??
    [];
  const alternatives = terms.map(({ matchExpressions }) =>
    matchExpressions
      .map(({ key, operator, values }) =>
        [key, operator, values.join("|")].filter((word) => word !== "").join(" "),
      )
      .join(" and "),
  );
  return [...selected, alternatives.join(" or ")].filter((text) => text !== "").join(", ");
}

function requested({ spec }: Pod): string {
  const names = [
    ...new Set(spec.containers.flatMap(({ resources }) => Object.keys(resources.requests))),
  ];
  const amounts = names.map((name) => {
    const each = spec.containers.flatMap(({ resources }) => resources.requests[name] ?? []);
    return `${name} ${each.join(" + ")}`;
  });
  return amounts.length === 0 ? "a place" : amounts.join(", ");
}

function hostPorts({ spec }: Pod): string {
  return spec.containers
    .flatMap(({ ports }) => ports.flatMap(({ hostPort }) => hostPort ?? []))
    .join(", ");
}

/** The scheduler counts nodes with taints and does not say which taints: the nodes do. */
function taintMend(pod: Pod, nodes: readonly Node[]): string {
  const inTheWay = nodes.flatMap(({ spec }) => spec.taints.filter((taint) => !bears(pod, taint)));
  const words = [...Map.groupBy(inTheWay, taintText)].map(
    ([text, taints]) => `${text} (${taints.length === 1 ? "1 node" : `${taints.length} nodes`})`,
  );
  return `in its way are the taints ${words.join(", ")}: tolerate one (placement.tolerations), or take it off a pool`;
}

function taintText({ key, value, effect }: Taint): string {
  return `${value === "" ? key : `${key}=${value}`}:${effect}`;
}

function bears({ spec }: Pod, taint: Taint): boolean {
  return (
    taint.effect === "PreferNoSchedule" ||
    spec.tolerations.some(
      ({ key, operator, value, effect }) =>
        (effect === "" || effect === taint.effect) &&
        (operator === "Exists"
          ? key === "" || key === taint.key
          : key === taint.key && value === taint.value),
    )
  );
}
