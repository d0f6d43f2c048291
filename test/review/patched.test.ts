/**
 * Patches: they set fields of an object that is there, and let them go again. Neither makes or deletes it, and what they
 * set is judged like any other update of its kind.
 */
import { describe, expect, it } from "vitest";

import { blinded, type Made, madeItem, madeReport, object, workload } from "./made.ts";

const groups: Readonly<Record<string, string>> = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
};
const patchOf = (kind: string): string => `kubernetes:${groups[kind] ?? "core/v1"}:${kind}Patch`;
const begins = (kind: string, after: object): Made => ({
  op: "create",
  type: patchOf(kind),
  after: { apiVersion: "v1", kind, ...after },
});
const ends = (kind: string, before: object, more: Partial<Made> = {}): Made => ({
  op: "delete",
  type: patchOf(kind),
  before: { apiVersion: "v1", kind, ...before },
  ...more,
});
const rulesOf = (made: Made, ...others: readonly Made[]): readonly string[] =>
  madeItem(made, ...others).findings.map(({ rule }) => rule);

const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
const namespace = { metadata: { name: "shop", labels: restricted } };
const bare = (spec: object): object => object({ spec: { ...spec } });
const image = bare({ template: { spec: { containers: [{ name: "web", image: "shop/web:v2" }] } } });

describe("a patch", () => {
  it.each<[string, Made, readonly string[]]>([
    [
      "of a claim that goes deletes no disk",
      ends("PersistentVolumeClaim", bare({})),
      ["unexplained"],
    ],
    [
      "of a claim that begins may ask for the class that the disk has",
      begins("PersistentVolumeClaim", bare({ storageClassName: "fast" })),
      ["specification-changed"],
    ],
    [
      "of a namespace that goes deletes nothing in it, and lifts what it asked for",
      ends("Namespace", namespace),
      ["admission-changed"],
    ],
    [
      "of a namespace that begins says what it admits",
      begins("Namespace", namespace),
      ["admission-changed"],
    ],
    [
      "that stops all pods is told as that",
      begins("Deployment", bare({ replicas: 0 })),
      ["scaled-to-zero"],
    ],
    [
      "of some number of pods is no rise or fall that anybody knows",
      begins("Deployment", bare({ replicas: 3 })),
      ["specification-changed"],
    ],
    [
      "of an image makes pods anew, and no new ones",
      begins("Deployment", image),
      ["image-changed"],
    ],
    ["of an image that goes makes them anew as well", ends("Deployment", image), ["image-changed"]],
    [
      "of a StatefulSet that goes does not delete it",
      ends("StatefulSet", workload()),
      ["image-changed", "selector-changed"],
    ],
    [
      "of a secret changes what it holds",
      begins("Secret", object({ data: { key: blinded } })),
      ["secret-changed"],
    ],
    [
      "of a binding that goes changes rights",
      ends("RoleBinding", object({ subjects: [{ name: "a" }] })),
      ["rights-changed"],
    ],
    [
      "of a Service may open it",
      begins("Service", bare({ type: "LoadBalancer" })),
      ["service-opened", "sources-changed"],
    ],
    [
      "of a Service that goes may take its address along",
      ends("Service", bare({ type: "LoadBalancer" })),
      ["address-lost", "sources-changed"],
    ],
    [
      "of labels alone is cosmetic",
      begins("Service", object({ metadata: { name: "web", labels: { a: "1" } } })),
      ["labels-only"],
    ],
    ["that stays is forgotten", ends("Deployment", image, { retain: true }), ["object-forgotten"]],
  ])("%s", (_, made, rules) => {
    expect([...rulesOf(made)].sort()).toEqual([...rules].sort());
  });

  it("that moves to another object is judged by what it does to either", () => {
    const moved: Made = {
      op: ["create-replacement", "replace", "delete-replaced"],
      type: patchOf("Service"),
      before: object({ spec: { type: "LoadBalancer" } }, "one"),
      after: object({ spec: { type: "LoadBalancer" } }, "other"),
      keys: ["metadata.name"],
      detail: { "metadata.name": "update-replace" },
    };
    expect(rulesOf(moved)).toEqual(["address-lost", "sources-changed", "service-opened"]);
    expect(madeItem(moved).risk).toBe("data-loss");
  });

  it("names the fields that it sets, but for whom it means and what its provider reads", () => {
    const made = begins("Service", {
      metadata: {
        ...{ name: "web", namespace: "shop" },
        annotations: { "pulumi.com/patchForce": "true" },
      },
      spec: { sessionAffinity: "ClientIP", ports: [{ port: 80 }] },
    });
    expect(madeItem(made).findings.map(({ why }) => why)).toEqual([
      "what it is: spec.sessionAffinity, spec.ports[0].port",
    ]);
  });

  it("is called one: who reads that it goes does not read that its object does", () => {
    const { resource } = madeItem(ends("Namespace", namespace));
    expect(resource).toMatchObject({ kind: "NamespacePatch", label: "NamespacePatch shop" });
  });

  it("has no pods of its own to count, and those that it means may be any number", () => {
    const patch: Made = {
      type: patchOf("Deployment"),
      name: "patch",
      before: object({
        spec: { template: { spec: { containers: [{ name: "web", image: "a" }] } } },
      }),
      after: image as never,
      detail: { "spec.template.spec.containers[0].image": "update" },
    };
    const [stack] = madeReport([
      patch,
      { op: "same", type: "Deployment", before: workload() },
    ]).stacks;
    expect(stack?.totals.after.pods).toBe(2);
    expect(stack?.totals.uncounted).toEqual([
      "DeploymentPatch shop/web: what it sets on pods of another one",
    ]);
    expect(stack?.ripple[0]).toMatchObject({
      pace: expect.stringContaining("not known yet") as string,
    });
    expect(stack?.ripple[0]?.replicas).toBeUndefined();
    expect(rulesOf(patch)).toEqual(["image-changed"]);
  });
});
