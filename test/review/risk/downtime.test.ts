/** Changes that stop something: of which each rule speaks, and what beside it it is silent about. */
import { describe, expect, it } from "vitest";

import type { JsonObject } from "../../../review/values.ts";
import { type Made, madeItem, object, unknown, workload } from "../made.ts";
import {
  anew,
  balancer,
  gone,
  image,
  kubernetes,
  made,
  moved,
  pool,
  portless,
  reader,
  reads,
  replicas,
  service,
  sized,
  swarm,
  update,
  variable,
} from "./changes.ts";
import {
  type Case,
  type Further,
  hasCaseOfEach,
  type Reason,
  rulesOf,
  saysWhy,
  speaksAsWell,
} from "./each-rule.ts";

const deletedFirst = ["delete-replaced", "replace", "create-replacement"] as const;
const ports = (...protocols: readonly string[]) =>
  object({ spec: { ports: protocols.map((protocol) => ({ port: 53, protocol })) } });
const alias = (externalName: string, sessions = 1): JsonObject =>
  object({ spec: { type: "ExternalName", externalName, sessions } });
const budget: Made = {
  op: "same",
  type: "PodDisruptionBudget",
  before: object({ spec: { minAvailable: 2, selector: { matchLabels: { app: "web" } } } }),
};
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

const cases: readonly Case[] = [
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
  {
    rule: "leads-elsewhere",
    speaks: update("Service", alias("a.example.org"), alias("b.example.org"), "spec.externalName"),
    silent: update("Service", alias("a.example.org"), alias("a.example.org", 2), "spec.sessions"),
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
];

/** What is not seen at the first look. */
const further: readonly Further[] = [
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
    "port-removed",
    "one of two ports of a number, by its protocol",
    update("Service", ports("TCP", "UDP"), ports("TCP"), "spec.ports[1]"),
    update("Service", ports("TCP"), ports("TCP", "UDP"), "spec.ports[1]"),
  ],
  [
    "scaled-to-zero",
    "a number of pods that was not known",
    replicas(unknown as never, 0),
    replicas(0, unknown as never),
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
];

const reasons: readonly Reason[] = [
  ["workload-deleted", gone("Deployment", workload()), "its pods stop"],
  ["workload-deleted", gone(swarm, {}), "its containers stop"],
  ["scaled-to-zero", replicas(2, 0), "all 2 pods stop"],
  ["port-removed", update("Service", ports("UDP"), ports(), "spec.ports"), "port 53/UDP any"],
  ["scaled-to-zero", replicas(unknown as never, 0), "all pods stop"],
  [
    "nodes-replaced",
    update(pool, { nodeCount: 3, type: "a" }, { nodeCount: 1, type: "a" }, "nodeCount"),
    "nodeCount 3 -> 1",
  ],
];

hasCaseOfEach("downtime", cases);
speaksAsWell(further);
saysWhy(reasons);

describe("why a change has its risk", () => {
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
