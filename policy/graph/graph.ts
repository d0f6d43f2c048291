/** A stack's resources as the objects they are, with the way back from an object to its resource. */
import { isBare, objectOf } from "../kubernetes.ts";
import { type Finding, type Resource, type Stack, unknownText } from "../resource.ts";
import { type KubernetesObject, namespaceOf, type World, worldOf } from "./objects.ts";

/** What an object is known by. */
export interface Named {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** An object that cannot be read. */
export interface Unread {
  readonly urn: string;
  /** Its kind, as far as the type token tells it. */
  readonly kind: string;
  /** Whether that is because the update is still to tell a part of it. */
  readonly unknown: boolean;
  readonly message: string;
}

/** The Kubernetes objects of a stack. */
export interface Graph {
  readonly world: World;
  readonly unread: readonly Unread[];
  /** Whether a namespace has objects that nobody sees: those of a chart that was not rendered. */
  readonly isHidden: (namespace: string) => boolean;
  /** URN of the resource behind an object; empty where there is none. */
  readonly urnOf: (object: Named) => string;
}

const key = ({ kind, namespace, name }: Named): string => `${kind} ${namespace}/${name}`;

/** How an object is found again. */
export const named = (object: KubernetesObject): Named => ({
  kind: object.kind,
  name: object.metadata.name,
  namespace: namespaceOf(object),
});

const graphs = new WeakMap<Stack, Graph>();

/** The objects of a stack: read once, however many rules ask. */
export function graphOf(stack: Stack): Graph {
  const known = graphs.get(stack);
  if (known !== undefined) {
    return known;
  }
  const graph = read(stack);
  graphs.set(stack, graph);
  return graph;
}

function read({ resources, network }: Stack): Graph {
  const unread: Unread[] = [];
  const objects: KubernetesObject[] = [];
  const urns = new Map<string, string>();
  for (const resource of resources) {
    try {
      const object = objectOf(resource);
      // Pods that no controller makes are the business of a rule of their own.
      if (object !== undefined && !isBare(object)) {
        // By itself first: one that cannot be read must not hide the others.
        worldOf([object]);
        objects.push(object);
        urns.set(key(named(object)), resource.urn);
      }
    } catch (error) {
      unread.push(unreadOf(resource, error));
    }
  }
  return {
    world: worldOf(objects, network),
    unread,
    isHidden: hiddenNamespaces(resources),
    urnOf: (object) => urns.get(key(object)) ?? "",
  };
}

/** A chart stands for itself where no cluster is asked: only that tells how it is rendered. */
function hiddenNamespaces(resources: readonly Resource[]): Graph["isHidden"] {
  const parents = new Set(resources.map(({ parent }) => parent));
  const hidden = resources
    .filter(({ type, urn }) => type === "kubernetes:helm.sh/v4:Chart" && !parents.has(urn))
    .map(({ properties }) => properties["namespace"] ?? unknownText);
  return (namespace) => hidden.some((one) => one === namespace || one === unknownText);
}

/** Which part of a resource is not what its kind has there; never what stands there instead. */
function unreadOf({ urn, type, properties }: Resource, error: unknown): Unread {
  const kind = type.split(":").at(-1) ?? type;
  const issues =
    error instanceof Error && "issues" in error
      ? (error.issues as readonly { path: readonly PropertyKey[]; message: string }[])
      : [];
  const paths = issues.map(({ path }) => path.map(String).join("."));
  const unknown = issues.some(({ path }) => isUnknown(properties, path));
  return {
    urn,
    kind,
    unknown,
    message: unknown
      ? `${paths.join(", ")} is ${unknownText}`
      : `cannot be read: ${paths.length === 0 && error instanceof Error ? error.message : `${paths.join(", ")} is not what a ${kind} has there`}`,
  };
}

/** Whether the value at a path, or one round it, is still to be told. */
function isUnknown(properties: unknown, path: readonly PropertyKey[]): boolean {
  let value = properties;
  for (const step of path) {
    if (value === unknownText) {
      return true;
    }
    value =
      typeof value === "object" && value !== null
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined;
  }
  return value === unknownText;
}

/** Something wrong with an object. */
export interface Fault {
  readonly about: Named;
  /** What is wrong, in words that name the object. Never a secret's value. */
  readonly message: string;
}

/** Faults as findings of a rule. */
export const findings = (graph: Graph, faults: readonly Fault[]): readonly Finding[] =>
  faults.map(({ about, message }) => ({ urn: graph.urnOf(about), message }));
