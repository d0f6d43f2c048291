/** Pure builder of where pods may run. */
import type * as k8s from "@pulumi/kubernetes";

import { hostnameLabel, slotLabel, workloadLabel } from "../base/labels.ts";
import type { WorkloadArgs } from "./types.ts";
import type {
  NodeRequirement,
  Placement,
  SpreadConstraint,
  Toleration,
} from "./workload.schema.ts";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Affinity = k8s.types.input.core.v1.Affinity;

/** The constraints behind the words `preferred` and `required`, and a list as it stands. */
export function spreadConstraints(spread: Placement["spread"]): readonly SpreadConstraint[] {
  if (typeof spread !== "string") {
    return spread;
  }
  const zones = "topology.kubernetes.io/zone";
  const wish = { maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" } as const;
  switch (spread) {
    case "none":
      return [];
    case "preferred":
      return [
        { ...wish, topologyKey: hostnameLabel },
        { ...wish, topologyKey: zones },
      ];
    case "required":
      return [
        { ...wish, topologyKey: hostnameLabel, whenUnsatisfiable: "DoNotSchedule" },
        // Zones stay a wish: a node without the label would otherwise take no pod at all.
        { ...wish, topologyKey: zones },
      ];
  }
}

/** A slot is one node, and a DaemonSet has one pod on each: there is nothing to spread. */
function spreadFields(name: string, args: WorkloadArgs): Partial<PodSpec> {
  const { slot, spread } = args.placement ?? {};
  const usual = args.kind === "Deployment" || args.kind === "StatefulSet" ? "preferred" : "none";
  const constraints =
    slot !== undefined || args.kind === "DaemonSet" ? [] : spreadConstraints(spread ?? usual);
  if (constraints.length === 0) {
    return {};
  }
  return {
    topologySpreadConstraints: constraints.map(({ maxSkew, topologyKey, whenUnsatisfiable }) => ({
      maxSkew,
      topologyKey,
      whenUnsatisfiable,
      labelSelector: { matchLabels: { [workloadLabel]: name } },
      // Pods of the old revision, about to go, do not count. Where pods lack the label, all do.
      matchLabelKeys: ["pod-template-hash"],
      // A node whose taint keeps the pods out would else count as one that has none of them.
      ...(whenUnsatisfiable === "DoNotSchedule" ? { nodeTaintsPolicy: "Honor" } : {}),
    })),
  };
}

/** All requirements in one term: terms are alternatives, expressions of a term all hold. */
function nodeAffinity(requirements: readonly NodeRequirement[]): Affinity {
  const matchExpressions = requirements.map(({ key, operator, values }) => ({
    key,
    operator,
    ...(values.length === 0 ? {} : { values: [...values] }),
  }));
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    },
  };
}

/** No two pods of the workload on one node, whichever revisions they are of. */
const apart = (name: string): Affinity => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: { [workloadLabel]: name } }, topologyKey: hostnameLabel },
    ],
  },
});

const tolerationOf = ({ key, value, effect, tolerationSeconds }: Toleration) => ({
  key,
  operator: value === undefined ? "Exists" : "Equal",
  ...(value === undefined ? {} : { value }),
  ...(effect === undefined ? {} : { effect }),
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
});

/**
 * Where a Workload's pods may run.
 *
 * @param name Name of the Workload, by whose label its pods know one another.
 */
export function placementOf(name: string, args: WorkloadArgs): Partial<PodSpec> {
  const placement = args.placement ?? {};
  const { slot, tolerations = [] } = placement;
  const nodeSelector = {
    ...placement.nodeSelector,
    ...(slot === undefined ? {} : { [slotLabel]: `${slot}` }),
  };
  const requirements = placement.nodeAffinity ?? [];
  const affinity: Affinity = {
    ...(requirements.length === 0 ? {} : nodeAffinity(requirements)),
    ...(placement.podAntiAffinity === "required" ? apart(name) : {}),
  };
  return {
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    ...(Object.keys(affinity).length === 0 ? {} : { affinity }),
    ...(tolerations.length === 0 ? {} : { tolerations: tolerations.map(tolerationOf) }),
    ...spreadFields(name, args),
  };
}
