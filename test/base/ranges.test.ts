import { describe, expect, it } from "vitest";

import { inRange, overlap, wholeRange } from "../../components/base/ranges.ts";

describe("ranges of addresses", () => {
  it.each([
    ["10.0.0.0", "10.0.0.0/8", true],
    ["10.255.255.255", "10.0.0.0/8", true],
    ["11.0.0.0", "10.0.0.0/8", false],
    ["9.255.255.255", "10.0.0.0/8", false],
    ["172.31.255.255", "172.16.0.0/12", true],
    ["172.32.0.0", "172.16.0.0/12", false],
    // Above the numbers that have a sign in 32 bits.
    ["255.255.255.255", "224.0.0.0/3", true],
    ["223.255.255.255", "224.0.0.0/3", false],
    ["203.0.113.7", "203.0.113.7", true],
    ["203.0.113.8", "203.0.113.7", false],
    ["203.0.113.7", "203.0.113.7/32", true],
    ["198.51.100.1", "0.0.0.0/0", true],
  ])("%s in %s: %s", (ip, range, expected) => {
    expect(inRange(ip, range)).toBe(expected);
  });

  it.each([
    ["10.0.0.0/8", "10.20.0.0/16", true],
    ["10.20.0.0/16", "10.0.0.0/8", true],
    ["10.20.0.0/16", "10.20.0.0/16", true],
    ["10.20.0.0/16", "10.21.0.0/16", false],
    ["10.20.0.0/15", "10.21.0.0/16", true],
    ["10.20.3.4", "10.20.0.0/16", true],
  ])("%s and %s have addresses in common: %s", (one, other, expected) => {
    expect(overlap(one, other)).toBe(expected);
  });

  it.each([
    ["10.20.3.4/16", "10.20.0.0/16"],
    ["10.20.0.0/16", "10.20.0.0/16"],
    ["198.51.100.255/25", "198.51.100.128/25"],
    ["203.0.113.7", "203.0.113.7/32"],
    ["255.1.2.3/0", "0.0.0.0/0"],
  ])("%s is meant as %s", (range, whole) => {
    expect(wholeRange(range)).toBe(whole);
  });

  it.each(["10.0.0", "10.0.0.0.0", "10.0.0.256", "10.0.0.-1", "10.0.0.x", "10.0.0.1.5"])(
    "%s is no address, and lies nowhere",
    (text) => {
      expect(() => inRange(text, "0.0.0.0/0")).toThrow(`${text} is no IPv4 address`);
    },
  );

  it("knows the last number that a part of an address may be", () => {
    expect(inRange("255.255.255.255", "255.255.255.255/32")).toBe(true);
  });
});
