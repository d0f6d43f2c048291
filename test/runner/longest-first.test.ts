import { globSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { longest, longestFirst } from "./longest-first.ts";

const folder = join(import.meta.dirname, "..");

test.each(longest)("%s is a file of tests: one of another name would begin last", (name) => {
  expect(globSync(`${name}.{e2e.test,test}.ts`, { cwd: folder })).toHaveLength(1);
});

test("files that take minutes begin before the others, which stay in their order", () => {
  const file = (name: string): { moduleId: string } => ({
    moduleId: `/a/test/${name}.e2e.test.ts`,
  });
  const files = ["e2e/watch", "e2e/voting", "e2e/rollback-store", "e2e/pipeline", "e2e/lke"];
  const order = ["e2e/pipeline", "e2e/voting", "e2e/watch", "e2e/rollback-store", "e2e/lke"];
  expect(longestFirst(files.map(file))).toEqual(order.map(file));
});
