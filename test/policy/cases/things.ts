/** Resources that the cases of several rules are about. */
import type { Resource } from "../../../policy/resource.ts";
import { type Change, deployment, object, resource } from "../resources.ts";

export const production = "shop-production";

export const token = `ghp_${"a1B2".repeat(9)}`;

export const password = "aK3x9Qz7-hJ2kLm9PqR";

export const map = (data: Readonly<Record<string, string>>): Resource =>
  object("v1", "ConfigMap", "settings", { data });

export const secret = object("v1", "Secret", "login", { stringData: { password } });

export const swarmService = (image: string, spec: Change = {}, more: Change = {}): Resource =>
  resource("docker:index/service:Service", "web", {
    name: "web",
    taskSpec: { containerSpec: { image, ...spec } },
    ...more,
  });

export const dockerContainer = (image: string, more: Change = {}): Resource =>
  resource("docker:index/container:Container", "web", { image, ...more });

export const budget = (spec: Readonly<Record<string, unknown>>): Resource =>
  object("policy/v1", "PodDisruptionBudget", "web", {
    spec: {
      selector: { matchLabels: { "app.kubernetes.io/name": "web" } },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      ...spec,
    },
  });

export const namespace = (enforce: Readonly<Record<string, string>>): Resource =>
  object("v1", "Namespace", "shop", {
    metadata: {
      namespace: undefined,
      labels: Object.fromEntries(
        Object.entries(enforce).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]),
      ),
    },
  });

export const restricted = namespace({ enforce: "restricted", "enforce-version": "v1.36" });

export const role = (kind: string, rule: Readonly<Record<string, readonly string[]>>): Resource =>
  object("rbac.authorization.k8s.io/v1", kind, "web", {
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"], ...rule }],
  });

export const policy = (types: readonly string[]): Resource =>
  object("networking.k8s.io/v1", "NetworkPolicy", "web", {
    spec: { podSelector: {}, policyTypes: types },
  });

export const service = (spec: Readonly<Record<string, unknown>>, name = "web"): Resource =>
  object("v1", "Service", name, { spec: { ports: [{ port: 80 }], ...spec } });

export const ingress = (tls: readonly string[]): Resource =>
  object("networking.k8s.io/v1", "Ingress", "web", {
    spec: {
      rules: [
        {
          host: "shop.example",
          http: {
            paths: [{ path: "/", backend: { service: { name: "web", port: { number: 80 } } } }],
          },
        },
      ],
      tls: [{ hosts: tls, secretName: "tls" }],
    },
  });

export const firewall = (
  inboundPolicy: string,
  rule: Readonly<Record<string, unknown>>,
): Resource =>
  resource("linode:index/firewall:Firewall", "nodes", {
    inboundPolicy,
    inbounds: [
      {
        action: "ACCEPT",
        protocol: "TCP",
        label: "web",
        ports: "80,443",
        ipv4s: ["0.0.0.0/0"],
        ...rule,
      },
    ],
  });

export const googleRule = (rule: Readonly<Record<string, unknown>> = {}): Resource =>
  resource("gcp:compute/firewall:Firewall", "nodes", {
    direction: "INGRESS",
    allows: [{ protocol: "tcp", ports: ["5001", "30001-30010"] }],
    sourceRanges: ["0.0.0.0/0"],
    targetTags: ["mini-node"],
    ...rule,
  });

/** What gives a right to a bucket at Google. */
export const right = (to: Change): Resource =>
  resource("gcp:storage/bucketIAMMember:BucketIAMMember", "all", {
    role: "roles/storage.objectViewer",
    ...to,
  });

export const claim = object("v1", "PersistentVolumeClaim", "data");

export const statefulSet = (
  persistentVolumeClaimRetentionPolicy: Change,
  disks: readonly string[] = ["disk"],
): Resource =>
  object("apps/v1", "StatefulSet", "store", {
    spec: {
      ...(deployment().properties["spec"] as object),
      volumeClaimTemplates: disks.map((name) => ({ metadata: { name } })),
      persistentVolumeClaimRetentionPolicy,
    },
  });

export const size = (name: string): Resource =>
  object("core/v1", "PersistentVolumeClaimPatch", name, {
    spec: { resources: { requests: { storage: "5Gi" } } },
  });

export function bucket(acl: string, more: Partial<Resource> = {}): Resource {
  return resource("linode:index/objectStorageBucket:ObjectStorageBucket", "zones", { acl }, more);
}
