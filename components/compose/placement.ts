/** On which nodes: `placement`. */
import { LabelKey, LabelValue } from "../base/scalars.ts";
import type { NodeRequirement, Placement, SpreadConstraint } from "../workload/workload.schema.ts";
import { type NodeRule, readConstraint } from "./constraint.ts";
import type { ComposePlacement, Deploy } from "./deploy.schema.ts";
import type { ComposeFault, Path, Translated, Warning } from "./warning.ts";

/** Label and taint of the nodes that carry the control plane: Swarm's managers. */
const controlPlane = "node-role.kubernetes.io/control-plane";
const hostname = "kubernetes.io/hostname";

/** What a placement is of. */
export interface PlacementOf {
  readonly mode: NonNullable<Deploy["mode"]>;
  readonly placement: ComposePlacement;
}

type At = (...words: string[]) => Path;

/** Processors by the names that `uname` has for them, and Swarm with it. */
const architectures: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  aarch64: "arm64",
  armv7l: "arm",
  i386: "386",
  i686: "386",
};

/** Whether a rule asks for a manager. */
const asksForManager = ({ attribute, equal, value }: NodeRule): boolean =>
  attribute.kind === "role" && equal === (value === "manager");

/** A rule as a requirement, or why Kubernetes cannot be told. */
function requirementOf(rule: NodeRule): NodeRequirement | string {
  const { attribute, equal, value } = rule;
  const labelled = (key: string, wanted: string): NodeRequirement | string =>
    LabelKey.safeParse(key).success && LabelValue.safeParse(wanted).success
      ? { key, operator: equal ? "In" : "NotIn", values: [wanted] }
      : "must compare a label that Kubernetes takes: at most 63 letters, digits, dashes, dots, underscores";
  switch (attribute.kind) {
    case "role":
      return {
        key: controlPlane,
        operator: asksForManager(rule) ? "Exists" : "DoesNotExist",
        values: [],
      };
    case "hostname":
      return labelled(hostname, value);
    case "os":
      return labelled("kubernetes.io/os", value);
    case "arch":
      return labelled("kubernetes.io/arch", architectures[value] ?? value);
    case "label":
      return labelled(attribute.label, value);
    case "engine-label":
      return "must go: nodes of Kubernetes have no labels of their engine; label the node (node.labels)";
    case "id":
    case "ip":
      return `must go: nodes of Kubernetes carry no label with their ${attribute.kind}; say node.hostname or a label`;
  }
}

const rulesOf = ({ constraints = [] }: ComposePlacement): readonly NodeRule[] =>
  constraints.flatMap((text) => readConstraint(text) ?? []);

/**
 * What of a placement cannot be had on a Kubernetes cluster.
 *
 * @param controlPlaneNodes Whether nodes of the control plane can be used: not those of a managed
 * cluster.
 */
export function placementFaults(
  { placement }: Pick<PlacementOf, "placement">,
  controlPlaneNodes: boolean,
  at: At,
): ComposeFault[] {
  const constraints = rulesOf(placement).flatMap((rule, index) => {
    const found = requirementOf(rule);
    const path = [...at("constraints"), index];
    if (typeof found === "string") {
      return [{ path, message: found }];
    }
    return asksForManager(rule) && !controlPlaneNodes
      ? [{ path, message: "must go: a managed cluster runs nothing on its control plane" }]
      : [];
  });
  const preferences = (placement.preferences ?? []).flatMap(({ spread }, index) =>
    topologyKey(spread) === undefined
      ? [
          {
            path: [...at("preferences"), index],
            message: "must name a label of the node that Kubernetes takes, e.g. node.labels.zone",
          },
        ]
      : [],
  );
  return [...constraints, ...preferences];
}

function topologyKey(spread: string): string | undefined {
  const key = spread.replace(/^node\.labels\./, "");
  return key !== spread && LabelKey.safeParse(key).success ? key : undefined;
}

/** Preferences and the limit for each node, or undefined where neither is said. */
function spreadOf({ mode, placement }: PlacementOf): SpreadConstraint[] | undefined {
  const { preferences = [], max_replicas_per_node: most = 1 } = placement;
  if (mode === "global" || (preferences.length === 0 && most === 1)) {
    return undefined;
  }
  // Within a group Swarm still looks for the node with the fewest tasks. Each once: the API server takes no two alike.
  const keys = [...preferences.map(({ spread }) => topologyKey(spread) ?? spread), hostname];
  const wish = { maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" } as const;
  return [
    ...[...new Set(keys)].map((key) => ({ ...wish, topologyKey: key })),
    ...(most === 1
      ? []
      : [{ topologyKey: hostname, maxSkew: most, whenUnsatisfiable: "DoNotSchedule" as const }]),
  ];
}

/** Where pods may run. What {@link placementFaults} finds is left out. */
export function toPlacement(of: PlacementOf, at: At): Translated<Partial<Placement>> {
  const rules = rulesOf(of.placement);
  const nodeAffinity = rules.flatMap((rule) => {
    const found = requirementOf(rule);
    return typeof found === "string" ? [] : [found];
  });
  const roles = rules.filter(({ attribute }) => attribute.kind === "role");
  // A global service means every node, managers too, unless it says otherwise.
  const managers = roles.some(asksForManager) || (of.mode === "global" && roles.length === 0);
  const spread = spreadOf(of);
  const value = {
    ...(nodeAffinity.length === 0 ? {} : { nodeAffinity }),
    ...(managers ? { tolerations: [{ key: controlPlane, effect: "NoSchedule" as const }] } : {}),
    ...(spread === undefined ? {} : { spread }),
    ...(of.placement.max_replicas_per_node === 1 ? { podAntiAffinity: "required" as const } : {}),
  };
  return { value, warnings: placementWarnings(of, at) };
}

function placementWarnings({ mode, placement }: PlacementOf, at: At): Warning[] {
  const { preferences = [], max_replicas_per_node: most = 1 } = placement;
  const warnings: Warning[] = [];
  if (mode === "global" && preferences.length > 0) {
    warnings.push({ path: at("preferences"), message: "has no effect on a global service" });
  }
  if (mode !== "global" && preferences.length > 1) {
    warnings.push({
      path: at("preferences"),
      message: "has no order: each spread weighs the same, and none comes before another",
    });
  }
  if (most > 1) {
    warnings.push({
      path: at("max_replicas_per_node"),
      message: `does not count: no node has more than ${most} pods above the emptiest one, which may be more than ${most}`,
    });
  }
  return warnings;
}

/** Where tasks may run, as the Docker provider takes it. */
export function toSwarmPlacement(placement: ComposePlacement, at: At) {
  const { constraints = [], preferences = [], max_replicas_per_node: most } = placement;
  const value = {
    ...(constraints.length === 0
      ? {}
      : { constraints: constraints.map((text) => text.replace(/\s*(==|!=)\s*/, " $1 ").trim()) }),
    // The label alone: the provider hands on the whole text, and "spread=…" names no label.
    ...(preferences.length === 0 ? {} : { prefs: preferences.map(({ spread }) => spread) }),
    ...(most === undefined ? {} : { maxReplicas: most }),
  };
  const warnings: Warning[] =
    preferences.length > 1
      ? [
          {
            path: at("preferences"),
            message: "has no order: the provider keeps the preferences as a set",
          },
        ]
      : [];
  return { value, warnings };
}
