import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { hasTest } from "./test-titles.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-titles-"));
const file = join(root, "test", "some.test.ts");

const source = `
import { cases } from "./cases.ts";
import { render } from "../rendered.ts";

describe("an update", () => {
  it("waits", () => undefined);
  it.each<[string]>([["by Recreate"], [{ not: "a text" }]])("goes %s, 1+1 (as written)", () => {
    expect("a text that is no title").toBe("");
  });
  it.runIf(linux)("ends", async () => undefined);
});

describe.each(cases)("$name", () => {
  test.each([1, 5_000])("has %i pods", () => undefined);
});
`;

beforeAll(() => {
  mkdirSync(join(root, "test"));
  writeFileSync(file, source);
  writeFileSync(join(root, "test", "cases.ts"), `export const cases = [{ name: "a stack" }];`);
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe("a file's tests", () => {
  it.each([
    "an update › waits",
    "an update › ends",
    "an update › goes by Recreate, 1+1 (as written)",
    "an update › goes %s, 1+1 (as written)",
    "a stack › has 5000 pods",
    "$name › has 1 pods",
  ])("are found by their titles, cases filled in or not: %s", (title) => {
    expect(hasTest(file, title)).toBe(true);
  });

  it.each([
    ["of another name", "an update › waited"],
    ["without the block around it", "waits"],
    ["in another block", "a stack › waits"],
    ["that is a block", "an update"],
    ["of a case there is not", "an update › goes by Rolling, 1+1 (as written)"],
    ["of a block there is not", "another stack › has 1 pods"],
    ["of a number there is not", "a stack › has 2 pods"],
    ["whose frame was changed", "an update › went by Recreate, 1+1 (as written)"],
    ["that is another text", "an update › a text that is no title"],
  ])("are not found where the page names one %s", (_, title) => {
    expect(hasTest(file, title)).toBe(false);
  });
});
