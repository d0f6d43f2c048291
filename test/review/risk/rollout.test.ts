/** Changes that make pods anew or nothing at all: of which each rule speaks, and what beside it it is silent about. */
import { describe, expect, it } from "vitest";

import { blinded, type Made, object, unknown, workload } from "../made.ts";
import {
  anew,
  balancer,
  firewall,
  gone,
  image,
  keyless,
  labelled,
  made,
  portless,
  reader,
  replicas,
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
  whyOf,
} from "./each-rule.ts";

const ofJob = "spec.jobTemplate.spec.template.spec.containers[0]";
const scheduled = (container: object = {}) =>
  object({
    spec: {
      jobTemplate: { spec: { template: { spec: { containers: [{ name: "a", ...container }] } } } },
    },
  });
const seven = ["a", "b", "c", "d", "e", "f", "g"];

const cases: readonly Case[] = [
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
];

const cosmetic: readonly Case[] = [
  { rule: "labels-only", speaks: labelled("Deployment"), silent: image() },
  { rule: "object-new", speaks: made("ConfigMap"), silent: made("Role") },
  {
    rule: "taken-over",
    speaks: { op: "import", type: "ConfigMap", after: object() },
    silent: made("ConfigMap"),
  },
  { rule: "structure", speaks: gone("fleet:shop:Shop", {}), silent: made("ConfigMap") },
];

/** Of a provider, though its type has no module with a slash, as those of most have. */
const command = "command:local:Command";

/** What is not seen at the first look. */
const further: readonly Further[] = [
  [
    "specification-changed",
    "what a provider makes whose types have no slash",
    update(command, { create: "a" }, { create: "b" }, "create"),
    { ...update(command, { create: "a" }, { create: "b" }, "create"), isComponent: true },
  ],
  [
    "object-deleted",
    "the same that goes",
    gone(command, { create: "a" }),
    { ...gone(command, { create: "a" }), isComponent: true },
  ],
  [
    "replicas-changed",
    "two numbers, and not of one that only the update will tell",
    replicas(2, 3),
    replicas(2, unknown as never),
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
];

const reasons: readonly Reason[] = [
  ["replicas-changed", replicas(2, 5), "3 more pods"],
  ["replicas-changed", replicas(5, 2), "3 fewer pods"],
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
];

hasCaseOfEach("rollout", cases);
hasCaseOfEach("cosmetic", cosmetic);
speaksAsWell(further);
saysWhy(reasons);

describe("why a change has its risk", () => {
  it("tells of one pod as of one", () => {
    expect(whyOf(replicas(2, 3), "replicas-changed")).toBe("1 more pod");
    expect(whyOf(replicas(4, 3), "replicas-changed")).toBe("1 fewer pod");
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
});
