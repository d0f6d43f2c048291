import { describe, expect, it } from "vitest";

import { Declared } from "../../policy/declared.ts";
import { graphOf } from "../../policy/graph/graph.ts";
import type { Resource } from "../../policy/resource.ts";

const resource = (properties: Resource["properties"]): Resource => ({
  ...{ urn: "urn:pulumi:new::fleet::kubernetes:core/v1:Service::api", name: "api" },
  ...{ type: "kubernetes:core/v1:Service", parent: "", provider: undefined },
  ...{ protect: false, retainOnDelete: undefined, ignoreChanges: [], properties },
});

const service = {
  ...{ apiVersion: "v1", kind: "Service", metadata: { name: "api", namespace: "ws" } },
  spec: { selector: { app: "api" }, ports: [{ port: 80 }] },
};

const unread = (one: Resource): readonly unknown[] =>
  graphOf({ name: "new", resources: [one], secrets: new Map(), nodes: undefined }).unread;

describe("a preview of a cluster that is still to be made", () => {
  it("shows the whole stack's objects without what is in them, which was declared one by one", () => {
    const declared = new Declared();
    declared.note(resource(service));
    const empty = resource({ metadata: { name: "api" } });
    expect(unread(empty)).toHaveLength(1);
    expect(unread(declared.whole(empty))).toEqual([]);
  });

  it("is told nothing else of what a provider has looked at", () => {
    const declared = new Declared();
    declared.note(resource(service));
    const live = resource({ ...service, spec: { ...service.spec, clusterIP: "10.0.0.1" } });
    expect(declared.whole(live)).toBe(live);
  });

  // A run reads what became of a Certificate that it has ordered: after a refresh, the engine shows both.
  it("has one object once, though it is made and read; what is read alone is there", () => {
    const declared = new Declared();
    const made = resource(service);
    const read = { ...resource(service), urn: `${made.urn}-state`, name: "api-state" };
    const other = resource({ ...service, metadata: { name: "other", namespace: "ws" } });
    const alone = { ...other, urn: "urn:pulumi:new::fleet::kubernetes:core/v1:Service::other" };
    expect(declared.all([made, read])).toEqual([made, read]);
    declared.note(made);
    expect(declared.all([made, read, alone])).toEqual([made, alone]);
    expect(declared.all([read, alone, made])).toEqual([alone, made]);
  });
});
