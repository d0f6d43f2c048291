/** A resource as the Kubernetes object it is. */
import { readObject } from "./graph/kinds.ts";
import { type KubernetesObject, type PodSet, worldOf } from "./graph/objects.ts";
import type { Resource } from "./resource.ts";

/** A chart, which the provider makes its objects of: a component in all but its token. A Release is none: Helm makes those. */
export const isChart = (type: string): boolean => /^kubernetes:helm\.sh\/v\d+:Chart$/.test(type);

const objectByResource = new WeakMap<Resource, KubernetesObject>();

/**
 * The object behind a resource; undefined where it is none, or only a patch of one.
 *
 * An object that the engine is still to name stands under its logical name.
 */
export function objectOf(resource: Resource): KubernetesObject | undefined {
  const { type, name, properties } = resource;
  if (!type.startsWith("kubernetes:") || type.endsWith("Patch") || isChart(type)) {
    return undefined;
  }
  const known = objectByResource.get(resource);
  if (known !== undefined) {
    return known;
  }
  const metadata = properties["metadata"] ?? {};
  const object = readObject({ ...properties, metadata: { name, ...metadata } });
  objectByResource.set(resource, object);
  return object;
}

const podsByResource = new WeakMap<Resource, readonly PodSet[]>();

/** The pods that a resource is the controller of; none where it is no controller. */
export function podsOf(resource: Resource): readonly PodSet[] {
  const known = podsByResource.get(resource);
  if (known !== undefined) {
    return known;
  }
  const object = objectOf(resource);
  // Other objects are not read at all: one that cannot be is no fault of its pods.
  const pods = object !== undefined && isController(object) ? worldOf([object]).pods : [];
  podsByResource.set(resource, pods);
  return pods;
}

/** Whether an object is pods that no controller makes: the evaluators do not know those. */
export const isBare = ({ kind }: KubernetesObject): boolean =>
  ["Pod", "ReplicaSet", "ReplicationController"].includes(kind);

const isController = ({ kind }: KubernetesObject): boolean =>
  ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"].includes(kind);

/** Kinds whose pods run on until they are taken away. */
const lasting = ["Deployment", "StatefulSet", "DaemonSet"];

/** Whether pods run on: others end by themselves. */
export const runsOn = ({ kind }: PodSet): boolean => lasting.includes(kind);
