/** Resources made by hand, for cases of single rules: each whole, and changed where a case says so. */
import type { Resource, Stack } from "../../policy/resource.ts";

/** Something that is laid over a resource's properties, deeply; undefined takes a field away. */
export type Change = Readonly<Record<string, unknown>>;

/** A value with a change laid over it. Lists are replaced whole. */
export function changed(value: unknown, change: unknown): unknown {
  if (!isMap(value) || !isMap(change)) {
    return change;
  }
  const laid = Object.entries(change).map(([key, inner]) => [key, changed(value[key], inner)]);
  const all = { ...value, ...(Object.fromEntries(laid) as Record<string, unknown>) };
  return Object.fromEntries(Object.entries(all).filter(([, inner]) => inner !== undefined));
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A resource of any type, with the provider of its package. */
export function resource(
  type: string,
  name: string,
  properties: Change = {},
  more: Partial<Resource> = {},
): Resource {
  const [package_ = ""] = type.split(":");
  return {
    urn: `urn:pulumi:shop::fleet::fleet:shop:Shop$${type}::${name}`,
    type,
    name,
    properties,
    parent: "urn:pulumi:shop::fleet::fleet:shop:Shop::shop",
    provider: { type: `pulumi:providers:${package_}`, name: "cluster" },
    protect: false,
    retainOnDelete: false,
    ignoreChanges: [],
    ...more,
  };
}

/** A Kubernetes object in the namespace shop. */
export function object(api: string, kind: string, name: string, rest: Change = {}): Resource {
  const type = `kubernetes:${api === "v1" ? "core/v1" : api}:${kind}`;
  const whole = {
    apiVersion: api,
    kind,
    metadata: { name, namespace: "shop", labels: labels(name) },
  };
  return resource(type, name, changed(whole, rest) as Change);
}

/** Labels as Fleet gives them. */
export const labels = (name: string): Readonly<Record<string, string>> => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/part-of": "shop",
  "app.kubernetes.io/managed-by": "fleet",
});

/** A container that no rule objects to. */
const container = {
  name: "web",
  image: `registry.example/web:1.2.3@sha256:${"a".repeat(64)}`,
  ports: [{ name: "http", containerPort: 8080 }],
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } },
  readinessProbe: { httpGet: { port: "http" }, periodSeconds: 5, failureThreshold: 2 },
  livenessProbe: { httpGet: { port: "http" }, periodSeconds: 10, failureThreshold: 3 },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
  },
} as const;

/** A constraint that spreads a workload's pods. */
export const spreadOver = (topologyKey: string): Change => ({
  topologyKey,
  maxSkew: 1,
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
});

/** A Deployment that no rule objects to. */
export function deployment(podSpec: Change = {}, rest: Change = {}): Resource {
  const spec = {
    containers: [container],
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    serviceAccountName: "web",
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10001,
      seccompProfile: { type: "RuntimeDefault" },
    },
    topologySpreadConstraints: [spreadOver("kubernetes.io/hostname")],
  };
  const whole = {
    spec: {
      replicas: 2,
      selector: { matchLabels: { "app.kubernetes.io/name": "web" } },
      template: { metadata: { labels: labels("web") }, spec: changed(spec, podSpec) },
    },
  };
  return object("apps/v1", "Deployment", "web", changed(whole, rest) as Change);
}

/** The same Deployment with a change to its container. */
export const withContainer = (change: Change): Resource =>
  deployment({ containers: [changed(container, change)] });

/** Resources as a stack. */
export const stack = (resources: readonly Resource[], name = "shop"): Stack => ({
  name,
  resources,
  secrets: new Map(),
});
