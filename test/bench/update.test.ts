/** What `make bench` tells of an update: read from the engine's events as it writes them. */
import { describe, expect, it } from "vitest";

import { longestChain, stepsOf, tellChain, waitsOf } from "../../bench/update.ts";

const urn = (type: string, name: string): string => `urn:pulumi:prod::fleet::${type}::${name}`;
const deployment = "kubernetes:apps/v1:Deployment";

/** Events of one resource as the log has them. */
function events(type: string, name: string, begun: number, ended: number): string[] {
  const metadata = { op: "create", urn: urn(type, name), type };
  return [
    JSON.stringify({ sequence: 1, timestamp: begun, resourcePreEvent: { metadata } }),
    JSON.stringify({ sequence: 2, timestamp: ended, resOutputsEvent: { metadata } }),
  ];
}

const log = [
  ...events("fleet:skywire:DmsgServer", "component", 100, 190),
  ...events(deployment, "first", 100, 104),
  ...events(deployment, "beside", 100, 105),
  ...events("kubernetes:core/v1:Secret", "instant", 104, 104),
  ...events(deployment, "second", 105, 111),
  "not yet a whole li",
].join("\n");

/** A state in which the second waits for the first, because the component that it is in does. */
const component = urn("fleet:skywire:DmsgServer", "component");
const state = {
  deployment: {
    resources: [
      { urn: urn(deployment, "first") },
      { urn: urn(deployment, "beside"), propertyDependencies: { spec: null } },
      { urn: component, dependencies: [urn(deployment, "first")] },
      { urn: urn(deployment, "second"), parent: component, dependencies: [] },
    ],
  },
};
const chain = longestChain(stepsOf(log), waitsOf(state));

describe("what held an update up", () => {
  it("is what was waited for one after the other; what went beside it cost nothing", () => {
    expect(chain.map((step) => step.urn)).toEqual([
      urn(deployment, "second"),
      urn(deployment, "first"),
    ]);
  });

  it("is told by its longest steps", () => {
    expect(tellChain(chain, 1)).toBe(
      "10 s in 2 steps that wait for each other: Deployment second 6 s, …",
    );
  });
});
