/**
 * Every rule over every committed stack, as it is rendered: the same functions that the pack runs.
 *
 * Proves that what is asked of the engine keeps to the rules; that the engine asks the pack is
 * test/e2e/policy.e2e.test.ts's.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { exceptionsOf } from "../../policy/alike.ts";
import { exceptions } from "../../policy/exceptions.ts";
import { rules } from "../../policy/rules.ts";
import { cloudStacks, largeStacks, stacks } from "../rendered.ts";
import { keepsToTheRules } from "./stack-tests.ts";

describe.each([...stacks, ...cloudStacks])("stack %s", keepsToTheRules);

describe("exceptions", () => {
  test("are of rules and stacks that there are, and say why", () => {
    const names = rules.map(({ name }) => name);
    const faults = exceptions.filter(
      (one) =>
        !names.includes(one.rule) ||
        one.stacks.length === 0 ||
        one.resources.length === 0 ||
        one.stacks.some((stack) => ![...stacks, ...largeStacks].some((known) => known === stack)) ||
        one.reason.length < 20,
    );
    expect(faults).toEqual([]);
  });
});

describe("a stack that no exception names", () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-alike-"));
  const put = (stack: string, words: readonly string[]): void => {
    const lines = words.map((word) => `  fleet:${word}\n`).join("");
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), `config:\n${lines}`);
  };
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const all = [
    { rule: "probes", stacks: ["here"], resources: ["Deployment web"], reason: "it has none" },
  ];

  test.each([
    ["of the same system and environment has theirs", ["system: shop", "environment: test"], true],
    ["of another environment has none", ["system: shop", "environment: production"], false],
    ["of another system has none", ["system: bank", "environment: test"], false],
    ["whose file does not say has none", [], false],
  ])("%s", (_, words, has) => {
    put("here", ["system: shop", "environment: test"]);
    put("mine", words);
    expect(exceptionsOf("mine", folder, all)[0]?.stacks.includes("mine")).toBe(has);
    expect(exceptionsOf("nowhere", folder, all)).toEqual(all);
    expect(exceptionsOf("here", folder, all)).toEqual(all);
  });
});

test("rules have names of their own that the engine takes", () => {
  const names = rules.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)+$|^(probes|spread|labels)$/.test(name))).toEqual(
    [],
  );
});
