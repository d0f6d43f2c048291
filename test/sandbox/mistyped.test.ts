/** Commands on a sandbox that is not there: what is said, and that nothing is left behind. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Command } from "../../sandbox/commands/command.ts";
import { down } from "../../sandbox/commands/down.ts";
import { exec, shell } from "../../sandbox/commands/run.ts";
import { sayNoStack } from "../../sandbox/commands/view.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import { readPlan } from "../../sandbox/plan.ts";

let clone = "";
const said: string[] = [];

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), "fleet-mistyped-"));
  writeFileSync(join(clone, "Pulumi.test.yaml"), "config: {}\n");
});

beforeEach(() => {
  said.length = 0;
});

afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

function commandOn(stack: string, cmd?: string): Command {
  return {
    place: sandboxPlace(stack, { clone }),
    options: { stack, cmd, fast: false, refresh: false, verbose: false },
    outer: {},
    say: (line) => said.push(line),
  };
}

describe("a command on a sandbox that is not there", () => {
  it.each([
    ["exec", exec],
    ["shell", shell],
  ])("%s tells a misspelt stack from one that does not run, and leaves nothing", async (_, run) => {
    const attempt = (stack: string) => (async () => run(commandOn(stack, "true")))();
    await expect(attempt("tset")).rejects.toThrow(/no stack tset: .*\n.*is STACK=test meant\?/);
    await expect(attempt("test")).rejects.toThrow(/sandbox of test does not run\n.*: make up/);
    expect(existsSync(join(clone, ".sandbox"))).toBe(false);
  });

  it("down has nothing to do, and names those there are", async () => {
    expect(await down(commandOn("tset"))).toBe(0);
    mkdirSync(join(clone, ".sandbox", "test"), { recursive: true });
    expect(await down(commandOn("tset"))).toBe(0);
    rmSync(join(clone, ".sandbox"), { recursive: true });
    expect(said).toEqual([
      "there is no sandbox of tset: nothing to do",
      "there is no sandbox of tset: nothing to do; there is one of test",
    ]);
  });
});

it("a stack file that cannot be read is a fault with its path", () => {
  const file = join(clone, "Pulumi.folder.yaml");
  mkdirSync(file);
  expect(() => readPlan("folder", file, new Map())).toThrow(/Pulumi\.folder\.yaml cannot be read/);
});

describe("an engine that made no stack", () => {
  const finished = { code: 255, stdout: "", stderr: "no space left", interrupted: false };

  it("says why", () => {
    expect(sayNoStack(commandOn("prod"), "up", finished)).toBe(255);
    expect(said.join("\n")).toContain("no space left");
  });

  it("has not failed where it was stopped", () => {
    expect(sayNoStack(commandOn("prod"), "up", { ...finished, interrupted: true })).toBe(130);
    expect(said).toEqual(["up: stopped; make up STACK=prod goes on from there"]);
  });
});
