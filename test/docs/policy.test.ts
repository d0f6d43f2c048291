/** docs/policy.md against the rules. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { exceptions } from "../../policy/exceptions.ts";
import { isProduction } from "../../policy/production.ts";
import { rules } from "../../policy/rules.ts";
import { clone } from "../rendered.ts";

const page = readFileSync(join(clone, "docs/policy.md"), "utf8");

/** Cells of each row below a heading. */
function rows(heading: string): readonly (readonly string[])[] {
  const [, rest = ""] = page.split(`\n## ${heading}\n`);
  const [section = ""] = rest.split("\n## ");
  return section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe("docs/policy.md", () => {
  test("has a row for every rule, in their order, with what each says of itself", () => {
    const told = rules.map(({ name, level, kind, protects }) => [
      `\`${name}\``,
      level === "mandatory" ? "stops" : "says so",
      kind === "stack" ? "the stack" : "each resource",
      protects,
    ]);
    expect(rows("Rules")).toEqual(told);
  });

  test("shows an exception that there is", () => {
    const shown = exceptions.find(({ rule }) => rule === "probes");
    for (const part of [shown?.stacks[0], shown?.resources[0], shown?.reason]) {
      expect(page).toContain(`"${part ?? "none"}"`);
    }
  });

  test("names the stacks that are production's", () => {
    expect(
      ["prod", "pushtech-production", "test", "voting"].map((one) => isProduction(one)),
    ).toEqual([...[true, true], ...[false, false]]);
    expect(page).toContain("`prod` and those whose names end in `-production`");
  });
});
