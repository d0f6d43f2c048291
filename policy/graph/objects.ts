/** The objects of a stack as the evaluators see them. */
import { meets } from "../../components/base/selectors.ts";
import {
  type Autoscaler,
  type Budget,
  type Controller,
  type Data,
  type Ingress,
  type IngressClass,
  KubernetesObject,
  type NetworkPolicy,
  readAutoscaler,
  readBudget,
  readController,
  readCronJob,
  readData,
  readIngress,
  readIngressClass,
  readNetworkPolicy,
  readObject,
  readService,
  type Service,
  type Share,
} from "./kinds.ts";
import { anyNetwork, type Network } from "./networks.ts";
import type { Container, LabelSelector, PodSpec } from "./pod.ts";

export {
  type Budget,
  type Data,
  type Ingress,
  KubernetesObject,
  type NetworkPolicy,
  type PolicyPeer,
  type PolicyPort,
  type Service,
  type Share,
} from "./kinds.ts";
export { type Container, type LabelSelector, PodSpec } from "./pod.ts";

/** The pods of one controller: they are all alike. */
export interface PodSet {
  readonly kind: string;
  /** Name of the controller. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** At most, where an autoscaler chooses. Of a DaemonSet: 1, on each node. */
  readonly replicas: number;
  /** At least, where an autoscaler chooses. */
  readonly fewest: number;
  readonly spec: PodSpec;
  /** Of a Deployment: whether a second pod may run while the first is exchanged. */
  readonly strategy: string | undefined;
  /** How many pods there may be too many and too few while they are exchanged. */
  readonly update: { readonly maxSurge: Share; readonly maxUnavailable: Share };
  /** A CronJob that starts nothing by itself. */
  readonly suspended: boolean;
  /** Volumes that a StatefulSet adds, one disk for each pod. */
  readonly claimTemplates: readonly string[];
  /** What happens to those disks with the StatefulSet, and with those of its pods that it stops. */
  readonly whenDeleted: string | undefined;
  readonly whenScaled: string | undefined;
}

/** The objects of a stack, by what the evaluators ask. */
export interface World {
  readonly objects: readonly KubernetesObject[];
  readonly pods: readonly PodSet[];
  readonly services: readonly Service[];
  readonly ingresses: readonly Ingress[];
  readonly classes: readonly IngressClass[];
  readonly policies: readonly NetworkPolicy[];
  readonly budgets: readonly Budget[];
  readonly configMaps: readonly Data[];
  readonly secrets: readonly Data[];
  /** Namespace → labels, the one that the API server adds included. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The cluster's, by which its policies are judged. */
  readonly network: Network;
}

const controllerKinds = ["Deployment", "StatefulSet", "DaemonSet", "Job"];

/** What the API server fills in where a Deployment says nothing. */
const deploymentUpdate = { maxSurge: "25%", maxUnavailable: "25%" } as const;
/** A StatefulSet and a DaemonSet stop a pod before they start its successor. */
const stoppedFirst = { maxSurge: 0, maxUnavailable: 1 } as const;

function updateOf({ kind, spec }: Controller): PodSet["update"] {
  const strategy = spec.strategy ?? spec.updateStrategy;
  const usual = kind === "Deployment" ? deploymentUpdate : stoppedFirst;
  if (strategy !== undefined && strategy.type !== "RollingUpdate") {
    // Recreate stops them all; with OnDelete, somebody else does.
    return { maxSurge: 0, maxUnavailable: "100%" };
  }
  const { maxSurge = usual.maxSurge, maxUnavailable = usual.maxUnavailable } =
    strategy?.rollingUpdate ?? {};
  return { maxSurge, maxUnavailable };
}

/** Pods of a Job at once: no more than it still needs, where it says how many that are. */
const jobPods = ({
  parallelism = 1,
  completions = parallelism,
}: Pick<Controller["spec"], "parallelism" | "completions">): number =>
  Math.min(parallelism, completions);

function controllerPods(object: KubernetesObject, scalers: readonly Autoscaler[]): PodSet {
  const controller = readController(object);
  const { kind, spec } = controller;
  const { name } = object.metadata;
  const namespace = namespaceOf(object);
  const scaler = scalers.find(
    (one) =>
      namespaceOf(one) === namespace &&
      one.spec.scaleTargetRef.kind === kind &&
      one.spec.scaleTargetRef.name === name,
  );
  return {
    kind,
    name,
    namespace,
    labels: spec.template.metadata.labels,
    annotations: spec.template.metadata.annotations ?? {},
    replicas: kind === "Job" ? jobPods(spec) : (scaler?.spec.maxReplicas ?? spec.replicas ?? 1),
    fewest: (scaler === undefined ? spec.replicas : scaler.spec.minReplicas) ?? 1,
    spec: spec.template.spec,
    strategy: spec.strategy?.type,
    update: updateOf(controller),
    suspended: false,
    claimTemplates: (spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name),
    whenDeleted: spec.persistentVolumeClaimRetentionPolicy?.whenDeleted,
    whenScaled: spec.persistentVolumeClaimRetentionPolicy?.whenScaled,
  };
}

function cronPods(object: KubernetesObject): PodSet {
  const { suspend, jobTemplate } = readCronJob(object).spec;
  const { template } = jobTemplate.spec;
  const pods = jobPods(jobTemplate.spec);
  return {
    kind: object.kind,
    name: object.metadata.name,
    namespace: namespaceOf(object),
    labels: template.metadata.labels,
    annotations: template.metadata.annotations ?? {},
    replicas: pods,
    fewest: pods,
    spec: template.spec,
    strategy: undefined,
    update: stoppedFirst,
    suspended: suspend === true,
    claimTemplates: [],
    whenDeleted: undefined,
    whenScaled: undefined,
  };
}

function podSet(object: KubernetesObject, scalers: readonly Autoscaler[]): PodSet[] {
  if (controllerKinds.includes(object.kind)) {
    return [controllerPods(object, scalers)];
  }
  if (object.kind === "CronJob") {
    return [cronPods(object)];
  }
  if (object.kind === "Pod" || object.kind === "ReplicaSet") {
    throw new Error(`${describe(object)}: pods are made by controllers that the evaluators know`);
  }
  return [];
}

/**
 * Sorts objects into a {@link World}.
 *
 * @param network Of their cluster: where it is left out, any.
 * @throws Error where an object is not what its kind is.
 */
export function worldOf(objects: readonly unknown[], network: Network = anyNetwork): World {
  const all = objects.map(readObject);
  const ofKind = (kind: string): KubernetesObject[] => all.filter((object) => object.kind === kind);
  const scalers = ofKind("HorizontalPodAutoscaler").map(readAutoscaler);
  return {
    objects: all,
    pods: all.flatMap((object) => podSet(object, scalers)),
    services: ofKind("Service").map(readService),
    ingresses: ofKind("Ingress").map(readIngress),
    classes: ofKind("IngressClass").map(readIngressClass),
    policies: ofKind("NetworkPolicy").map(readNetworkPolicy),
    budgets: ofKind("PodDisruptionBudget").map(readBudget),
    configMaps: ofKind("ConfigMap").map(readData),
    secrets: ofKind("Secret").map(readData),
    namespaces: new Map(
      ofKind("Namespace").map(({ metadata: { name, labels } }) => [
        name,
        { ...labels, "kubernetes.io/metadata.name": name },
      ]),
    ),
    network,
  };
}

/** Namespace of an object; objects of the whole cluster stand in "". */
export const namespaceOf = (object: KubernetesObject): string => object.metadata.namespace ?? "";

/** How an object is called in a message. */
export function describe(object: {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}): string {
  const { name, namespace } = object.metadata;
  return `${object.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** How a pod set is called in a message. */
export const describePods = ({ kind, namespace, name }: PodSet): string =>
  `${kind} ${namespace}/${name}`;

/** Every container, in the order Kubernetes starts them. */
export const allContainers = (spec: PodSpec): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];

/** Those that run on, in which ports are listened on: an init container is one that restarts always (KEP 753). */
export const lastingContainers = (spec: PodSpec): readonly Container[] => [
  ...spec.containers,
  ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always"),
];

/** Whether labels carry all that a selector asks for. */
export function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** Whether labels are what a selector asks for. */
export function matches(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    selects(selector.matchLabels ?? {}, labels) &&
    (selector.matchExpressions ?? []).every((expression) => meets(expression, labels))
  );
}

/** Whether a budget speaks of pods. Of one without a selector the API says that it selects none, of an empty one all. */
export const speaksOf = (budget: Budget, { labels, namespace }: PodSet): boolean =>
  namespaceOf(budget) === namespace &&
  budget.spec.selector !== undefined &&
  matches(budget.spec.selector, labels);

/**
 * A share of so many pods.
 *
 * @param up Whether half a pod counts as one.
 */
export function shareOf(share: Share, pods: number, up: boolean): number {
  if (typeof share === "number") {
    return share;
  }
  const exact = (pods * Number(share.slice(0, -1))) / 100;
  return up ? Math.ceil(exact) : Math.floor(exact);
}
