/**
 * Rendered objects of every stack before Checkov. What is not followed is listed with its reason; a
 * reason that nothing needs any more fails the test.
 */
import { beforeAll, describe, expect, test } from "vitest";

import { checkov, type CheckovFinding, type CheckovReport } from "./checkov.ts";
import { exceptions } from "./checkov.exceptions.ts";
import { judgedStacks, renderJudged } from "./stacks.ts";

const excepted = ({ check, object }: CheckovFinding): number =>
  exceptions.findIndex((one) => one.check === check && one.objects.test(object));

describe("Checkov", () => {
  let report: CheckovReport;
  const objects = new Map<string, readonly object[]>();
  beforeAll(async () => {
    for (const stack of judgedStacks) {
      objects.set(stack, (await renderJudged(stack)).world.objects);
    }
    report = await checkov(objects);
  }, 900_000);

  test.each(judgedStacks)("finds nothing in %s that has no reason", (stack) => {
    const open = report.findings
      .filter((finding) => finding.stack === stack && excepted(finding) < 0)
      .map(({ check, asks, object }) => `${check} ${object}: ${asks}`);
    expect(open).toEqual([]);
  });

  test("looks at every object, and leaves no check out", () => {
    const { passed, skipped, parsing_errors: errors, resource_count: count } = report.summary;
    const all = [...objects.values()].reduce((sum, one) => sum + one.length, 0);
    expect({ skipped, errors }).toEqual({ skipped: 0, errors: 0 });
    expect(passed).toBeGreaterThan(2 * all);
    // Pods of controllers are counted beside them.
    expect(count).toBeGreaterThanOrEqual(all);
  });

  test("needs every exception", () => {
    const used = new Set(report.findings.map(excepted));
    const stale = exceptions.filter((_, index) => !used.has(index));
    expect(stale.map((one) => `${one.check} ${one.objects.source}`)).toEqual([]);
  });
});
