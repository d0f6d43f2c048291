/** Objects stand where they belong, under labels by which they are found, in versions that stay. */
import { describe as describeObject, namespaceOf } from "../graph/objects.ts";
import { isBare, objectOf, podsOf } from "../kubernetes.ts";
import type { Finding } from "../resource.ts";
import type { ResourceRule, StackRule } from "../rule.ts";

/** Kinds that belong to no namespace. */
const clusterWide =
  /^(Namespace|ClusterRole|ClusterRoleBinding|IngressClass|StorageClass|PersistentVolume|PriorityClass|CustomResourceDefinition|ClusterIssuer|APIService|ValidatingAdmissionPolicy(Binding)?|(Mutating|Validating)WebhookConfiguration|RuntimeClass|CSIDriver|Node)$/;

/** An object in the namespaces of nobody or of the cluster itself. */
export const ownNamespace: ResourceRule = {
  kind: "resource",
  name: "own-namespace",
  level: "mandatory",
  protects:
    "in default there is no policy that a stack set, and in kube-system there are rights that no stack should have",
  check: (resource) => {
    const object = objectOf(resource);
    if (object === undefined || clusterWide.test(object.kind)) {
      return [];
    }
    const namespace = namespaceOf(object);
    if (namespace === "") {
      return ["names no namespace: it would go to whichever is the context's"];
    }
    return namespace === "default" || namespace.startsWith("kube-")
      ? [`stands in ${namespace}`]
      : [];
  },
};

/** Pods without a controller. */
export const controllersOnly: ResourceRule = {
  kind: "resource",
  name: "controllers-only",
  level: "mandatory",
  protects: "pods that no controller makes are not made anew when their node goes",
  check: (resource) => {
    const object = objectOf(resource);
    return object !== undefined && isBare(object)
      ? [`is a ${object.kind}: a Deployment, StatefulSet, DaemonSet or Job is to make its pods`]
      : [];
  },
};

const wanted = [
  "app.kubernetes.io/name",
  "app.kubernetes.io/part-of",
  "app.kubernetes.io/managed-by",
] as const;

/** Kinds by which a system is told apart from its neighbours: others are named after them. */
const labelled = /^(Deployment|StatefulSet|DaemonSet|Job|CronJob|Service|PersistentVolumeClaim)$/;

/** A workload, Service or claim without the labels that say what it is part of. */
export const labels: ResourceRule = {
  kind: "resource",
  name: "labels",
  level: "mandatory",
  protects:
    "by these labels policies, dashboards and people tell whose a pod, a Service or a disk is",
  check: (resource) => {
    const object = objectOf(resource);
    if (object === undefined || !labelled.test(object.kind)) {
      return [];
    }
    const missing = (has: Readonly<Record<string, string>>): readonly string[] =>
      wanted.filter((label) => (has[label] ?? "") === "");
    return [
      ...missing(object.metadata.labels ?? {}).map((label) => `has no label ${label}`),
      ...podsOf(resource).flatMap((pods) =>
        missing(pods.labels).map((label) => `its pods have no label ${label}`),
      ),
    ];
  },
};

/** A version of an API that Kubernetes has taken, or is taking, away. */
interface Retired {
  readonly api: RegExp;
  /** Minor version of Kubernetes 1 without it; undefined where it is deprecated only. */
  readonly gone: number | undefined;
  readonly instead: string;
}

/**
 * Versions of APIs that are gone or going in Kubernetes 1.36, the version that Fleet is tested with.
 *
 * Source: the project's deprecated API migration guide and the `+k8s:prerelease-lifecycle-gen` marks of
 * its types.
 */
const retired: readonly Retired[] = [
  { api: /^extensions\/v1beta1 /, gone: 22, instead: "apps/v1 or networking.k8s.io/v1" },
  { api: /^apps\/v1beta[12] /, gone: 16, instead: "apps/v1" },
  {
    api: /^networking\.k8s\.io\/v1beta1 Ingress(Class)?$/,
    gone: 22,
    instead: "networking.k8s.io/v1",
  },
  {
    api: /^rbac\.authorization\.k8s\.io\/v1(alpha|beta)1 /,
    gone: 22,
    instead: "rbac.authorization.k8s.io/v1",
  },
  { api: /^apiextensions\.k8s\.io\/v1beta1 /, gone: 22, instead: "apiextensions.k8s.io/v1" },
  {
    api: /^admissionregistration\.k8s\.io\/v1beta1 (Mutating|Validating)WebhookConfiguration$/,
    gone: 22,
    instead: "admissionregistration.k8s.io/v1",
  },
  {
    api: /^admissionregistration\.k8s\.io\/v1alpha1 ValidatingAdmissionPolicy(Binding)?$/,
    gone: 32,
    instead: "admissionregistration.k8s.io/v1",
  },
  {
    api: /^admissionregistration\.k8s\.io\/v1beta1 ValidatingAdmissionPolicy(Binding)?$/,
    gone: 34,
    instead: "admissionregistration.k8s.io/v1",
  },
  { api: /^apiregistration\.k8s\.io\/v1beta1 /, gone: 22, instead: "apiregistration.k8s.io/v1" },
  {
    api: /^scheduling\.k8s\.io\/v1(alpha|beta)1 PriorityClass$/,
    gone: 22,
    instead: "scheduling.k8s.io/v1",
  },
  {
    api: /^storage\.k8s\.io\/v1beta1 (StorageClass|CSIDriver|CSINode|VolumeAttachment)$/,
    gone: 22,
    instead: "storage.k8s.io/v1",
  },
  {
    api: /^certificates\.k8s\.io\/v1beta1 CertificateSigningRequest$/,
    gone: 22,
    instead: "certificates.k8s.io/v1",
  },
  { api: /^coordination\.k8s\.io\/v1beta1 Lease$/, gone: 22, instead: "coordination.k8s.io/v1" },
  { api: /^batch\/v1beta1 CronJob$/, gone: 25, instead: "batch/v1" },
  { api: /^batch\/v2alpha1 /, gone: 21, instead: "batch/v1" },
  { api: /^policy\/v1beta1 PodDisruptionBudget$/, gone: 25, instead: "policy/v1" },
  { api: /^policy\/v1beta1 PodSecurityPolicy$/, gone: 25, instead: "Pod Security admission" },
  { api: /^discovery\.k8s\.io\/v1beta1 EndpointSlice$/, gone: 25, instead: "discovery.k8s.io/v1" },
  { api: /^events\.k8s\.io\/v1beta1 Event$/, gone: 25, instead: "events.k8s.io/v1" },
  { api: /^node\.k8s\.io\/v1(alpha|beta)1 RuntimeClass$/, gone: 25, instead: "node.k8s.io/v1" },
  { api: /^autoscaling\/v2beta1 /, gone: 25, instead: "autoscaling/v2" },
  { api: /^autoscaling\/v2beta2 /, gone: 26, instead: "autoscaling/v2" },
  { api: /^storage\.k8s\.io\/v1beta1 CSIStorageCapacity$/, gone: 27, instead: "storage.k8s.io/v1" },
  {
    api: /^storage\.k8s\.io\/v1alpha1 VolumeAttributesClass$/,
    gone: 35,
    instead: "storage.k8s.io/v1",
  },
  {
    api: /^storage\.k8s\.io\/v1beta1 VolumeAttributesClass$/,
    gone: undefined,
    instead: "storage.k8s.io/v1",
  },
  {
    api: /^networking\.k8s\.io\/v1beta1 (IPAddress|ServiceCIDR)$/,
    gone: undefined,
    instead: "networking.k8s.io/v1",
  },
  {
    api: /^flowcontrol\.apiserver\.k8s\.io\/v1(alpha1|beta1) /,
    gone: 26,
    instead: "flowcontrol.apiserver.k8s.io/v1",
  },
  {
    api: /^flowcontrol\.apiserver\.k8s\.io\/v1beta2 /,
    gone: 29,
    instead: "flowcontrol.apiserver.k8s.io/v1",
  },
  {
    api: /^flowcontrol\.apiserver\.k8s\.io\/v1beta3 /,
    gone: 32,
    instead: "flowcontrol.apiserver.k8s.io/v1",
  },
  { api: /^v1 Endpoints$/, gone: undefined, instead: "discovery.k8s.io/v1 EndpointSlice" },
  { api: /^v1 ComponentStatus$/, gone: undefined, instead: "the API server's own health" },
];

/** An object of a version of its API that is gone or going. */
export const currentApis: ResourceRule = {
  kind: "resource",
  name: "current-apis",
  level: "mandatory",
  protects: "an object of a version that the next Kubernetes lacks can neither be made nor changed",
  check: (resource) => {
    const object = objectOf(resource);
    const api = object === undefined ? "" : `${object.apiVersion} ${object.kind}`;
    return retired
      .filter((one) => one.api.test(api))
      .map(
        ({ gone, instead }) =>
          `${api} is ${gone === undefined ? "deprecated" : `gone since Kubernetes 1.${gone}`}: ${instead} has its place`,
      );
  },
};

/** Two resources that are one object of the cluster, or want one port of its nodes. */
export const distinctObjects: StackRule = {
  kind: "stack",
  name: "distinct-objects",
  level: "mandatory",
  protects:
    "two resources of one object write over each other at every update, and of two Services with one port of the nodes the second is refused half-way",
  check: ({ resources }) => {
    const taken = new Map<string, string>();
    const claim = (urn: string, what: string): Finding[] => {
      const first = taken.get(what);
      taken.set(what, first ?? urn);
      return first === undefined
        ? []
        : [{ urn, message: `${what} is ${first.split("::").at(-1) ?? first}'s already` }];
    };
    return resources.flatMap((resource) => {
      const object = objectOf(resource);
      if (object === undefined) {
        return [];
      }
      const [group = ""] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : [""];
      return [
        ...claim(resource.urn, `${describeObject(object)}${group === "" ? "" : ` (${group})`}`),
        ...nodePorts(resource.properties).flatMap((port) => claim(resource.urn, port)),
      ];
    });
  },
};

/** Ports of the nodes that a Service asks for by number, e.g. `port 30081/TCP of every node`. */
function nodePorts(properties: Readonly<Record<string, unknown>>): readonly string[] {
  const { ports } = (properties["spec"] ?? {}) as { readonly ports?: unknown };
  return properties["kind"] !== "Service" || !Array.isArray(ports)
    ? []
    : ports.flatMap((port: { nodePort?: number; protocol?: string }) =>
        port.nodePort === undefined || port.nodePort === 0
          ? []
          : [`port ${port.nodePort}/${port.protocol ?? "TCP"} of every node`],
      );
}
