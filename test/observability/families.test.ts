import { describe, expect, it } from "vitest";

import {
  dataStreamOf,
  LogFamilies,
  unknownNamespaces,
} from "../../components/observability/logs/families.ts";

const family = { namespaces: ["skywire"], retention: "7d" };

/** Faults as lines: where, and what. */
function faults(value: unknown): string[] {
  const { error } = LogFamilies.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("families of logs", () => {
  it("mask hex keys unless they say that such are names", () => {
    expect(LogFamilies.parse({ skywire: family })["skywire"]?.hexKeys).toBe("mask");
  });

  it.each(["7", 7, "7 days", "1w", "0d", "-7d", "7D", "", "1.5d"])(
    "refuse %j for a retention: it has no unit, or none that is known",
    (retention) => {
      expect(faults({ skywire: { ...family, retention } })).toEqual([
        expect.stringMatching(/^skywire\.retention: must be .*7d$/),
      ]);
    },
  );

  it.each(["12h", "1d", "3650d"])("take %s for a retention", (retention) => {
    expect(faults({ skywire: { ...family, retention } })).toEqual([]);
  });

  it("refuse a retention that is longer than any store lives", () => {
    expect(faults({ skywire: { ...family, retention: "3651d" } })).toEqual([
      "skywire.retention: must be at most 3650d",
    ]);
  });

  it.each([
    ["no family", {}, ": must name a family"],
    [
      "a name that is no index's",
      { Sky_Wire: family },
      "Sky_Wire: must be lower-case letters, digits and dashes, e.g. skywire",
    ],
    [
      "no namespace",
      { skywire: { ...family, namespaces: [] } },
      "skywire.namespaces: must list a namespace",
    ],
    [
      "an expression for a container",
      { skywire: { ...family, containers: ["miner-.*"] } },
      "skywire.containers.0: must be the name of a container, or its beginning and a star, e.g. poet or miner-*",
    ],
    [
      "a word that is unknown",
      { skywire: { ...family, hexKeys: "drop" } },
      "skywire.hexKeys: must be mask or keep",
    ],
  ])("refuse %s", (_, value, fault) => {
    const [found = ""] = faults(value);
    // Zod tells of a bad key in words of its own around the message.
    expect(found).toContain(fault.split(": ").at(0));
    expect(JSON.stringify(LogFamilies.safeParse(value).error?.issues)).toContain(
      fault.split(": ").slice(1).join(": "),
    );
  });

  const twice = /^second: must not read what first reads in namespace skywire: say containers/;
  it.each([
    [undefined, undefined],
    [["miner-*"], undefined],
    [["miner-*"], ["miner-1"]],
    [["miner-*"], ["min*"]],
    [["poet", "sd"], ["sd"]],
  ])("refuse two that read one container: %j and %j", (one, other) => {
    const first = one === undefined ? family : { ...family, containers: one };
    const second = other === undefined ? family : { ...family, containers: other };
    expect(faults({ first, second })).toEqual([expect.stringMatching(twice)]);
  });

  it("let two share a namespace whose containers they do not share", () => {
    const first = { ...family, containers: ["miner-*"] };
    expect(faults({ first, second: { ...family, containers: ["poet", "min"] } })).toEqual([]);
    expect(faults({ first: family, second: { ...family, namespaces: ["ingress"] } })).toEqual([]);
  });

  it("have an index each, whatever their names have in common", () => {
    const names = ["sm", "sm-x", "sm-logs"].map(dataStreamOf);
    expect(names).toEqual(["sm-logs", "sm-x-logs", "sm-logs-logs"]);
    // None is a pattern that takes another: a template's pattern is the name itself.
    expect(names.filter((name) => name.includes("*"))).toEqual([]);
  });

  it("name namespaces that the stack has", () => {
    const families = LogFamilies.parse({ skywire: { ...family, namespaces: ["skywire", "sky"] } });
    expect(unknownNamespaces(families, ["skywire"])).toEqual([
      {
        path: ["families", "skywire", "namespaces", 1],
        message: "the stack has no namespace sky: it has skywire",
      },
    ]);
  });
});
