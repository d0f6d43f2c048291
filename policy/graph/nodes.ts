/** Which nodes would take a pod, as the scheduler's filters have it. Requests are in capacity.ts. */
import { isUnsaid, meets } from "../../components/base/selectors.ts";
import type { NodeShape } from "../../components/platform/cluster.schema.ts";
import { lastingContainers, matches, type PodSet, type PodSpec } from "./objects.ts";

/** Whether pods tolerate what keeps others off a node. */
export function tolerated(node: NodeShape, spec: PodSpec): boolean {
  return node.taints
    .filter(({ effect }) => effect !== "PreferNoSchedule")
    .every((taint) =>
      (spec.tolerations ?? []).some(
        ({ key, operator, value = "", effect }) =>
          (key === undefined || key === "" || key === taint.key) &&
          (operator === "Exists" || value === taint.value) &&
          (effect === undefined || effect === "" || effect === taint.effect),
      ),
    );
}

/** Whether a node would be considered at all: by its labels and its taints. */
export const eligible = (node: NodeShape, spec: PodSpec): boolean =>
  isChosen(node, spec) && tolerated(node, spec);

/** Whether a node is what pods ask for, by its labels alone. */
export function isChosen(node: NodeShape, spec: PodSpec): boolean {
  const chosen = Object.entries(spec.nodeSelector ?? {}).every(
    ([key, value]) => node.labels[key] === value || isUnsaid(node.labels, key),
  );
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  // Terms are alternatives; all expressions of one hold, and one of nothing is met by no node. Fields ask for a node's
  // name, which no config says.
  const liked =
    terms === undefined ||
    terms.some(
      ({ matchExpressions = [], matchFields = [] }) =>
        matchExpressions.length + matchFields.length > 0 &&
        matchExpressions.every((one) => isUnsaid(node.labels, one.key) || meets(one, node.labels)),
    );
  return chosen && liked;
}

/** Ports that pods take on the node itself, their sidecars' included (kubernetes/kubernetes#132040). */
export function nodePorts({ spec }: PodSet): readonly string[] {
  return lastingContainers(spec)
    .flatMap(({ ports }) => ports ?? [])
    .flatMap(({ hostPort, containerPort, protocol }) => {
      const port = spec.hostNetwork === true ? containerPort : hostPort;
      return port === undefined || port === 0 ? [] : [`${protocol} ${port}`];
    });
}

/** Why no two of a controller's pods can share a node; undefined where they can. */
export function loneliness(pods: PodSet): string | undefined {
  const apart = (
    pods.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  ).some(
    ({ labelSelector, topologyKey }) =>
      topologyKey === "kubernetes.io/hostname" &&
      labelSelector !== undefined &&
      matches(labelSelector, pods.labels),
  );
  const [port] = nodePorts(pods);
  return apart
    ? "kept apart from one another"
    : port === undefined
      ? undefined
      : `by their node's port ${port}`;
}
