/** What `make bench` tells of an update: read from the engine's events as it writes them. */
import { describe, expect, it } from "vitest";

import { longestChain, stepsOf, tellChain } from "../../bench/update.ts";

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
  ...events(deployment, "beside", 100, 103),
  ...events("kubernetes:core/v1:Secret", "instant", 104, 104),
  ...events(deployment, "second", 104, 110),
  "not yet a whole li",
].join("\n");

describe("an update's longest chain", () => {
  it("is what was waited for one after the other; what went beside it cost nothing", () => {
    const names = longestChain(stepsOf(log)).map((step) => step.urn);
    expect(names).toEqual([urn(deployment, "second"), urn(deployment, "first")]);
  });

  it("is told by its longest steps", () => {
    expect(tellChain(longestChain(stepsOf(log)), 1)).toBe(
      "10 s in 2 steps that wait for each other: Deployment second 6 s, …",
    );
  });
});
