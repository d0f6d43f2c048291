/**
 * The named rules: what each speaks of, and what beside it it is silent about. That they are asked of
 * what a real engine says is proven by report.test.ts.
 */
import { describe, expect, it } from "vitest";

import { rules, worst } from "../../review/risk/judge.ts";
import type { JsonObject } from "../../review/values.ts";
import {
  blinded,
  type Made,
  madeItem,
  madeReport,
  object,
  shown,
  unknown,
  workload,
} from "./made.ts";

/** A rule, a change of which it speaks, and one beside it of which it does not. */
interface Case {
  readonly rule: string;
  readonly speaks: Made | readonly [Made, ...Made[]];
  readonly silent: Made | readonly [Made, ...Made[]];
}

const replaced = ["create-replacement", "replace", "delete-replaced"] as const;
const deletedFirst = ["delete-replaced", "replace", "create-replacement"] as const;
const storage = (size: string) => object({ spec: { resources: { requests: { storage: size } } } });
const update = (
  type: string,
  before: object,
  after: object,
  ...paths: readonly string[]
): Made => ({
  type,
  before: { ...before },
  after: { ...after },
  detail: Object.fromEntries(paths.map((path) => [path, "update"])),
});
const gone = (type: string, before: object = object(), more: Partial<Made> = {}): Made => ({
  op: "delete",
  type,
  before: { ...before },
  ...more,
});
const made = (type: string, after: object = object()): Made => ({
  op: "create",
  type,
  after: { ...after },
});
const anew = (type: string, before: object, after: object, ...keys: readonly string[]): Made => ({
  op: replaced,
  type,
  before: { ...before },
  after: { ...after },
  keys,
  detail: Object.fromEntries(keys.map((key) => [key, "update-replace"])),
});
/** Of a disk that a StatefulSet made for a pod. */
const claimPatch = "kubernetes:core/v1:PersistentVolumeClaimPatch";
/** Made anew in another region; a pool, which has none, for another reason. */
const moved = (type: string, named: object): Made =>
  type.endsWith("NodePool")
    ? anew(type, { ...named, pods: 8 }, { ...named, pods: 9 }, "pods")
    : anew(type, { ...named, region: "a" }, { ...named, region: "b" }, "region");
const labelled = (type: string): Made =>
  update(
    type,
    { metadata: { name: "web", namespace: "shop", labels: { a: "1" } } },
    { metadata: { name: "web", namespace: "shop", labels: { a: "2" } } },
    "metadata.labels.a",
  );
const sized = storage("10Gi");
const service = (type: string, port = 80) =>
  object({ spec: { type, selector: { app: "web" }, ports: [{ port }] } });
const ports = (...protocols: readonly string[]) =>
  object({ spec: { ports: protocols.map((protocol) => ({ port: 53, protocol })) } });
const retention = (before: object, after: object): Made =>
  update(
    "StatefulSet",
    workload({ persistentVolumeClaimRetentionPolicy: { ...before } }),
    workload({ persistentVolumeClaimRetentionPolicy: { ...after } }),
    "spec.persistentVolumeClaimRetentionPolicy",
  );
const replicas = (before: number, after: number, type = "Deployment", more = {}): Made =>
  update(
    type,
    workload({ replicas: before, ...more }),
    workload({ replicas: after, ...more }),
    "spec.replicas",
  );
const image = (spec = {}, type = "Deployment"): Made =>
  update(
    type,
    workload(spec),
    workload(spec, { image: "shop/web:v2" }),
    "spec.template.spec.containers[0].image",
  );
const budget: Made = {
  op: "same",
  type: "PodDisruptionBudget",
  before: object({ spec: { minAvailable: 2, selector: { matchLabels: { app: "web" } } } }),
};
const reader: Made = {
  op: "same",
  type: "Deployment",
  before: workload({}, { envFrom: [{ configMapRef: { name: "web" } }] }),
};
/** Pods that read what is called web in this way. */
const reads = (container: object, template: object = {}): Made => ({
  op: "same",
  type: "Deployment",
  before: workload({}, { ...container }, { ...template }),
});
const variable = (source: string, key: string, optional?: boolean) => ({
  env: [{ name: "A", valueFrom: { [source]: { name: "web", key, optional } } }],
});
/** A ConfigMap that had these keys, and has one of them no longer. */
const keyless = (before: object, after: object = {}, ...paths: readonly string[]): Made =>
  update("ConfigMap", object({ data: before }), object({ data: after }), ...paths);
const portless = keyless({ port: "1", host: "a" }, { host: "a" }, "data.port");
const scaledDelete = { persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete" } };
const domain = "linode:index/domainRecord:DomainRecord";
const pool = "linode:index/lkeNodePool:LkeNodePool";
const balancer = "linode:index/nodeBalancer:NodeBalancer";
const bucket = "gcp:storage/bucket:Bucket";
const firewall = "linode:index/firewall:Firewall";
const provider = "pulumi:providers:kubernetes";
const swarm = "docker:index/service:Service";
const middlewares = "traefik.ingress.kubernetes.io/router.middlewares";
const annotated = (type: string, before: object, after: object): Made =>
  update(
    type,
    { metadata: { name: "web", namespace: "shop", annotations: before } },
    { metadata: { name: "web", namespace: "shop", annotations: after } },
    "metadata.annotations",
  );
const zone = (...records: readonly string[]): object => ({
  key: "zones/shop.example.zone",
  content: ["; shop.example", "shop.example. 300 IN SOA ns. a. 0 3 9 1 3", ...records, ""].join(
    "\n",
  ),
});
const web = (address: string, time = 300) => `web.shop.example. ${time} IN A ${address}`;
const file = "linode:index/objectStorageObject:ObjectStorageObject";
const googleFile = "gcp:storage/bucketObject:BucketObject";
const containers = (...more: readonly object[]) =>
  object({ spec: { template: { spec: { containers: [{ name: "web" }, ...more] } } } });
const added = (more: object): Made =>
  update("Deployment", containers(), containers(more), "spec.template.spec.containers[1]");
const ofSwarm = (replicas: number, image = "web:1", updateConfig = {}): object => ({
  taskSpec: { containerSpec: { image } },
  mode: { replicated: { replicas } },
  updateConfig,
});
const rolled = (replicas: number, updateConfig = {}): Made =>
  update(
    swarm,
    ofSwarm(replicas, "web:1", updateConfig),
    ofSwarm(replicas, "web:2", updateConfig),
    "taskSpec.containerSpec.image",
  );
const contained = (securityContext: object) => workload({}, { securityContext });
const kubernetes = (type: string): string => `kubernetes:${type}`;
const balanced = (ranges: unknown, more: object = {}) =>
  object({ spec: { type: "LoadBalancer", loadBalancerSourceRanges: ranges, ...more } });
const addressed = (before: object, after: object): Made =>
  update("Service", balanced([], before), balanced([], after), "spec");
const sources = (before: unknown, after: unknown): Made =>
  update("Service", balanced(before), balanced(after), "spec.loadBalancerSourceRanges");
/** Settings of a controller, as text of its files or of single keys. */
const settings = (before: object, after: object): Made =>
  update("ConfigMap", object({ data: before }), object({ data: after }), "data");
const argued = (before: readonly string[], after: readonly string[]): Made =>
  update(
    "Deployment",
    workload({}, { args: before }),
    workload({}, { args: after }),
    "spec.template.spec.containers[0].args",
  );
const release = kubernetes("helm.sh/v3:Release");
const entryPoint = "--entryPoints.websecure";
const fileOf = (middlewares: string): object => ({
  "middlewares.yml": `http:\n  middlewares:\n${middlewares}`,
});
const office = (from: string) =>
  fileOf(`    office:\n      ipAllowList:\n        sourceRange:\n          - ${from}\n`);
const toml = (from: string) => ({
  "dynamic.toml": `[http.middlewares.office.ipAllowList]\n  # whom\n  sourceRange = [\n    "${from}"\n  ]\n`,
});
const staticFile = (time: string, middlewares: string) => ({
  "traefik.yaml": `entryPoints:\n  web:\n    address: :80\n    transport:\n      respondingTimeouts:\n        readTimeout: ${time}\n    http:\n      middlewares: [${middlewares}]\n`,
});
/** A file that a Spacemesh node is told its network by. */
const told = (time: string, level = "info") => ({
  "config.json": JSON.stringify({ main: { "genesis-time": time }, logging: { level } }),
});
const binding = kubernetes("admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding");
const middleware = kubernetes("traefik.io/v1alpha1:Middleware");
const clusterRole = kubernetes("rbac.authorization.k8s.io/v1:ClusterRole");
const workloadIdentity = "iam.gke.io/gcp-service-account";
const enforce = "pod-security.kubernetes.io/enforce";
const published = (...ports: readonly number[]) => ({
  endpointSpec: { ports: ports.map((port) => ({ targetPort: port, publishedPort: port })) },
});
const ofJob = "spec.jobTemplate.spec.template.spec.containers[0]";
const scheduled = (container: object = {}) =>
  object({
    spec: {
      jobTemplate: { spec: { template: { spec: { containers: [{ name: "a", ...container }] } } } },
    },
  });
const seven = ["a", "b", "c", "d", "e", "f", "g"];
const aggregated = "rbac.authorization.k8s.io/aggregate-to-";

const cases: readonly Case[] = [
  {
    rule: "claim-deleted",
    speaks: gone("PersistentVolumeClaim", sized),
    silent: gone("PersistentVolumeClaim", sized, { retain: true }),
  },
  {
    rule: "claim-replaced",
    speaks: anew("PersistentVolumeClaim", sized, sized, "spec.storageClassName"),
    silent: update(
      "PersistentVolumeClaim",
      sized,
      storage("20Gi"),
      "spec.resources.requests.storage",
    ),
  },
  {
    rule: "claim-shrunk",
    speaks: update(
      "PersistentVolumeClaim",
      sized,
      storage("9.5Gi"),
      "spec.resources.requests.storage",
    ),
    silent: update(
      "PersistentVolumeClaim",
      sized,
      storage("10240Mi"),
      "spec.resources.requests.storage",
    ),
  },
  {
    rule: "claim-class-changed",
    speaks: update(
      claimPatch,
      object({ spec: { storageClassName: "slow" } }),
      object({ spec: { storageClassName: "fast" } }),
      "spec.storageClassName",
    ),
    silent: update(claimPatch, sized, storage("20Gi"), "spec.resources.requests.storage"),
  },
  {
    rule: "volume-deleted",
    speaks: gone("PersistentVolume"),
    silent: labelled("PersistentVolume"),
  },
  {
    rule: "volume-not-retained",
    speaks: update(
      "PersistentVolume",
      object({ spec: { persistentVolumeReclaimPolicy: "Retain" } }),
      object({ spec: { persistentVolumeReclaimPolicy: "Delete" } }),
      "spec.persistentVolumeReclaimPolicy",
    ),
    silent: update(
      "PersistentVolume",
      object({ spec: { persistentVolumeReclaimPolicy: "Delete" } }),
      object({ spec: { persistentVolumeReclaimPolicy: "Retain" } }),
      "spec.persistentVolumeReclaimPolicy",
    ),
  },
  {
    rule: "stateful-set-deleted",
    speaks: gone("StatefulSet", workload()),
    silent: gone("Deployment", workload()),
  },
  {
    rule: "stateful-set-replaced",
    speaks: anew("StatefulSet", workload(), workload(), "spec.serviceName"),
    silent: image({}, "StatefulSet"),
  },
  {
    rule: "claims-of-a-smaller-set",
    speaks: replicas(3, 2, "StatefulSet", scaledDelete),
    silent: replicas(3, 2, "StatefulSet"),
  },
  { rule: "namespace-deleted", speaks: gone("Namespace"), silent: labelled("Namespace") },
  {
    rule: "definition-deleted",
    speaks: gone("CustomResourceDefinition"),
    silent: made("CustomResourceDefinition"),
  },
  {
    rule: "protection-lifted",
    speaks: { ...image(), protect: [true, false] },
    silent: { ...image(), protect: [false, true] },
  },
  {
    rule: "retention-lifted",
    speaks: { ...image(), retain: [true, false] },
    silent: { ...image(), retain: [false, true] },
  },
  {
    rule: "address-lost",
    speaks: update("Service", service("LoadBalancer"), service("ClusterIP"), "spec.type"),
    silent: update("Service", service("ClusterIP"), service("LoadBalancer"), "spec.type"),
  },
  {
    rule: "address-changed",
    speaks: addressed({ loadBalancerIP: "192.0.2.1" }, { loadBalancerIP: "192.0.2.2" }),
    silent: addressed({ loadBalancerIP: "192.0.2.1" }, { loadBalancerIP: "192.0.2.1", a: 1 }),
  },
  {
    rule: "store-deleted",
    speaks: gone(bucket, { name: "data" }),
    silent: made(bucket, { name: "data" }),
  },
  {
    rule: "cluster-deleted",
    speaks: anew(pool, { type: "g6-1" }, { type: "g6-2" }, "type"),
    silent: update(pool, { nodeCount: 1 }, { nodeCount: 2 }, "nodeCount"),
  },
  {
    rule: "address-deleted",
    speaks: gone(balancer, {}),
    silent: update(balancer, { label: "a" }, { label: "b" }, "label"),
  },
  {
    rule: "record-deleted",
    speaks: gone(domain, { name: "www" }),
    silent: made(domain, { name: "www" }),
  },
  {
    rule: "record-changed",
    speaks: update(domain, { target: "192.0.2.1" }, { target: "192.0.2.2" }, "target"),
    silent: update(domain, { ttlSec: 30 }, { ttlSec: 300 }, "ttlSec"),
  },
  {
    rule: "genesis-changed",
    speaks: settings(told("2026-11-01T12:00:00Z"), told("2026-11-02T12:00:00Z")),
    silent: settings(told("2026-11-01T12:00:00Z"), told("2026-11-01T12:00:00Z", "debug")),
  },
  {
    rule: "workload-deleted",
    speaks: gone("Deployment", workload()),
    silent: gone("Job", workload()),
  },
  {
    rule: "deleted-before-made",
    speaks: { ...anew("Deployment", workload(), workload(), "spec.selector"), op: deletedFirst },
    silent: anew("Deployment", workload(), workload(), "spec.selector"),
  },
  {
    rule: "name-taken",
    // A component of another type: the same object, and another URN.
    speaks: [
      { ...made("Deployment", workload()), name: "web-of-another" },
      gone("Deployment", workload()),
    ],
    silent: [
      { ...made("Deployment", object({}, "other")), name: "other" },
      gone("Deployment", workload()),
    ],
  },
  {
    rule: "kept-in-the-way",
    speaks: {
      ...anew("PersistentVolumeClaim", sized, sized, "spec.storageClassName"),
      op: deletedFirst,
      retain: true,
    },
    // Of another cluster, where the name is free.
    silent: { ...anew("PersistentVolumeClaim", sized, sized, "provider"), retain: true },
  },
  {
    rule: "selector-changed",
    speaks: update(
      "Service",
      service("ClusterIP"),
      object({ spec: { selector: { app: "other" } } }),
      "spec.selector.app",
    ),
    silent: update(
      "NetworkPolicy",
      object({ spec: {} }),
      object({ spec: { selector: {} } }),
      "spec.selector",
    ),
  },
  { rule: "scaled-to-zero", speaks: replicas(2, 0), silent: replicas(0, 2) },
  { rule: "single-replica", speaks: replicas(2, 1), silent: replicas(3, 2) },
  { rule: "below-budget", speaks: [replicas(3, 1), budget], silent: [replicas(3, 2), budget] },
  { rule: "all-pods-at-once", speaks: image({ strategy: { type: "Recreate" } }), silent: image() },
  {
    rule: "way-deleted",
    speaks: gone("Service", service("ClusterIP")),
    silent: gone("ServiceAccount"),
  },
  {
    rule: "port-removed",
    speaks: update("Service", service("ClusterIP"), service("ClusterIP", 81), "spec.ports[0].port"),
    silent: update("Service", service("ClusterIP"), service("NodePort"), "spec.type"),
  },
  {
    rule: "config-deleted",
    speaks: [gone("ConfigMap"), reader],
    silent: [gone("ConfigMap", object({}, "other")), reader],
  },
  {
    rule: "key-removed",
    speaks: [portless, reads(variable("configMapKeyRef", "port"))],
    silent: [portless, reads(variable("configMapKeyRef", "host"))],
  },
  {
    rule: "nodes-replaced",
    speaks: update(pool, { nodeCount: 3 }, { nodeCount: 1 }, "nodeCount"),
    silent: update(pool, { labels: 1 }, { labels: 2 }, "labels"),
  },
  { rule: "rights-changed", speaks: made("Role"), silent: labelled("Role") },
  { rule: "account-changed", speaks: gone("ServiceAccount"), silent: made("ServiceAccount") },
  {
    rule: "network-policy-changed",
    speaks: gone("NetworkPolicy"),
    silent: labelled("NetworkPolicy"),
  },
  {
    rule: "service-opened",
    speaks: made("Service", service("NodePort")),
    silent: made("Service", service("ClusterIP")),
  },
  {
    rule: "port-published",
    speaks: made(swarm, { endpointSpec: { ports: [{ targetPort: 80, publishedPort: 80 }] } }),
    silent: made(swarm, {}),
  },
  {
    rule: "sources-changed",
    speaks: update(
      "Service",
      object({ spec: { loadBalancerSourceRanges: ["192.0.2.0/24"] } }),
      object({ spec: {} }),
      "spec.loadBalancerSourceRanges",
    ),
    silent: update("Service", service("ClusterIP"), service("ClusterIP", 81), "spec.ports[0].port"),
  },
  {
    rule: "host-changed",
    speaks: made("Ingress", object({ spec: { rules: [{ host: "a.example" }] } })),
    silent: labelled("Ingress"),
  },
  {
    rule: "guard-changed",
    speaks: annotated("Ingress", { [middlewares]: "office@file" }, {}),
    silent: annotated("Ingress", { "nginx.org/proxy-read-timeout": "60s" }, {}),
  },
  {
    rule: "controller-guard-changed",
    speaks: settings({ "whitelist-source-range": "192.0.2.0/24", "worker-processes": "2" }, {}),
    silent: settings({ "worker-processes": "2" }, { "worker-processes": "4" }),
  },
  {
    rule: "privileges-changed",
    speaks: update(
      "Deployment",
      workload(),
      workload({}, {}, { hostNetwork: true }),
      "spec.template.spec.hostNetwork",
    ),
    silent: image(),
  },
  {
    rule: "admission-changed",
    speaks: made("ValidatingWebhookConfiguration"),
    silent: labelled("ValidatingWebhookConfiguration"),
  },
  {
    rule: "secret-changed",
    speaks: update("Secret", object({ data: blinded }), object({ data: blinded }), "data.password"),
    silent: labelled("Secret"),
  },
  {
    rule: "provider-changed",
    speaks: update(provider, { kubeconfig: "a" }, { kubeconfig: "b" }, "kubeconfig"),
    silent: update(provider, { version: "1" }, { version: "2" }, "version"),
  },
  { rule: "cloud-access-changed", speaks: made(firewall, {}), silent: made(balancer, {}) },
  { rule: "image-changed", speaks: image(), silent: replicas(2, 3) },
  {
    rule: "environment-changed",
    speaks: update(
      "Deployment",
      workload({}, { env: [{ name: "A", value: "1" }] }),
      workload({}, { env: [{ name: "A", value: "2" }] }),
      "spec.template.spec.containers[0].env[0].value",
    ),
    silent: image(),
  },
  {
    rule: "resources-changed",
    speaks: update(
      "Deployment",
      workload({}, { resources: { limits: { memory: "1Gi" } } }),
      workload({}, { resources: { limits: { memory: "2Gi" } } }),
      "spec.template.spec.containers[0].resources.limits.memory",
    ),
    silent: image(),
  },
  {
    rule: "template-changed",
    speaks: update(
      "Deployment",
      workload(),
      workload({}, {}, { terminationGracePeriodSeconds: 5 }),
      "spec.template.spec.terminationGracePeriodSeconds",
    ),
    silent: replicas(2, 3),
  },
  { rule: "replicas-changed", speaks: replicas(2, 3), silent: image() },
  { rule: "workload-new", speaks: made("Deployment", workload()), silent: made("ConfigMap") },
  {
    rule: "job-run",
    speaks: anew("Job", workload(), workload(), "spec.template"),
    silent: made("Job", workload()),
  },
  { rule: "job-deleted", speaks: gone("CronJob"), silent: made("CronJob") },
  {
    rule: "schedule-changed",
    speaks: update(
      "CronJob",
      object({ spec: { schedule: "0 3 * * *" } }),
      object({ spec: { schedule: "0 4 * * *" } }),
      "spec.schedule",
    ),
    silent: labelled("CronJob"),
  },
  {
    rule: "config-changed",
    speaks: update(
      "ConfigMap",
      object({ data: { a: "1" } }),
      object({ data: { a: "2" } }),
      "data.a",
    ),
    silent: labelled("ConfigMap"),
  },
  {
    rule: "values-removed",
    speaks: [portless, reader],
    silent: [keyless({ host: "a" }, { host: "b" }, "data.host"), reader],
  },
  {
    rule: "budget-changed",
    speaks: update(
      "PodDisruptionBudget",
      object({ spec: { minAvailable: 1 } }),
      object({ spec: { minAvailable: 2 } }),
      "spec.minAvailable",
    ),
    silent: labelled("PodDisruptionBudget"),
  },
  {
    rule: "storage-grown",
    speaks: update(
      "PersistentVolumeClaim",
      sized,
      storage("20Gi"),
      "spec.resources.requests.storage",
    ),
    silent: update(
      "PersistentVolumeClaim",
      sized,
      storage("5Gi"),
      "spec.resources.requests.storage",
    ),
  },
  {
    rule: "specification-changed",
    speaks: update(balancer, { label: "a" }, { label: "b" }, "label"),
    silent: labelled("Deployment"),
  },
  { rule: "object-deleted", speaks: gone("ConfigMap"), silent: gone("fleet:shop:Shop", {}) },
  {
    rule: "object-replaced",
    speaks: anew(
      firewall.replace("firewall:Firewall", "stackScript:StackScript"),
      { a: 1 },
      { a: 1 },
    ),
    silent: made(balancer, {}),
  },
  {
    rule: "object-forgotten",
    speaks: gone("PersistentVolumeClaim", sized, { retain: true }),
    silent: gone("PersistentVolumeClaim", sized),
  },
  {
    rule: "unexplained",
    speaks: { type: balancer, before: { a: blinded }, after: { a: blinded }, diffs: ["b"] },
    silent: update(balancer, { label: "a" }, { label: "b" }, "label"),
  },
  { rule: "labels-only", speaks: labelled("Deployment"), silent: image() },
  { rule: "object-new", speaks: made("ConfigMap"), silent: made("Role") },
  {
    rule: "taken-over",
    speaks: { op: "import", type: "ConfigMap", after: object() },
    silent: made("ConfigMap"),
  },
  { rule: "structure", speaks: gone("fleet:shop:Shop", {}), silent: made("ConfigMap") },
];

/** Rule, a change of which it speaks, one beside it of which it does not: what is not seen at the first look. */
const further: readonly (readonly [string, string, Made, Made])[] = [
  [
    "record-changed",
    "a zone that a name server of one's own fetches as a file",
    update(file, zone(web("192.0.2.1")), zone(web("192.0.2.2")), "content"),
    update(
      file,
      zone(web("192.0.2.1", 300)),
      zone(web("192.0.2.1", 60), web("192.0.2.2")),
      "content",
    ),
  ],
  [
    "record-changed",
    "the list of zones that it serves",
    update(
      file,
      { key: "zones/index", content: "a.example\nb.example\n" },
      { key: "zones/index", content: "a.example\n" },
      "content",
    ),
    update(file, { key: "pages/a", content: "a\n" }, { key: "pages/a", content: "b\n" }, "content"),
  ],
  [
    "record-changed",
    "a record beside a note, and not of notes, empty lines, ends of lines and the zone's own serial",
    update(file, zone("; a", web("192.0.2.1")), zone("; a"), "content"),
    update(
      file,
      {
        ...zone(),
        content: `; a\r\n\r\nshop.example. 300 IN SOA ns. a. 7\r\n ${web("192.0.2.1")}\r\n`,
      },
      zone(web("192.0.2.1")),
      "content",
    ),
  ],
  ["record-deleted", "such a file", gone(file, zone()), gone(file, { key: "pages/index.html" })],
  ["workload-deleted", "a swarm's service", gone(swarm, {}), made(swarm, {})],
  [
    "scaled-to-zero",
    "a swarm's service",
    update(swarm, ofSwarm(2), ofSwarm(0), "mode.replicated.replicas"),
    update(swarm, ofSwarm(2), ofSwarm(1), "mode.replicated.replicas"),
  ],
  [
    "single-replica",
    "a swarm's service",
    update(swarm, ofSwarm(2), ofSwarm(1), "mode.replicated.replicas"),
    update(swarm, ofSwarm(3), ofSwarm(2), "mode.replicated.replicas"),
  ],
  ["all-pods-at-once", "the one container of a swarm's service", rolled(1), rolled(2)],
  [
    "all-pods-at-once",
    "a swarm's service without a limit",
    rolled(3, { parallelism: 0 }),
    rolled(3, { parallelism: 0, order: "start-first" }),
  ],
  [
    "claim-class-changed",
    "a patch that asked for a class before, and not of one that begins to",
    update(
      claimPatch,
      object({ spec: { storageClassName: "slow" } }),
      object({ spec: { storageClassName: "fast" } }),
      "spec.storageClassName",
    ),
    update(
      claimPatch,
      object(),
      object({ spec: { storageClassName: "fast" } }),
      "spec.storageClassName",
    ),
  ],
  [
    "claim-class-changed",
    "the disk of a pod, and not of a claim, which is made anew",
    update(
      claimPatch,
      object({ spec: { storageClassName: "slow" } }),
      object({ spec: { storageClassName: "fast" } }),
      "spec.storageClassName",
    ),
    anew(
      "PersistentVolumeClaim",
      object({ spec: { storageClassName: "slow" } }),
      object({ spec: { storageClassName: "fast" } }),
      "spec.storageClassName",
    ),
  ],
  [
    "claims-of-a-smaller-set",
    "a set that shrinks, and not of one that grows",
    replicas(3, 1, "StatefulSet", scaledDelete),
    replicas(3, 4, "StatefulSet", scaledDelete),
  ],
  [
    "protection-lifted",
    "what stays, and not of what goes, which the engine refuses",
    { ...labelled("PersistentVolumeClaim"), protect: [true, false] },
    gone("PersistentVolumeClaim", sized, { protect: [true, true] }),
  ],
  [
    "address-lost",
    "a balancer that goes with its Service, and not of a Service that has none",
    gone("Service", service("LoadBalancer")),
    gone("Service", service("NodePort")),
  ],
  ["record-deleted", "a zone", gone("gcp:dns/managedZone:ManagedZone", {}), gone(bucket, {})],
  [
    "replicas-changed",
    "two numbers, and not of one that only the update will tell",
    replicas(2, 3),
    replicas(2, unknown as never),
  ],
  [
    "all-pods-at-once",
    "pods that all stop first, and not of a workload that has none",
    image({ strategy: { type: "Recreate" } }),
    image({ replicas: 0, strategy: { type: "Recreate" } }),
  ],
  [
    "all-pods-at-once",
    "one pod, and not of a change that makes no pod anew",
    image({ replicas: 1, strategy: { type: "Recreate" } }),
    replicas(1, 2, "Deployment", { strategy: { type: "Recreate" } }),
  ],
  [
    "all-pods-at-once",
    "containers of a swarm, and not of fewer of them, which makes none anew",
    rolled(2, { parallelism: 0 }),
    update(
      swarm,
      ofSwarm(3, "web:1", { parallelism: 0 }),
      ofSwarm(2, "web:1", { parallelism: 0 }),
      "mode.replicated.replicas",
    ),
  ],
  ["all-pods-at-once", "a swarm's one container, and not of none", rolled(1), rolled(0)],
  [
    "way-deleted",
    "a Service that gets another name, by which nobody dials it, and not of one that stays beside the new one",
    anew("Service", object({}, "web"), object({}, "shop"), "metadata.name"),
    { ...anew("Service", object({}, "web"), object({}, "shop"), "metadata.name"), retain: true },
  ],
  [
    "way-deleted",
    "a Service that goes to another namespace, and not of one that is made anew in its place",
    anew(
      "Service",
      object(),
      { metadata: { name: "web", namespace: "hall" } },
      "metadata.namespace",
    ),
    { ...anew("Service", object(), object(), "spec.clusterIP"), op: deletedFirst },
  ],
  [
    "way-deleted",
    "a gateway that gets another name, and not of an Ingress, which nobody names",
    anew(
      kubernetes("gateway.networking.k8s.io/v1:Gateway"),
      object({}, "web"),
      object({}, "shop"),
      "metadata.name",
    ),
    anew("Ingress", object({}, "web"), object({}, "shop"), "metadata.name"),
  ],
  [
    "nodes-replaced",
    "another version of a cluster's nodes",
    update(
      "linode:index/lkeCluster:LkeCluster",
      { k8sVersion: "1.33" },
      { k8sVersion: "1.34" },
      "k8sVersion",
    ),
    update("linode:index/lkeCluster:LkeCluster", { label: "a" }, { label: "b" }, "label"),
  ],
  [
    "account-changed",
    "whom its pods are in a cloud",
    annotated("ServiceAccount", {}, { "iam.gke.io/gcp-service-account": "a@b.example" }),
    annotated("ServiceAccount", {}, { note: "a" }),
  ],
  [
    "service-opened",
    "addresses of one's own",
    made("Service", object({ spec: { externalIPs: ["192.0.2.1"] } })),
    made("Service", object({ spec: { externalIPs: [] } })),
  ],
  [
    "service-opened",
    "a port of the nodes where there was none",
    update("Service", service("ClusterIP"), service("NodePort"), "spec.type"),
    update("Service", service("NodePort"), service("NodePort", 81), "spec.ports[0].port"),
  ],
  [
    "port-removed",
    "one of two ports of a number, by its protocol",
    update("Service", ports("TCP", "UDP"), ports("TCP"), "spec.ports[1]"),
    update("Service", ports("TCP"), ports("TCP", "UDP"), "spec.ports[1]"),
  ],
  [
    "volume-not-retained",
    "claims that are from now on deleted with their StatefulSet",
    retention({ whenDeleted: "Retain" }, { whenDeleted: "Delete" }),
    retention({ whenDeleted: "Delete" }, { whenDeleted: "Retain" }),
  ],
  [
    "volume-not-retained",
    "claims of pods that it no longer keeps, and not where it was so before",
    retention({}, { whenScaled: "Delete" }),
    retention({ whenScaled: "Delete" }, { whenScaled: "Delete", whenDeleted: "Retain" }),
  ],
  [
    "network-policy-changed",
    "policies of a whole cluster",
    gone(kubernetes("cilium.io/v2:CiliumClusterwideNetworkPolicy")),
    gone(kubernetes("cilium.io/v2:CiliumNode")),
  ],
  [
    "scaled-to-zero",
    "a number of pods that was not known",
    replicas(unknown as never, 0),
    replicas(0, unknown as never),
  ],
  [
    "claim-shrunk",
    "a disk of a pod",
    update(claimPatch, sized, storage("9Gi"), "spec.resources.requests.storage"),
    update(claimPatch, sized, storage("11Gi"), "spec.resources.requests.storage"),
  ],
  [
    "kept-in-the-way",
    "a balancer's label, which is the account's, and not of one that is protected: nothing is touched then",
    { ...moved(balancer, { label: "web" }), retain: true },
    { ...moved(balancer, { label: "web" }), retain: true, protect: [true, true] },
  ],
  [
    "kept-in-the-way",
    "what is no longer protected by the same update, which the engine lets through, and not of what was let go before",
    { ...moved(balancer, { label: "web" }), retain: true, protect: [true, false] },
    { ...moved(balancer, { label: "web" }), retain: false },
  ],
  [
    "kept-in-the-way",
    "a pool's name, which is its cluster's, and not of an address, which is its region's",
    { ...moved("gcp:container/nodePool:NodePool", { name: "web", cluster: "a" }), retain: true },
    { ...moved("gcp:compute/address:Address", { name: "web" }), retain: true },
  ],
  ["guard-changed", "what a way goes through", gone(middleware), labelled(middleware)],
  [
    "controller-guard-changed",
    "all settings at once",
    gone("ConfigMap", object({ data: { "global-auth-url": "https://login.example" } })),
    gone("ConfigMap", object({ data: { "login-url": "https://login.example" } })),
  ],
  [
    "controller-guard-changed",
    "a setting whose value is not told",
    settings({ "block-cidrs": blinded, a: "1" }, { "block-cidrs": { ...blinded }, a: "2" }),
    settings({ password: blinded, a: "1" }, { password: { ...blinded }, a: "2" }),
  ],
  [
    "controller-guard-changed",
    "a setting that only the update will tell",
    settings({ "block-cidrs": "192.0.2.0/24" }, { "block-cidrs": unknown }),
    settings({ "keep-alive": "75" }, { "keep-alive": unknown }),
  ],
  [
    "controller-guard-changed",
    "an nginx' words in a snippet, but for times and sizes",
    settings(
      { "location-snippets": "deny 192.0.2.1;\nproxy_read_timeout 60s;" },
      { "location-snippets": "proxy_read_timeout 60s;" },
    ),
    settings(
      { "http-snippets": "map $a $b { default 1; }\nclient_max_body_size 1m;\n" },
      { "http-snippets": "# more\nmap $a $b { default 1; }\n  client_max_body_size 2m;\n" },
    ),
  ],
  [
    "controller-guard-changed",
    "an nginx' own file",
    settings(
      { "nginx.conf": "location / {\n  auth_basic office;\n  root /a;\n}\n" },
      { "nginx.conf": "location / {\n  root /a;\n}\n" },
    ),
    settings(
      { "nginx.conf": "location / {\n  auth_basic office;\n  root /a;\n}\n" },
      { "nginx.conf": "location / {\n  auth_basic office;\n  root /b;\n}\n" },
    ),
  ],
  [
    "controller-guard-changed",
    "whom a middleware in Traefik's file lets in",
    settings(office("192.0.2.0/24"), office("0.0.0.0/0")),
    settings(
      { "services.yml": "http:\n  services:\n    web: 1\n" },
      { "services.yml": "http:\n  services:\n    web: 2\n" },
    ),
  ],
  [
    "controller-guard-changed",
    "the same in TOML",
    settings(toml("192.0.2.0/24"), toml("0.0.0.0/0")),
    settings(toml("192.0.2.0/24"), {
      "dynamic.toml": toml("192.0.2.0/24")["dynamic.toml"].replace("# whom", "# for whom"),
    }),
  ],
  [
    "controller-guard-changed",
    "what all requests of an entry point pass",
    settings(staticFile("60s", "office@file"), staticFile("60s", "")),
    settings(staticFile("60s", "office@file"), staticFile("90s", "office@file")),
  ],
  [
    "controller-guard-changed",
    "the same as an argument",
    argued([`${entryPoint}.http.middlewares=office@file`, "--ping"], ["--ping"]),
    argued(
      [`${entryPoint}.transport.lifeCycle.graceTimeOut=5s`],
      [`${entryPoint}.transport.lifeCycle.graceTimeOut=9s`],
    ),
  ],
  [
    "controller-guard-changed",
    "an argument whose value is a word of its own",
    argued(["--configmap", "web/nginx", "-v", "2"], ["--configmap", "web/other", "-v", "2"]),
    argued(["--configmap", "web/nginx", "-v", "2"], ["--configmap", "web/nginx", "-v", "3"]),
  ],
  [
    "controller-guard-changed",
    "arguments of a container that comes whole",
    added({ name: "proxy", args: ["--api.insecure"] }),
    added({ name: "proxy", args: ["--ping"] }),
  ],
  [
    "controller-guard-changed",
    "a controller that goes",
    gone("Deployment", workload({}, { args: ["--api.insecure=false"] })),
    gone("Deployment", workload({}, { args: ["--ping"] })),
  ],
  [
    "controller-guard-changed",
    "the same as a variable",
    update(
      "Deployment",
      workload({}, { env: [{ name: "TRAEFIK_ENTRYPOINTS_WEB_HTTP_MIDDLEWARES", value: "a" }] }),
      workload({}, { env: [] }),
      "spec.template.spec.containers[0].env",
    ),
    update(
      "Deployment",
      workload({}, { env: [{ name: "TRAEFIK_LOG_LEVEL", value: "INFO" }] }),
      workload({}, { env: [{ name: "TRAEFIK_LOG_LEVEL", value: "WARN" }] }),
      "spec.template.spec.containers[0].env[0].value",
    ),
  ],
  [
    "controller-guard-changed",
    "a redirect to TLS that goes",
    argued([`--entrypoints.web.http.redirections.entryPoint.to=websecure`], []),
    argued(["--log.level=INFO", "--metrics.prometheus"], ["--log.level=WARN"]),
  ],
  [
    "controller-guard-changed",
    "other settings that a controller reads, and not another drawn name of the same",
    argued(["-nginx-configmaps=web/nginx"], ["-nginx-configmaps=web/other"]),
    argued(["-nginx-configmaps=web/nginx-0a1b2c3d"], ["-nginx-configmaps=web/nginx-ffee0011"]),
  ],
  [
    "controller-guard-changed",
    "values of a chart",
    update(
      release,
      { values: { controller: { config: { "force-ssl-redirect": "true" } } } },
      { values: { controller: { config: { "force-ssl-redirect": "false" } } } },
      "values.controller.config",
    ),
    update(
      release,
      { values: { controller: { replicaCount: 2 } } },
      { values: { controller: { replicaCount: 3 } } },
      "values.controller.replicaCount",
    ),
  ],
  [
    "controller-guard-changed",
    "arguments among the values of a chart",
    update(
      kubernetes("helm.toolkit.fluxcd.io/v2:HelmRelease"),
      { spec: { values: { additionalArguments: ["--api.insecure=false"] } } },
      { spec: { values: { additionalArguments: ["--api.insecure"] } } },
      "spec.values",
    ),
    update(
      kubernetes("helm.toolkit.fluxcd.io/v2:HelmRelease"),
      { spec: { values: { additionalArguments: ["--log.level=INFO"] } } },
      { spec: { values: { additionalArguments: ["--log.level=WARN"] } } },
      "spec.values",
    ),
  ],
  [
    "controller-guard-changed",
    "values of a chart of k3s, which are a text",
    update(
      kubernetes("helm.cattle.io/v1:HelmChartConfig"),
      { spec: { valuesContent: "ports:\n  web:\n    redirections:\n      entryPoint: {}\n" } },
      { spec: { valuesContent: "ports:\n  web:\n    port: 80\n" } },
      "spec.valuesContent",
    ),
    update(
      kubernetes("helm.cattle.io/v1:HelmChartConfig"),
      { spec: { valuesContent: "ports:\n  web:\n    port: 80\n" } },
      { spec: { valuesContent: "ports:\n  web:\n    port: 81\n" } },
      "spec.valuesContent",
    ),
  ],
  [
    "privileges-changed",
    "a container that comes whole, with more than its own",
    added({ name: "log", securityContext: { privileged: true } }),
    added({ name: "log", securityContext: { capabilities: { add: ["NET_BIND_SERVICE"] } } }),
  ],
  [
    "privileges-changed",
    "a workload that is made with a part of its node",
    made("DaemonSet", workload({}, {}, { volumes: [{ name: "log", hostPath: { path: "/var" } }] })),
    made("DaemonSet", workload({}, {}, { volumes: [{ name: "log", emptyDir: {} }] })),
  ],
  ...(
    [
      ["hostPID", workload({}, {}, { hostPID: true }), workload({}, {}, { hostPID: false })],
      ["hostIPC", workload({}, {}, { hostIPC: true }), workload()],
      ["privileges", contained({ privileged: true }), contained({ privileged: false })],
      [
        "more rights than its own",
        contained({ allowPrivilegeEscalation: true }),
        contained({ allowPrivilegeEscalation: false }),
      ],
      ["root", contained({ runAsUser: 0 }), contained({ runAsUser: 1 })],
      [
        "root by its pod",
        workload({}, {}, { securityContext: { runAsUser: 0 } }),
        workload({}, { securityContext: { runAsUser: 1 } }, { securityContext: { runAsUser: 0 } }),
      ],
      [
        "capabilities",
        contained({ capabilities: { add: ["NET_BIND_SERVICE", "SYS_ADMIN"] } }),
        contained({ capabilities: { drop: ["ALL"] } }),
      ],
      [
        "a port of its node",
        workload({}, { ports: [{ containerPort: 80, hostPort: 80 }] }),
        workload({}, { ports: [{ containerPort: 80, hostPort: 0 }] }),
      ],
      [
        "all of its node at its start",
        workload(
          {},
          {},
          { initContainers: [{ name: "a", securityContext: { privileged: true } }] },
        ),
        workload({}, {}, { initContainers: [{ name: "a" }] }),
      ],
    ] as const
  ).map(
    ([what, speaks, silent]) =>
      [
        "privileges-changed",
        `a workload that is made with ${what}`,
        made("Deployment", speaks),
        made("Deployment", silent),
      ] as const,
  ),
  [
    "rights-changed",
    "a label by which other roles take its rights in",
    update(
      clusterRole,
      { metadata: { name: "logs" } },
      { metadata: { name: "logs", labels: { [`${aggregated}view`]: "true" } } },
      "metadata.labels",
    ),
    labelled(clusterRole),
  ],
  ...[
    "gcp:serviceaccount/account:Account",
    "gcp:serviceaccount/key:Key",
    "gcp:storage/hmacKey:HmacKey",
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
    "gcp:projects/apiKey:ApiKey",
    "cloudflare:index/accountToken:AccountToken",
    "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication",
    "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig",
    "cloudflare:index/ruleset:Ruleset",
  ].map(
    (type) =>
      [
        "cloud-access-changed",
        `a way in of a cloud's own: ${type}`,
        made(type, {}),
        made("gcp:compute/network:Network", {}),
      ] as const,
  ),
  ...(
    [
      ["another account by its old name", { serviceAccount: "a" }, { serviceAccount: "b" }],
      ["users that are the node's own", { hostUsers: false }, {}],
    ] as const
  ).map(
    ([what, before, after]) =>
      [
        "privileges-changed",
        what,
        update(
          "Deployment",
          workload({}, {}, before),
          workload({}, {}, after),
          `spec.template.spec.${Object.keys(before).join()}`,
        ),
        image(),
      ] as const,
  ),
  [
    "account-changed",
    "a new account that is somebody in a cloud, and not of one that stays the same",
    made("ServiceAccount", { metadata: { name: "web", annotations: { [workloadIdentity]: "a" } } }),
    annotated(
      "ServiceAccount",
      { [workloadIdentity]: "a", note: "a" },
      { [workloadIdentity]: "a", note: "b" },
    ),
  ],
  [
    "guard-changed",
    "one annotation of a way, and not of a way that comes with them",
    annotated("Ingress", { [middlewares]: "a", note: "a" }, { [middlewares]: "a", note: "b" }),
    made("Ingress", { metadata: { name: "web", annotations: { [middlewares]: "a" } } }),
  ],
  [
    "port-published",
    "another port, and not of ports that go",
    update(swarm, published(80), published(80, 81), "endpointSpec.ports[1]"),
    update(swarm, published(80), published(), "endpointSpec.ports[0]"),
  ],
  [
    "port-published",
    "ports that come, and not of those that stay",
    update(swarm, published(), published(80), "endpointSpec.ports[0]"),
    update(swarm, published(80), { ...published(80), name: "a" }, "name"),
  ],
  [
    "service-opened",
    "a balancer before ports of the nodes, and not of one more address of a balancer",
    update("Service", service("NodePort"), balanced([]), "spec.type"),
    update("Service", balanced([]), balanced([], { externalIPs: ["192.0.2.1"] }), "spec"),
  ],
  [
    "sources-changed",
    "a list that ends, and not of one that said nothing",
    sources(["192.0.2.0/24"], undefined),
    sources([], undefined),
  ],
  [
    "sources-changed",
    "a list that nobody tells, and not of another change beside it",
    sources(blinded, { ...blinded }),
    update("Service", balanced(blinded, { a: 1 }), balanced(blinded, { a: 2 }), "spec.a"),
  ],
  [
    "admission-changed",
    "one of several labels of a namespace, and not of a namespace that is new",
    update(
      "Namespace",
      { metadata: { name: "shop", labels: { [enforce]: "restricted", team: "a" } } },
      { metadata: { name: "shop", labels: { [enforce]: "baseline", team: "b" } } },
      "metadata.labels",
    ),
    made("Namespace", { metadata: { name: "shop", labels: { [enforce]: "restricted" } } }),
  ],
  [
    "secret-changed",
    "what a Secret holds, and not a ConfigMap",
    update("Secret", object({ data: blinded }), object({ data: { ...blinded } }), "data"),
    update("ConfigMap", object({ data: { a: "1" } }), object({ data: { a: "2" } }), "data"),
  ],
  [
    "provider-changed",
    "other credentials beside another version",
    update(
      provider,
      { version: "1", kubeconfig: "a" },
      { version: "2", kubeconfig: "b" },
      "version",
      "kubeconfig",
    ),
    update(provider, { version: "1" }, { version: "2" }, "version"),
  ],
  [
    "cloud-access-changed",
    "whom a database answers, and not of accounts of a cluster",
    update(
      "linode:index/databasePostgresqlV2:DatabasePostgresqlV2",
      { allowLists: ["192.0.2.0/24"] },
      { allowLists: ["0.0.0.0/0"] },
      "allowLists[0]",
    ),
    made("ServiceAccount"),
  ],
  [
    "cloud-access-changed",
    "a firewall that goes, and not of a part of the program that is called so",
    gone(firewall, {}),
    gone("fleet:shop:Firewall", {}),
  ],
  [
    "storage-grown",
    "more, and not of as much in other words",
    update("PersistentVolumeClaim", sized, storage("10241Mi"), "spec.resources.requests.storage"),
    update("PersistentVolumeClaim", sized, storage("10240Mi"), "spec.resources.requests.storage"),
  ],
  [
    "specification-changed",
    "a ConfigMap that nobody may change any more, and not of one with other files",
    update("ConfigMap", object(), object({ immutable: true }), "immutable"),
    update("ConfigMap", object({ data: { a: "1" } }), object({ data: { a: "2" } }), "data.a"),
  ],
  ["admission-changed", "what puts a policy into force", gone(binding), labelled(binding)],
  [
    "admission-changed",
    "all labels of a namespace at once",
    update(
      "Namespace",
      {
        metadata: { name: "shop", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
      },
      { metadata: { name: "shop" } },
      "metadata.labels",
    ),
    labelled("Namespace"),
  ],
  [
    "resources-changed",
    "what a pod asks for all its containers",
    update(
      "Deployment",
      workload({}, {}, { resources: { limits: { memory: "1Gi" } } }),
      workload({}, {}, { resources: { limits: { memory: "2Gi" } } }),
      "spec.template.spec.resources.limits.memory",
    ),
    update("PersistentVolumeClaim", sized, storage("20Gi"), "spec.resources.requests.storage"),
  ],
  [
    "secret-changed",
    "a swarm's secret",
    anew("docker:index/secret:Secret", { data: blinded }, { data: blinded }, "data"),
    anew("docker:index/secret:Secret", { name: "a" }, { name: "b" }, "name"),
  ],
];

const rulesOf = (given: Case["speaks"]): readonly string[] => {
  const [first, ...others] = [given].flat() as [Made, ...Made[]];
  return madeItem(first, ...others).findings.map(({ rule }) => rule);
};

describe("each rule", () => {
  it.each(cases)(
    "$rule speaks of what it is for, and of nothing beside it",
    ({ rule, speaks, silent }) => {
      expect(rulesOf(speaks)).toContain(rule);
      expect(rulesOf(silent)).not.toContain(rule);
    },
  );

  it.each(further)("%s speaks of %s as well", (rule, _, speaks, silent) => {
    expect(rulesOf(speaks)).toContain(rule);
    expect(rulesOf(silent)).not.toContain(rule);
  });

  it("has a case here", () => {
    const known = rules.flatMap(([, each]) => each.map(({ name }) => name));
    expect(cases.map(({ rule }) => rule)).toEqual(known);
  });
});

describe("why a change has its risk", () => {
  const whyOf = (made: Made, rule: string): string | undefined =>
    madeItem(made).findings.find((finding) => finding.rule === rule)?.why;

  it.each<[string, Made, string]>([
    ["rights-changed", made("Role"), "Role is new"],
    ["rights-changed", { op: "import", type: "Role", after: object() }, "Role is new"],
    ["rights-changed", gone("Role"), "Role goes"],
    ["rights-changed", gone("Role", object(), { retain: true }), "Role goes"],
    ["rights-changed", update("Role", { rules: [] }, { rules: [{}] }, "rules[0]"), "Role changes"],
    [
      "rights-changed",
      update(
        clusterRole,
        { metadata: { name: "logs", labels: { [`${aggregated}edit`]: "true", a: "1" } } },
        { metadata: { name: "logs", labels: { [`${aggregated}view`]: "true", a: "2" } } },
        "metadata.labels",
      ),
      `which roles take its rights in: ${aggregated}edit, ${aggregated}view`,
    ],
    ["volume-deleted", gone("PersistentVolume"), "the volume is deleted"],
    [
      "volume-deleted",
      anew("PersistentVolume", object(), object(), "spec.csi"),
      "the volume is replaced",
    ],
    ["workload-deleted", gone("Deployment", workload()), "its pods stop"],
    ["workload-deleted", gone(swarm, {}), "its containers stop"],
    ["scaled-to-zero", replicas(2, 0), "all 2 pods stop"],
    ["replicas-changed", replicas(2, 5), "3 more pods"],
    ["replicas-changed", replicas(5, 2), "3 fewer pods"],
    ["claims-of-a-smaller-set", replicas(5, 2, "StatefulSet", scaledDelete), "of 3 of its pods"],
    ["service-opened", made("Service", service("NodePort")), "(NodePort)"],
    [
      "service-opened",
      made("Service", object({ spec: { externalIPs: ["192.0.2.1"] } })),
      "(ClusterIP)",
    ],
    ["service-opened", made("Service", balanced([])), "(LoadBalancer, from everywhere)"],
    ["service-opened", made("Service", balanced(["a", "b"])), "(LoadBalancer, from a, b)"],
    ["service-opened", made("Service", balanced(blinded)), "(LoadBalancer, from where is not told"],
    [
      "service-opened",
      made("Service", balanced(["1", "2", "3", "4", "5", "6", "7"])),
      "from 1, 2, 3, 4, 5 and 2 more)",
    ],
    ["sources-changed", sources(["a", "b"], ["c", "a"]), ": also from c; no longer from b"],
    ["sources-changed", sources(["a"], []), ": from everywhere"],
    ["sources-changed", sources(undefined, ["a"]), ": from a"],
    ["sources-changed", sources(["a"], unknown), ": from where is not told before the update"],
    ["sources-changed", sources(blinded, { ...blinded }), ": from where is not told"],
    [
      "sources-changed",
      update(
        "Service",
        balanced(["a"], { externalTrafficPolicy: "Local" }),
        balanced(["b"]),
        "spec.externalTrafficPolicy",
        "spec.loadBalancerSourceRanges[0]",
      ),
      ": also from b; no longer from a; spec.externalTrafficPolicy",
    ],
    [
      "privileges-changed",
      made(
        "Deployment",
        workload({}, { ports: [{ hostPort: 80 }], securityContext: { runAsUser: 0 } }),
      ),
      "its pods get root (container web), port 80 of its node (container web)",
    ],
    [
      "privileges-changed",
      update(
        "Deployment",
        workload({}, {}, { serviceAccountName: "a" }),
        workload({}, {}, { serviceAccountName: "b" }),
        "spec.template.spec.serviceAccountName",
      ),
      "what its pods may do on a node: spec.template.spec.serviceAccountName",
    ],
    [
      "specification-changed",
      update(
        balancer,
        Object.fromEntries(seven.map((key) => [key, 1])),
        Object.fromEntries(seven.map((key) => [key, 2])),
        ...seven,
      ),
      "what it is: a, b, c, d, e and 2 more",
    ],
    ["port-removed", update("Service", ports("UDP"), ports(), "spec.ports"), "port 53/UDP any"],
    ["scaled-to-zero", replicas(unknown as never, 0), "all pods stop"],
    [
      "volume-not-retained",
      retention({}, { whenScaled: "Delete", whenDeleted: "Delete" }),
      "from now on its claims are deleted with it, and with the pods that it no longer keeps",
    ],
    [
      "record-changed",
      update(domain, { target: "a", name: "b" }, { target: "c", name: "d" }, "target", "name"),
      "target, name of a name",
    ],
    [
      "record-changed",
      update(file, zone(...[1, 2, 3, 4, 5].map((at) => web(`192.0.2.${at}`))), zone(), "content"),
      "192.0.2.3 and 2 more",
    ],
    [
      "record-changed",
      update(
        googleFile,
        { name: "zones/a.zone", content: blinded },
        { name: "zones/a.zone", content: { ...blinded } },
        "content",
      ),
      "what they lead to is not known before the update",
    ],
    [
      "record-changed",
      update(file, zone(web("192.0.2.1")), { ...zone(), content: unknown }, "content"),
      "what they lead to is not known before the update",
    ],
    [
      "record-changed",
      anew(file, zone(), { ...zone(), key: "zones/b.zone" }, "key"),
      "a name server finds its zone under another key, or not at all",
    ],
    [
      "record-changed",
      anew(googleFile, { name: "zones/a.zone" }, { name: "zones/b.zone" }, "name"),
      "a name server finds its zone under another key, or not at all",
    ],
    [
      "nodes-replaced",
      update(pool, { nodeCount: 3, type: "a" }, { nodeCount: 1, type: "a" }, "nodeCount"),
      "nodeCount 3 -> 1",
    ],
  ])("is said by %s of %j: %s", (rule, change, why) => {
    expect(whyOf(change, rule)).toContain(why);
  });

  it.each<[string, string, object, string]>([
    ["Ingress", "one of some", { rules: [{ host: "a.example" }, {}] }, " under a.example, *"],
    ["Ingress", "all", { defaultBackend: { service: { name: "web" } } }, " under *"],
    ["Ingress", "one known later", { rules: [{ host: unknown }] }, " under [unknown]"],
    ["Ingress", "some known later", { rules: unknown }, ""],
    [
      "gateway.networking.k8s.io/v1:Gateway",
      "those of its listeners",
      { listeners: [{ hostname: "a.example" }, { hostname: "a.example" }, { port: 80 }] },
      " under a.example, *",
    ],
    [
      "gateway.networking.k8s.io/v1:HTTPRoute",
      "its own",
      { hostnames: ["a.example", "b.example"], rules: [{ matches: [] }] },
      " under a.example, b.example",
    ],
    ["gateway.networking.k8s.io/v1:GRPCRoute", "those of its gateway", { rules: [{}] }, ""],
    [
      "traefik.io/v1alpha1:IngressRoute",
      "those of its rules",
      { routes: [{ match: "Host(`a.example`) && PathPrefix(`/x`)" }] },
      " under Host(`a.example`) && PathPrefix(`/x`)",
    ],
    ["k8s.nginx.org/v1:VirtualServer", "its own", { host: "a.example" }, " under a.example"],
    ["k8s.nginx.org/v1:TransportServer", "none but its port", { listener: { name: "a" } }, ""],
  ])("names the hosts of a new %s: %s", (type, _, spec, under) => {
    const way = made(type === "Ingress" ? type : kubernetes(type), object({ spec: { ...spec } }));
    expect(whyOf(way, "host-changed")).toBe(`reachable from outside${under}`);
  });

  it("is not told of a balancer's addresses that only stand in another order", () => {
    const item = madeItem(sources(["a", "b"], ["b", "a"]));
    expect(item.findings.map(({ rule }) => rule)).toEqual(["specification-changed"]);
  });

  it("tells of one pod as of one, and of what pods get no more than is new", () => {
    expect(whyOf(replicas(2, 3), "replicas-changed")).toBe("1 more pod");
    expect(whyOf(replicas(4, 3), "replicas-changed")).toBe("1 fewer pod");
    const [one, other] = ["a", "b"].map((name) => ({ name, securityContext: { runAsUser: 0 } }));
    const change = update(
      "Deployment",
      workload({}, {}, { containers: [one] }),
      workload({}, {}, { containers: [one, other] }),
      "spec.template.spec.containers[1]",
    );
    expect(whyOf(change, "privileges-changed")).toBe("its pods get root (container b)");
  });

  it.each<[string, Made, string]>([
    ["image-changed", image(), "its pods are made anew from another image"],
    [
      "image-changed",
      image({ updateStrategy: { type: "OnDelete" } }, "StatefulSet"),
      "each of its pods, when somebody deletes it, is made anew from another image",
    ],
    [
      "image-changed",
      update("CronJob", scheduled({ image: "a:1" }), scheduled({ image: "a:2" }), `${ofJob}.image`),
      "its next runs start from another image",
    ],
    [
      "environment-changed",
      update("CronJob", scheduled({ env: [] }), scheduled({ env: [{}] }), `${ofJob}.env`),
      "its next runs start with another environment",
    ],
    [
      "resources-changed",
      update("CronJob", scheduled(), scheduled({ resources: {} }), `${ofJob}.resources`),
      "its next runs start, and ask for other amounts",
    ],
    [
      "template-changed",
      update(
        "DaemonSet",
        workload({ updateStrategy: { type: "OnDelete" } }),
        workload({ updateStrategy: { type: "OnDelete" } }, {}, { nodeSelector: {} }),
        "spec.template.spec.nodeSelector",
      ),
      "each of its pods, when somebody deletes it, is made anew",
    ],
  ])("says when pods are made anew, by %s of %j: %s", (rule, change, why) => {
    expect(whyOf(change, rule)).toBe(why);
  });

  it("names no more of a zone's records than are lost", () => {
    const [one, other] = [web("192.0.2.1"), web("192.0.2.2")];
    const three = [one, other, web("192.0.2.3")];
    expect(whyOf(update(file, zone(...three), zone(), "content"), "record-changed")).toMatch(
      /192\.0\.2\.3$/,
    );
    expect(whyOf(update(file, zone(one, other), zone(one), "content"), "record-changed")).toBe(
      "a name server no longer says web.shop.example. A 192.0.2.2",
    );
  });

  it("is not told of a config object that is deleted first where nobody reads it", () => {
    const config: Made = {
      ...anew("ConfigMap", object({ data: { a: "1" } }), object({ data: { a: "2" } }), "data.a"),
      op: deletedFirst,
    };
    const rule = "deleted-before-made";
    expect(madeItem(config).findings.map((finding) => finding.rule)).not.toContain(rule);
    expect(madeItem(config, reader).findings.map((finding) => finding.rule)).toContain(rule);
  });

  it("is not told of a budget that a growing workload does not meet yet", () => {
    const rulesFor = (made: Made): readonly string[] =>
      madeItem(made, budget).findings.map(({ rule }) => rule);
    expect(rulesFor(replicas(0, 1))).not.toContain("below-budget");
    expect(rulesFor(replicas(2, 1))).toContain("below-budget");
  });

  it("names who reads a config object that goes", () => {
    const item = madeItem(gone("ConfigMap"), reader);
    expect(item.findings[0]?.why).toBe("pods of Deployment web read it and no longer start");
  });

  it("is the worst of a stack's, in whatever order its changes come", () => {
    for (const changes of [
      [image(), gone("Namespace")],
      [gone("Namespace"), image()],
    ]) {
      const { verdict } = madeReport(changes.map((made, at) => ({ ...made, name: `n${at}` })));
      expect(verdict.risk).toBe("data-loss");
    }
    expect(worst(["cosmetic", undefined, "access", "rollout"])).toBe("access");
  });
});

describe("the addresses of a Service", () => {
  const said = (change: Made): readonly string[] =>
    madeItem(change)
      .findings.filter(({ rule }) => ["address-changed", "port-removed"].includes(rule))
      .map(({ why }) => why);
  const other = (words: string): string =>
    `an address that others may have written down changes: ${words}`;
  const given = { status: { loadBalancer: { ingress: [{ ip: "192.0.2.7" }] } } };
  const within = (before: object, after: object): Made =>
    update("Service", object({ spec: before }), object({ spec: after }), "spec");
  const withNote = (type: string, before: object, after: object): Made =>
    update(
      type,
      { metadata: { name: "web", annotations: before }, spec: { type: "LoadBalancer" } },
      { metadata: { name: "web", annotations: after }, spec: { type: "LoadBalancer" } },
      "metadata.annotations",
    );
  const google = "networking.gke.io/load-balancer-ip-addresses";
  const linode = "service.beta.kubernetes.io/linode-loadbalancer-nodebalancer-id";
  const [first, second] = [{ loadBalancerIP: "192.0.2.1" }, { loadBalancerIP: "192.0.2.2" }];

  it.each<[string, Made, readonly string[]]>([
    [
      "that is another one",
      addressed(first, second),
      [other("loadBalancerIP 192.0.2.1 -> 192.0.2.2")],
    ],
    ["that is said no longer", addressed(first, {}), [other("loadBalancerIP 192.0.2.1 -> none")]],
    ["that is said from now on, of a balancer that nobody has seen", addressed({}, second), []],
    [
      "that is said in the place of the one that was given",
      { ...addressed({}, second), outputs: given },
      [other("loadBalancerIP 192.0.2.7 -> 192.0.2.2")],
    ],
    [
      "that is said, and was given before",
      { ...addressed({}, { loadBalancerIP: "192.0.2.7" }), outputs: given },
      [],
    ],
    [
      "that was given, and is none of what changes",
      { ...addressed({}, { a: 1 }), outputs: given },
      [],
    ],
    [
      "of a balancer that goes, which another rule tells",
      update("Service", balanced([], first), service("ClusterIP"), "spec"),
      [],
    ],
    [
      "inside the cluster",
      anew(
        "Service",
        object({ spec: { clusterIP: "10.0.0.10" } }),
        object({ spec: { clusterIP: "10.0.0.11" } }),
        "spec.clusterIP",
      ),
      [other("clusterIP 10.0.0.10 -> 10.0.0.11")],
    ],
    [
      "inside the cluster, of one that is made anew without",
      anew(
        "Service",
        object({ spec: { clusterIP: "10.0.0.10" } }),
        object({ spec: {} }),
        "spec.clusterIP",
      ),
      [other("clusterIP 10.0.0.10 -> none")],
    ],
    ["inside the cluster, which an update leaves out", within({ clusterIP: "10.0.0.10" }, {}), []],
    [
      "inside the cluster, where there was none",
      anew(
        "Service",
        object({ spec: { clusterIP: "None" } }),
        object({ spec: {} }),
        "spec.clusterIP",
      ),
      [],
    ],
    [
      "of the nodes'",
      within(
        { externalIPs: ["192.0.2.1", "192.0.2.2"] },
        { externalIPs: ["192.0.2.3", "192.0.2.2"] },
      ),
      [other("externalIPs no longer 192.0.2.1")],
    ],
    [
      "of the nodes', beside another one",
      within({ externalIPs: ["192.0.2.1"] }, { externalIPs: ["192.0.2.2", "192.0.2.1"] }),
      [],
    ],
    [
      "that Google looks up by its name",
      withNote("Service", { [google]: "a" }, { [google]: "b" }),
      [other(`${google} a -> b`)],
    ],
    [
      "of another NodeBalancer",
      withNote("Service", {}, { [linode]: "7" }),
      [other(`${linode} none -> 7`)],
    ],
    [
      "that Linode reads of new balancers alone",
      withNote(
        "Service",
        { [linode.replace("nodebalancer-id", "reserved-ipv4")]: "192.0.2.1" },
        {},
      ),
      [],
    ],
    [
      "of an Ingress of Google's",
      withNote("Ingress", { "kubernetes.io/ingress.global-static-ip-name": "a" }, {}),
      [other("kubernetes.io/ingress.global-static-ip-name a -> none")],
    ],
  ])("are told where one changes %s", (_, change, whys) => {
    expect(said(change)).toEqual(whys);
  });

  it.each<[string, object, object, readonly string[]]>([
    [
      "is another one",
      { type: "NodePort", ports: [{ port: 80, nodePort: 30_044 }] },
      { type: "NodePort", ports: [{ port: 80, nodePort: 30_045 }] },
      ["nobody answers on port 30044 of every node any more"],
    ],
    [
      "is left out, and kept by the port's name",
      { type: "NodePort", ports: [{ port: 80, name: "a", nodePort: 30_044 }] },
      { type: "LoadBalancer", ports: [{ port: 80, name: "a" }] },
      [],
    ],
    [
      "is left out of a port of another name",
      { type: "NodePort", ports: [{ port: 80, name: "a", nodePort: 30_044 }] },
      { type: "NodePort", ports: [{ port: 80, name: "b" }] },
      ["nobody answers on port 30044 of every node any more"],
    ],
    [
      "is of another protocol",
      { type: "NodePort", ports: [{ port: 80, protocol: "UDP", nodePort: 30_044 }] },
      {
        type: "NodePort",
        ports: [
          { port: 80, protocol: "UDP", nodePort: 30_045 },
          { port: 80, nodePort: 30_044 },
        ],
      },
      ["nobody answers on port 30044/UDP of every node any more"],
    ],
    [
      "goes with the type",
      { type: "NodePort", ports: [{ port: 80, nodePort: 30_044 }] },
      { type: "ClusterIP", ports: [{ port: 80 }] },
      ["nobody answers on port 30044 of every node any more"],
    ],
    [
      "was not said",
      { type: "NodePort", ports: [{ port: 80 }] },
      { type: "NodePort", ports: [{ port: 80, nodePort: 30_044 }] },
      [],
    ],
  ])("are told where a port of the nodes %s", (_, before, after, whys) => {
    expect(said(within(before, after))).toEqual(whys);
  });

  it("are others where it is made anew and a port of the nodes is left out", () => {
    const ports = (more: object) =>
      object({ spec: { type: "NodePort", ports: [{ port: 80, ...more }] } });
    expect(said(anew("Service", ports({ nodePort: 30_044 }), ports({}), "spec.clusterIP"))).toEqual(
      ["nobody answers on port 30044 of every node any more"],
    );
  });
});

/** Outputs of a Job of which this was the condition when its state was written. */
const ended = (type: string, status = "True"): JsonObject => ({
  status: {
    conditions: [
      { type: "SuccessCriteriaMet", status: "True" },
      { type, status },
    ],
  },
});

describe("what pods read of a ConfigMap or Secret that changes", () => {
  const said = (change: Made, ...readers: readonly Made[]): readonly string[] =>
    madeItem(change, ...readers)
      .findings.filter(({ rule }) => /^(config-deleted|key-removed|values-removed)$/.test(rule))
      .map(({ rule, why }) => `${rule}: ${why}`);
  const stops = (keys: string): string =>
    `key-removed: pods of Deployment web read ${keys} of it by name and no longer start`;
  const without = (words: string): string =>
    `values-removed: pods of Deployment web start next without ${words}, and nothing says so`;
  const volume = (source: object): Made => reads({}, { volumes: [{ name: "files", ...source }] });
  const mounted = (source: object, subPath = "port"): Made =>
    reads(
      { volumeMounts: [{ name: "files", mountPath: "/etc/port", subPath }] },
      {
        volumes: [
          { name: "other", configMap: { name: "web" } },
          { name: "files", ...source },
        ],
      },
    );
  const items = [{ key: "port", path: "a" }];
  const taken = (more: object = {}, container: object = {}): Made =>
    reads({ envFrom: [{ configMapRef: { name: "web" }, ...more }], ...container });

  it.each<[string, Made, readonly string[]]>([
    ["a variable's key", reads(variable("configMapKeyRef", "port")), [stops("port")]],
    [
      "a variable's key that may miss",
      reads(variable("configMapKeyRef", "port", true)),
      [without("port")],
    ],
    ["a key of a Secret of this name", reads(variable("secretKeyRef", "port")), []],
    ["an item of a volume", volume({ configMap: { name: "web", items } }), [stops("port")]],
    [
      "an item that may miss",
      volume({ configMap: { name: "web", items, optional: true } }),
      [without("port")],
    ],
    [
      "an item of a part of a volume",
      volume({ projected: { sources: [{ configMap: { name: "web", items } }] } }),
      [stops("port")],
    ],
    ["a whole volume", volume({ configMap: { name: "web" } }), []],
    ...(["ConfigMap other", "Secret web"] as const).map((source): [string, Made, string[]] => {
      const [kind = "", name] = source.split(" ");
      const beside = { [kind === "Secret" ? "secret" : "configMap"]: { name, items } };
      const own = { configMap: { name: "web", items: [{ key: "host", path: "b" }] } };
      return [
        `one of ${source}, beside another`,
        volume({ projected: { sources: [beside, own] } }),
        [],
      ];
    }),
    ["an item of another ConfigMap", volume({ configMap: { name: "web-of-another", items } }), []],
    ["one file of a whole volume", mounted({ configMap: { name: "web" } }), [stops("port")]],
    ["another file of it", mounted({ configMap: { name: "web" } }, "host"), []],
    [
      "a path that an item has",
      mounted({ configMap: { name: "web", items: [{ key: "host", path: "port" }] } }),
      [],
    ],
    ["all of it as variables", taken(), [without("port")]],
    ["all of it as variables with a prefix", taken({ prefix: "WEB_" }), [without("WEB_port")]],
    [
      "a variable that the container says itself",
      taken({}, { env: [{ name: "port", value: "2" }] }),
      [],
    ],
    [
      "a variable of another name than with its prefix",
      taken({ prefix: "WEB_" }, { env: [{ name: "port", value: "2" }] }),
      [without("WEB_port")],
    ],
  ])("is told where a key goes that is %s", (_, reader, findings) => {
    expect(said(portless, reader)).toEqual(findings);
  });

  it("is told of containers that run before the others, and of a job that starts now and then", () => {
    const init = { initContainers: [{ name: "first", ...variable("configMapKeyRef", "port") }] };
    expect(said(portless, reads({}, init))).toEqual([stops("port")]);
    const { spec } = workload({}, variable("configMapKeyRef", "port"));
    const job: Made = {
      op: "same",
      type: "CronJob",
      before: object({ spec: { jobTemplate: { spec } } }),
    };
    expect(said(portless, job)).toEqual([stops("port").replace("Deployment", "CronJob")]);
  });

  it.each<[string, JsonObject, boolean]>([
    ["succeeded", ended("Complete"), false],
    ["failed for good", ended("Failed"), false],
    ["is about to fail, with pods that still stop", ended("FailureTarget"), true],
    ["has not ended", ended("Complete", "False"), true],
    ["was suspended", ended("Suspended"), true],
    ["nobody waited for", {}, true],
  ])("of a job, too, as long as any of its pods may start: one that %s", (_, outputs, isTold) => {
    const inputs = workload({}, variable("configMapKeyRef", "port"));
    const job: Made = { op: "same", type: "Job", before: inputs, outputs };
    expect(said(portless, job)).toEqual(isTold ? [stops("port").replace("Deployment", "Job")] : []);
    expect(madeItem(portless, job).words.some((word) => word.includes("Job web"))).toBe(isTold);
  });

  it("is told of a job that ended and is run anew, and not of one of which only labels change", () => {
    const inputs = workload({}, variable("configMapKeyRef", "port"));
    const outputs = ended("Complete");
    const again: Made = { ...anew("Job", inputs, inputs, "spec.template"), outputs };
    expect(said(portless, again)).toEqual([stops("port").replace("Deployment", "Job")]);
    const other = { ...inputs, metadata: { name: "web", namespace: "shop", labels: { a: "b" } } };
    expect(said(portless, { type: "Job", before: inputs, after: other, outputs })).toEqual([]);
  });

  it("is told by what the provider names of a Secret, whose keys are blinded", () => {
    const secret = (detail: Record<string, string>): Made => ({
      type: "Secret",
      before: object({ data: blinded }),
      after: object({ data: { ...blinded } }),
      detail,
    });
    const reader = reads(variable("secretKeyRef", "tls.key"));
    expect(said(secret({ 'data["tls.key"]': "delete" }), reader)).toEqual([stops("tls.key")]);
    expect(said(secret({ 'data["tls.key"]': "update" }), reader)).toEqual([]);
    expect(said(secret({ 'metadata.labels["tls.key"]': "delete" }), reader)).toEqual([]);
    const moved = { 'data["tls.key"]': "delete", 'stringData["tls.key"]': "add" };
    expect(said(secret(moved), reader)).toEqual([]);
    const open: Made = {
      ...update(
        "Secret",
        object({ data: shown({ "tls.key": "a" }) }),
        object({ data: shown({}) }),
        "data",
      ),
    };
    expect(said(open, reader)).toEqual([stops("tls.key")]);
  });

  it("is not told of a key that moves to another field of it, nor of what only the update will tell", () => {
    const reader = reads(variable("configMapKeyRef", "port"));
    const before = object({ data: { port: "1" } });
    const moved = object({ data: {}, binaryData: { port: "MQ==" } });
    expect(said(update("ConfigMap", before, moved, "data.port"), reader)).toEqual([]);
    expect(said(update("ConfigMap", before, object({ data: unknown }), "data"), reader)).toEqual(
      [],
    );
  });

  it("is told where it gets another name, or goes, and pods stay that call it by the one it had", () => {
    const reader = reads(variable("configMapKeyRef", "port"));
    const spare = reads(variable("configMapKeyRef", "port", true));
    const stopped = "config-deleted: pods of Deployment web read it and no longer start";
    const renamed = anew(
      "ConfigMap",
      object({ data: { port: "1" } }),
      object({}, "b"),
      "metadata.name",
    );
    const moved = anew(
      "ConfigMap",
      object(),
      { metadata: { name: "web", namespace: "b" } },
      "metadata.namespace",
    );
    for (const change of [renamed, moved, gone("ConfigMap")]) {
      expect(said(change, reader)).toEqual([stopped]);
      expect(said(change, spare)).toEqual([without("port")]);
    }
    expect(said({ ...renamed, retain: true }, reader)).toEqual([]);
    expect(
      said(gone("ConfigMap"), taken({ configMapRef: { name: "web", optional: true } })),
    ).toEqual([without("all of it")]);
    const pulls = reads({}, { imagePullSecrets: [{ name: "web" }] });
    expect(said(gone("Secret"), pulls)).toEqual([stopped]);
  });

  it("is not told of pods that read another one from then on, and is of those that begin to read it", () => {
    const moves = (from: string, to: string): Made => {
      const [before, after] = [from, to].map((key) =>
        workload({}, variable("configMapKeyRef", key)),
      );
      return { type: "Deployment", before: { ...before }, after: { ...after } };
    };
    expect(said(portless, moves("port", "host"))).toEqual([]);
    expect(said(portless, moves("host", "port"))).toEqual([stops("port")]);
  });
});

describe("a budget", () => {
  const selecting = (selector: JsonObject): Made => ({
    op: "same",
    type: "PodDisruptionBudget",
    before: object({ spec: { minAvailable: 2, selector } }),
  });
  const app = (operator: string, ...values: readonly string[]): JsonObject => ({
    matchExpressions: [{ key: "app", operator, values }],
  });
  const tier = (operator: string): JsonObject => ({
    matchExpressions: [{ key: "tier", operator, values: ["a"] }],
  });

  it.each<[string, JsonObject, boolean]>([
    ["one of some values", app("In", "shop", "web"), true],
    ["none of its values", app("In", "shop"), false],
    ["other values", app("NotIn", "shop"), true],
    ["its own value left out", app("NotIn", "web"), false],
    ["a label left out that they do not have", tier("NotIn"), true],
    ["a label that they have", app("Exists"), true],
    ["a label that they do not have", tier("Exists"), false],
    ["no such label", tier("DoesNotExist"), true],
    ["no label that they have", app("DoesNotExist"), false],
    ["a word that the API server does not know", app("Like", "web"), false],
    ["a label and half of the rest", { matchLabels: { app: "web" }, ...tier("Exists") }, false],
    ["one of two labels", { matchLabels: { app: "web", tier: "a" } }, false],
    ["all pods of its namespace", {}, true],
  ])("speaks of pods by %s: %j", (_, selector, isTold) => {
    const rulesFound = rulesOf([replicas(3, 1), selecting(selector)]);
    expect(rulesFound.includes("below-budget")).toBe(isTold);
  });
});

describe("a Secret that goes", () => {
  const ofPod = (template: object): Made => reads({}, template);

  it.each<[string, Made]>([
    ["a volume", ofPod({ volumes: [{ name: "a", secret: { secretName: "web" } }] })],
    [
      "a part of a volume",
      ofPod({ volumes: [{ name: "a", projected: { sources: [{ secret: { name: "web" } }] } }] }),
    ],
    ["all variables at once", reads({ envFrom: [{ secretRef: { name: "web" } }] })],
    ["one variable", reads(variable("secretKeyRef", "port"))],
    ["what their images are pulled by", ofPod({ imagePullSecrets: [{ name: "web" }] })],
  ])("keeps pods from their start that read it as %s", (_, pods) => {
    expect(rulesOf([gone("Secret"), pods])).toContain("config-deleted");
    expect(rulesOf([gone("Secret", object({}, "other")), pods])).not.toContain("config-deleted");
  });
});

describe("what an update that failed had replaced, and only goes now", () => {
  const left = (type: string, before: JsonObject): readonly string[] =>
    rulesOf({ op: ["same", "delete-replaced"], type, before });

  it.each(["Deployment", "Job"])("is no %s that stops, rolls or runs again", (type) => {
    expect(left(type, workload())).toEqual(["object-replaced"]);
  });

  it("is what is in it all the same", () => {
    expect(left(bucket, { name: "data" })).toContain("store-deleted");
  });
});

describe("what is only read", () => {
  it.each<[string, JsonObject]>([
    ["Role", object()],
    ["ServiceAccount", object()],
    ["NetworkPolicy", object()],
    ["Service", balanced([])],
    ["PodDisruptionBudget", object()],
    ["ValidatingWebhookConfiguration", object()],
    [middleware, object()],
    [firewall, {}],
  ])("stays as it is, and nobody needs to ask of it: %s", (type, after) => {
    expect(rulesOf({ op: "read", type, after })).toEqual(["taken-over"]);
    expect(rulesOf({ op: "read", type, before: after, after })).toEqual(["taken-over"]);
  });
});

describe("what the engine calls the same", () => {
  const inputs = object({ data: { a: "1" }, secret: blinded });
  const same = (more: Partial<Made>): Made => ({
    op: "same",
    type: "ConfigMap",
    before: inputs,
    after: inputs,
    ...more,
  });

  it.each<[string, Partial<Made>]>([
    ["protection-lifted", { protect: [true, false] }],
    ["retention-lifted", { retain: [true, false] }],
  ])("is told where it is kept less than before: %s, and nothing else", (rule, more) => {
    const item = madeItem(same(more));
    expect(item.findings.map((finding) => finding.rule)).toEqual([rule]);
    expect(item).toMatchObject({ operation: "update", risk: "data-loss", changes: [] });
    expect(item.secrets.map(({ change }) => change)).toEqual(["unchanged"]);
    const { verdict, stacks } = madeReport([same(more), { ...same({}), name: "other" }]);
    expect(verdict.exitCode).toBe(3);
    expect(stacks[0]?.counts).toMatchObject({ update: 1, same: 1 });
  });

  it.each<[string, Partial<Made>]>([
    ["as before", { protect: [true, true], retain: [true, true] }],
    ["more than before", { protect: [false, true], retain: [false, true] }],
  ])("is nothing where it is kept %s", (_, more) => {
    expect(madeReport([same(more)]).stacks[0]).toMatchObject({ outcome: "unchanged", items: [] });
  });
});

describe("a step of which this version does not know", () => {
  it("is told as a change, and one that does nothing to the world is not", () => {
    const step = (op: string): Made => ({
      op,
      type: "ConfigMap",
      before: object(),
      after: object(),
    });
    expect(madeItem(step("transmogrify"))).toMatchObject({ operation: "update", risk: "rollout" });
    for (const op of ["refresh", "remove-pending-replace"]) {
      expect(madeReport([step(op)]).stacks[0]?.items).toEqual([]);
    }
  });
});

describe("guards of a controller's own", () => {
  const whyOf = (made: Made): string | undefined =>
    madeItem(made).findings.find(({ rule }) => rule === "controller-guard-changed")?.why;
  const said = "who is let in through all hosts of a controller: ";

  it("are named with what becomes of them, and no value of theirs", () => {
    const [before, after] = [
      { "block-cidrs": "192.0.2.0/24", hsts: "true" },
      { hsts: "false", "ssl-redirect": "true" },
    ];
    expect(whyOf(settings(before, after))).toBe(
      `${said}block-cidrs goes, hsts changes, ssl-redirect comes`,
    );
    expect(whyOf(settings(office("192.0.2.0/24"), fileOf("    a: {}\n    b: {}\n")))).toBe(
      `${said}http.middlewares.office goes, http.middlewares.a comes, http.middlewares.b comes`,
    );
    expect(whyOf(argued(["--entryPoints.web.asDefault=true"], []))).toBe(
      `${said}entryPoints.web.asDefault goes`,
    );
  });

  it("are named up to a number", () => {
    const many = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`auth-${n}`, "a"]));
    expect(whyOf(settings(many, {}))).toMatch(/: auth-1 goes, .*auth-5 goes, 2 further ones$/);
  });

  it("are found where one of a file cannot be read, by its lines", () => {
    const file = (line: string) => ({ "a.yml": `http: [\n${line}\n` });
    expect(whyOf(settings(file("deny 192.0.2.1;"), file("")))).toBe(`${said}a.yml goes`);
    expect(whyOf(settings(file("a"), file("b")))).toBeUndefined();
  });
});

describe("the risk of a change", () => {
  it("is that of the worst rule, which comes first", () => {
    const item = madeItem(gone("StatefulSet", workload()));
    expect(item.risk).toBe("data-loss");
    expect(item.findings.map(({ risk }) => risk)).toEqual(["data-loss", "downtime"]);
  });

  it("is told of every change, whatever it is", () => {
    const item = madeItem({
      op: "update",
      type: "strange:thing:Thing",
      before: { a: 1 },
      after: { a: 2 },
    });
    expect(item.findings).not.toEqual([]);
  });
});
