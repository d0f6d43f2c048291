/** Providers and components that are put into a state. */
import { describe, expect, it } from "vitest";

import { declared } from "../../../ops/adopt/declare.ts";
import { planned, unknown } from "./made.ts";

describe("a provider put into a state", () => {
  const component = {
    ...planned("fleet:platform:Cluster", "cluster", { context: "x", later: unknown }),
    custom: false,
  };
  const provider = {
    ...planned("pulumi:providers:linode", "p", { token: "[secret]", apiVersion: "v4" }),
    parent: component.urn,
  };
  const empty = { version: 3, deployment: { manifest: {} } };

  it("stands below the stack and its component, without its token", () => {
    const text = declared(JSON.stringify(empty), [component, provider]);
    const { deployment } = JSON.parse(text) as {
      deployment: { resources: { urn: string; parent?: string; id?: string; inputs?: object }[] };
    };
    const [stack, first, second] = deployment.resources;
    expect(stack?.urn).toBe("urn:pulumi:prod::fleet::pulumi:pulumi:Stack::fleet-prod");
    expect([first?.urn, first?.parent, first?.inputs]).toEqual([
      ...[component.urn, stack?.urn],
      { context: "x" },
    ]);
    expect([second?.parent, second?.inputs]).toEqual([component.urn, { apiVersion: "v4" }]);
    expect(second?.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    // Done again it changes nothing.
    expect(declared(text, [component, provider])).toBe(text);
  });

  it("is refused for a state of another shape, without repeating it", () => {
    expect(() => declared('{"version":4,"canary":1}', [provider])).toThrow(/^pulumi stack export/);
  });
});
