/** What a preview tells `make adopt` of what would be made. */
import { describe, expect, it } from "vitest";

import { readPreview } from "../../../ops/adopt/preview.ts";
import { provider, stackUrn, unknown, urn } from "./made.ts";

describe("a preview", () => {
  const step = (op: string, more: Record<string, unknown>) => ({
    op,
    urn: urn("kubernetes:core/v1:Namespace", "skywire"),
    newState: {
      type: "kubernetes:core/v1:Namespace",
      urn: urn("kubernetes:core/v1:Namespace", "skywire"),
      custom: true,
      parent: stackUrn,
      provider: `${provider}::${unknown}`,
      inputs: { kind: "Namespace" },
      ...more,
    },
  });

  it("tells what would be made, its parent and its provider", () => {
    const parent = urn("fleet:platform:Namespace", "skywire");
    const text = JSON.stringify({
      steps: [step("create", {}), step("create", { parent }), step("same", {})],
    });
    const { creates, counts } = readPreview(text);
    expect(creates.map(({ name, parent: above, provider: by }) => [name, above, by])).toEqual([
      ["skywire", undefined, provider],
      ["skywire", parent, provider],
    ]);
    expect(counts).toEqual({ create: 2, same: 1 });
  });

  it("tells of which properties changes are ignored", () => {
    const text = JSON.stringify({
      steps: [step("create", { ignoreChanges: ["data"] }), step("create", {})],
    });
    expect(readPreview(text).creates.map(({ ignored }) => ignored)).toEqual([["data"], []]);
  });

  it("that cannot be read is not repeated: it may hold values", () => {
    expect(() => readPreview('{"steps": "canary"}')).toThrow(/nothing this version can read/);
    expect(() => readPreview("canary")).not.toThrow(/canary/);
  });
});

describe("a plan of a cluster that is not asked", () => {
  const namespace = "urn:pulumi:prod::fleet::a$kubernetes:core/v1:Namespace::skywire";
  const claim = "urn:pulumi:prod::fleet::a$kubernetes:core/v1:PersistentVolumeClaim::data";
  const step = (urn: string, type: string, inputs: object, propertyDependencies: object = {}) => ({
    ...{ op: "create", urn },
    newState: { urn, type, custom: true, inputs, propertyDependencies },
  });

  it("knows namespaces and claims by what the program takes them from", () => {
    const steps = [
      step(namespace, "kubernetes:core/v1:Namespace", { metadata: { name: "skywire" } }),
      step(claim, "kubernetes:core/v1:PersistentVolumeClaim", { metadata: { name: "data" } }),
      step(
        "urn:pulumi:prod::fleet::kubernetes:apps/v1:Deployment::x",
        "kubernetes:apps/v1:Deployment",
        {
          metadata: { name: "x", namespace: unknown },
          spec: { volumes: [{ claimName: unknown }, { secretName: unknown }] },
        },
        { metadata: [namespace], spec: [claim, namespace] },
      ),
    ];
    const { creates } = readPreview(JSON.stringify({ steps }));
    expect(creates[2]?.inputs).toEqual({
      metadata: { name: "x", namespace: "skywire" },
      spec: { volumes: [{ claimName: "data" }, { secretName: unknown }] },
    });
  });
});
