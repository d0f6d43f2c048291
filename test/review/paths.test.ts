/** Property paths as the engine writes them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { covers, formatPath, parsePath } from "../../review/paths.ts";

describe("a property path", () => {
  it.each([
    ["spec.replicas", ["spec", "replicas"]],
    ["spec.rules[0].host", ["spec", "rules", 0, "host"]],
    ['metadata.labels["app.kubernetes.io/name"]', ["metadata", "labels", "app.kubernetes.io/name"]],
    ["metadata.annotations.fleet/config", ["metadata", "annotations", "fleet/config"]],
    ['data["a\\"b"]', ["data", 'a"b']],
    ['["a.b"].c', ["a.b", "c"]],
    ["[1][2]", [1, 2]],
    ['data[""]', ["data", ""]],
  ])("is read: %s", (text, path) => {
    expect(parsePath(text)).toEqual(path);
  });

  it("is read again as it was written, whatever its keys are", () => {
    const segment = fc.oneof(fc.string(), fc.nat(1_000));
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });

  it("names something, however oddly it is written", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab.[]"\\0')) }), (text) => {
        const path = parsePath(text);
        expect(path.length === 0).toBe(text === "");
      }),
    );
  });

  it("covers itself and what lies in it", () => {
    expect(covers(["data"], ["data", "password"])).toBe(true);
    expect(covers(["data", "password"], ["data"])).toBe(false);
    expect(covers(["data"], ["database"])).toBe(false);
  });
});
