import { describe, expect, it } from "vitest";

import { inRange, isAtLeast, parseVersion } from "../../tools/lib/versions.mjs";

const kubectl = { atLeast: "1.35.0", below: "1.38.0" };

describe("versions of tools", () => {
  it.each([
    ["1.35.0", true],
    ["v1.36.3", true],
    ["1.37.12", true],
    ["1.38.0", false],
    ["1.34.9", false],
    // A program of that name which chooses among others.
    ["1.36.3-dispatcher", false],
    ["1.36.0-rc.1", false],
    ["not a version", false],
  ])("takes kubectl %s within one minor version of the server: %s", (version, accepted) => {
    expect(inRange(version, kubectl)).toBe(accepted);
  });

  it("compares numbers, not text", () => {
    expect(isAtLeast("20.10.0", "20.9.9")).toBe(true);
    expect(isAtLeast("9.11.0", "10.0.0")).toBe(false);
  });

  it("reads two numbers and build metadata", () => {
    expect(parseVersion("15.18")?.numbers).toEqual([15, 18, 0]);
    expect(parseVersion("1.36.3+k3s1")).toEqual({ numbers: [1, 36, 3], prerelease: undefined });
  });
});
