/** Which parts of the bench `make bench FOR=…` measures. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { type Part, parts, partsFor } from "../../bench/parts.ts";
import { clone } from "../rendered.ts";

const nothing = (): Promise<void> => Promise.resolve();
const all: readonly Part[] = [
  { name: "stack", measure: nothing },
  { name: "networks", measure: nothing },
  { name: "up-1000", measure: nothing, onlyNamed: true },
];
const names = (some: readonly Part[]): string[] => some.map(({ name }) => name);

describe("the parts of the bench", () => {
  it("are all but those that repeat another, where none is named", () => {
    expect(names(partsFor(undefined, all))).toEqual(["stack", "networks"]);
  });

  it("are those that are named, in the bench's own order", () => {
    expect(names(partsFor("up-1000, stack", all))).toEqual(["stack", "up-1000"]);
  });

  it("are none that nobody knows: what there is, is told", () => {
    expect(() => partsFor("stack,check", all)).toThrow(
      'FOR=stack,check: there is no part "check"; there are stack, networks, up-1000',
    );
    expect(() => partsFor("", all)).toThrow('there is no part ""');
  });

  it("are told to whoever misspells one, without a trace of where that was noticed", () => {
    const run = [join(clone, "bench", "run.ts"), "--for", "nosuch"];
    const { status, stderr, stdout } = spawnSync(process.execPath, run, { encoding: "utf8" });
    expect(stderr).toMatch(/^FOR=nosuch: there is no part "nosuch"; there are .*, check\n$/);
    expect([status, stdout]).toEqual([1, ""]);
  });

  it("have what a miner costs, and the update of each network, by themselves, and each name once", () => {
    expect(names(parts)).toEqual(expect.arrayContaining(["miners", "up-10", "up-100", "up-1000"]));
    expect(new Set(names(parts)).size).toBe(parts.length);
    expect(names(partsFor(undefined))).toContain("networks");
  });
});
