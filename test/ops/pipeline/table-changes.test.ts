/** What a change does to the table of stacks, which no preview shows. */
import { describe, expect, test } from "vitest";

import { tableChanges } from "../../../ops/pipeline/table-changes.ts";

describe("the table of stacks", () => {
  const prod = { branch: "master", update: "reviewed", drift: "nightly" } as const;
  const test_ = { branch: "develop", update: "push", drift: "nightly" } as const;
  const before = JSON.stringify({ prod, test: test_ });

  test("as it was says nothing, nor does one that is new, or a stack that is", () => {
    expect(tableChanges(before, { prod, test: test_ })).toEqual([]);
    expect(tableChanges(undefined, { prod })).toEqual([]);
    expect(tableChanges(before, { prod, test: test_, more: test_ })).toEqual([]);
  });

  test("tells a stack whose file goes, or has another name", () => {
    const changes = tableChanges(before, { production: prod, test: test_ });
    expect(changes).toMatchObject([{ stack: "prod", what: "what becomes of prod", hides: false }]);
    expect(changes[0]?.why).toContain("nothing of it is destroyed");
  });

  test("tells a stack that is updated without a review from then on, or from another branch", () => {
    const loose = { ...prod, branch: "feature", update: "push" } as const;
    expect(tableChanges(before, { prod: loose, test: test_ }).map(({ why }) => why)).toEqual([
      ".github/stacks.json, branch: master -> feature",
      ".github/stacks.json, update: reviewed -> push",
    ]);
  });

  test("that cannot be read is told", () => {
    expect(tableChanges("{", { prod })).toMatchObject([
      { why: "that of the base could not be read", hides: false },
    ]);
    expect(tableChanges('{"prod":{}}', { prod })).toHaveLength(1);
  });
});
