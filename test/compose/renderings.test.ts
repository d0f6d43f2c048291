import { join } from "node:path";

import { describe, expect, it } from "vitest";
import * as z from "zod";

import { ComposeService } from "../../components/compose/compose.schema.ts";
import { differences } from "../../components/compose/differences.ts";
import { renderingsPage } from "../../components/compose/renderings-page.ts";
import { renderings } from "../../components/compose/renderings.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Words of a schema that take a value, as paths; a block of words is none itself. */
function wordsOf(schema: unknown, path = ""): string[] {
  if (typeof schema !== "object" || schema === null) {
    return [];
  }
  const { properties = {}, additionalProperties, items, anyOf = [] } = schema as JsonSchema;
  return [
    ...Object.entries(properties).flatMap(([word, part]) => {
      const below = path === "" ? word : `${path}.${word}`;
      const block = typeof part === "object" && part.properties !== undefined;
      return [...(block ? [] : [below]), ...wordsOf(part, below)];
    }),
    ...wordsOf(additionalProperties, `${path}.*`),
    ...wordsOf(items, `${path}[]`),
    ...anyOf.flatMap((option) => wordsOf(option, path)),
  ];
}

/** Words beside `deploy` are those under it. */
const oneLayout = (word: string): string =>
  /^(resources|restart_policy|update_config|rollback_config|placement)\b/.test(word)
    ? `deploy.${word}`
    : word;

describe("the table of both renderings", () => {
  const rows = renderings();

  it("has every word of a service", () => {
    const schema = z.toJSONSchema(ComposeService, { io: "input", reused: "inline" });
    const known = new Set(wordsOf(schema).map(oneLayout));
    const shown = new Set(rows.flatMap(({ words }) => words));
    const refused = ["deploy.resources.limits.pids"];
    expect([...known].filter((word) => !shown.has(word) && !refused.includes(word))).toEqual([]);
    expect([...shown].filter((word) => !known.has(word))).toEqual([]);
  });

  it("shows of each row what it changes, warns of, or refuses, in at least one of the two", () => {
    for (const { says, kubernetes, swarm } of rows) {
      const told = [kubernetes, swarm].flatMap(({ changes, warnings, refusals }) => [
        ...changes,
        ...warnings,
        ...refusals,
      ]);
      expect([says, told.length > 0]).toEqual([says, true]);
    }
  });

  it("says what the translations do", () => {
    const find = (text: string) => rows.find(({ says }) => says.join() === text);
    expect(find("deploy.update_config.parallelism: 2")).toMatchObject({
      kubernetes: { changes: ["update.maxUnavailable: 2"] },
      swarm: { changes: ["updateConfig.parallelism: 2"] },
    });
    expect(find("deploy.resources.limits.memory: 512M")).toMatchObject({
      kubernetes: { changes: ["container.resources.limits.memory: 512Mi"] },
      swarm: { changes: ["taskSpec.resources.limits.memoryBytes: 536870912"] },
    });
    expect(find('deploy.placement.constraints: ["node.id == 2ivku8v2gvtg4"]')).toMatchObject({
      kubernetes: { changes: [], refusals: [expect.stringContaining("must go")] },
      swarm: { refusals: [] },
    });
  });

  // Rewritten by `vitest run --project unit test/compose/renderings.test.ts -u`.
  it("is the one the documentation shows", async () => {
    const page = join(import.meta.dirname, "../../docs/deployment-compose.md");
    await expect(renderingsPage()).toMatchFileSnapshot(page);
  });
});

it("differences are the smallest parts that differ", () => {
  expect(differences({ a: { b: 1, c: 2 }, d: [1] }, { a: { b: 1, c: 3 }, d: [1, 2] })).toEqual([
    "a.c: 3",
    "d: [1, 2]",
  ]);
  expect(differences({ a: 1, b: 2 }, { b: 2 })).toEqual(["no a"]);
  expect(differences({}, { a: { b: "x: y" } })).toEqual(['a.b: "x: y"']);
});
