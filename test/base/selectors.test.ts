import { describe, expect, it } from "vitest";

import { isUnsaid, meets } from "../../components/base/selectors.ts";

const labels = { rack: "a", empty: "" };

describe("an expression of a selector", () => {
  // As Kubernetes reads them: what has no such label is not in any list of values.
  it.each([
    ["In", "rack", ["a", "b"], true],
    ["In", "rack", ["b"], false],
    ["In", "row", ["a"], false],
    ["In", "empty", [""], true],
    ["NotIn", "rack", ["b"], true],
    ["NotIn", "rack", ["a", "b"], false],
    ["NotIn", "row", ["a"], true],
    ["Exists", "rack", [], true],
    ["Exists", "empty", [], true],
    ["Exists", "row", [], false],
    ["DoesNotExist", "rack", [], false],
    ["DoesNotExist", "row", [], true],
  ] as const)("%s of %s with %j: %s", (operator, key, values, expected) => {
    expect(meets({ key, operator, values }, labels)).toBe(expected);
  });
});

describe("a label that clouds put on nodes", () => {
  it.each([
    ["kubernetes.io/hostname", true],
    ["kubernetes.io/arch", true],
    ["node.kubernetes.io/instance-type", true],
    ["topology.kubernetes.io/zone", true],
    ["kubernetes.io/rack", false],
    ["fleet/pool", false],
    ["kubernetes.io/hostname-of", false],
  ])("%s need not stand in the file: %s", (key, expected) => {
    expect(isUnsaid({}, key)).toBe(expected);
  });

  it("counts as the file says it, where it does", () => {
    const zone = "topology.kubernetes.io/zone";
    expect(isUnsaid({ [zone]: "us-central1-b" }, zone)).toBe(false);
  });
});
