import { describe, expect, it } from "vitest";

import { nearest } from "../../components/base/nearest.ts";

const words = ["replicas", "resources", "placement", "cpu", "memory", "ip"];

describe("a misspelt word", () => {
  it.each([
    ["replcas", "replicas"],
    ["repliccas", "replicas"],
    ["replixas", "replicas"],
    ["REPLICAS", "replicas"],
    ["resource", "resources"],
    // Three letters of nine are as many as may differ, and two of any shorter word.
    ["plxcemxxt", "placement"],
    ["mexxry", "memory"],
    ["cup", "cpu"],
  ])("%s is taken for %s", (word, meant) => {
    expect(nearest(word, words)).toBe(meant);
  });

  it.each([
    ["xlxcemxxt", "four letters differ"],
    ["mxxxry", "three letters of six differ"],
    ["ab", "as many letters differ as the word has"],
    ["", "nothing is there"],
    ["kubernetes", "it is another word"],
  ])("%s is taken for none: %s", (word) => {
    expect(nearest(word, words)).toBeUndefined();
  });

  it("is taken for the nearest of several that are near, whichever stands first", () => {
    expect(nearest("nodePorts", ["nodePool", "nodePort", "ports"])).toBe("nodePort");
    expect(nearest("nodePorts", ["nodePort", "nodePool"])).toBe("nodePort");
  });

  it("is taken for none where nothing is known", () => {
    expect(nearest("cpu", [])).toBeUndefined();
  });
});
