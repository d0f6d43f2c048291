/** Who else keeps an object, and its fields. */
import { describe, expect, it } from "vitest";

import { passedOn } from "../../../ops/adopt/managers.ts";
import { ownerFault, ownerNote } from "../../../ops/adopt/owners.ts";
import { planned } from "./made.ts";

describe("owners of fields", () => {
  const entry = (manager: string) => ({ manager, operation: "Update", apiVersion: "v1" });
  const owners = (...managers: readonly string[]) =>
    passedOn({ metadata: { managedFields: managers.map(entry) } }, "pulumi-kubernetes-1");

  it("are left as they are where the stack has all of them already, or no tool has any", () => {
    expect(owners("pulumi-kubernetes-1", "kube-controller-manager")).toBeUndefined();
    expect(owners("kube-controller-manager")).toBeUndefined();
    expect(passedOn({ metadata: {} }, "pulumi-kubernetes-1")).toBeUndefined();
    expect(owners("pulumi-kubernetes-2")?.length).toBe(1);
    expect(owners("pulumi-kubernetes-1", "kubectl-edit")?.length).toBe(1);
  });
});

describe("an object that somebody else keeps", () => {
  const service = planned("kubernetes:core/v1:Service", "x", {});
  const live = (metadata: Record<string, unknown>) => ({ metadata });
  const managed = { managedFields: [{ manager: "pulumi-kubernetes-0badcafe" }] };

  it("is another stack's until a person says that it is this one's", () => {
    expect(ownerFault(service, live(managed), "pulumi-kubernetes-11111111")).toMatch(
      /another Pulumi stack.*annotate it fleet\/adopt=prod/,
    );
    const consent = { ...managed, annotations: { "fleet/adopt": "prod" } };
    expect(ownerFault(service, live(consent), "pulumi-kubernetes-11111111")).toBeUndefined();
    const other = { ...managed, annotations: { "fleet/adopt": "test" } };
    expect(ownerFault(service, live(other), "pulumi-kubernetes-11111111")).toBeDefined();
    // A run that was interrupted, or a state that was lost.
    expect(ownerFault(service, live(managed), "pulumi-kubernetes-0badcafe")).toBeUndefined();
  });

  it("is not taken from a controller, which would write it anew", () => {
    const ownerReferences = [{ kind: "Gateway", name: "edge", controller: true }];
    expect(ownerFault(service, live({ ownerReferences }), "m")).toContain(
      "belongs to Gateway edge",
    );
    // One that only goes with another is written by nobody.
    const [reference] = ownerReferences;
    for (const controller of [false, undefined]) {
      const goesWith = { ownerReferences: [{ ...reference, controller }] };
      expect(ownerFault(service, live(goesWith), "m")).toBeUndefined();
    }
  });

  it("is told to be Helm's, Flux' or Argo CD's", () => {
    const by = (annotations: Record<string, string>, labels: Record<string, string> = {}) =>
      ownerNote(live({ annotations, labels }));
    expect(by({ "meta.helm.sh/release-name": "edge" })).toContain("Helm's release edge");
    expect(by({ "argocd.argoproj.io/tracking-id": "x" })).toContain("Argo CD");
    const release = { "meta.helm.sh/release-name": "edge" };
    for (const label of ["kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name"]) {
      expect(by(release, { [label]: "edge" })).toMatch(/^; Flux keeps it .* without pruning it$/);
    }
    expect(by({})).toBe("");
  });
});
