/** Changes that lose data, addresses or records: of which each rule speaks, and what beside it it is silent about. */
import { type Made, object, workload } from "../made.ts";
import {
  addressed,
  anew,
  balancer,
  bucket,
  domain,
  gone,
  image,
  labelled,
  made,
  pool,
  replicas,
  service,
  settings,
  sized,
  storage,
  update,
} from "./changes.ts";
import {
  type Case,
  type Further,
  hasCaseOfEach,
  type Reason,
  saysWhy,
  speaksAsWell,
} from "./each-rule.ts";

/** Of a disk that a StatefulSet made for a pod. */
const claimPatch = "kubernetes:core/v1:PersistentVolumeClaimPatch";
const retention = (before: object, after: object): Made =>
  update(
    "StatefulSet",
    workload({ persistentVolumeClaimRetentionPolicy: { ...before } }),
    workload({ persistentVolumeClaimRetentionPolicy: { ...after } }),
    "spec.persistentVolumeClaimRetentionPolicy",
  );
const scaledDelete = { persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete" } };
/** A file that a Spacemesh node is told its network by. */
const told = (time: string, level = "info") => ({
  "config.json": JSON.stringify({ main: { "genesis-time": time }, logging: { level } }),
});

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
];

/** What is not seen at the first look. */
const further: readonly Further[] = [
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
    "claim-shrunk",
    "a disk of a pod",
    update(claimPatch, sized, storage("9Gi"), "spec.resources.requests.storage"),
    update(claimPatch, sized, storage("11Gi"), "spec.resources.requests.storage"),
  ],
];

const reasons: readonly Reason[] = [
  ["volume-deleted", gone("PersistentVolume"), "the volume is deleted"],
  [
    "volume-deleted",
    anew("PersistentVolume", object(), object(), "spec.csi"),
    "the volume is replaced",
  ],
  ["claims-of-a-smaller-set", replicas(5, 2, "StatefulSet", scaledDelete), "of 3 of its pods"],
  [
    "volume-not-retained",
    retention({}, { whenScaled: "Delete", whenDeleted: "Delete" }),
    "from now on its claims are deleted with it, and with the pods that it no longer keeps",
  ],
];

hasCaseOfEach("data-loss", cases);
speaksAsWell(further);
saysWhy(reasons);
