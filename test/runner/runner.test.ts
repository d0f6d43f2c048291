import { describe, expect, test } from "vitest";

import { totals, writeSummary } from "./result.ts";
import { countVitest } from "./vitest.ts";

const passed = { fullName: "adds", status: "passed" };
const failed = { fullName: "subtracts", status: "failed", failureMessages: ["expected 1"] };
const skipped = { fullName: "divides", status: "skipped" };

const report = (...assertionResults: object[]): string =>
  JSON.stringify({ testResults: [{ name: "a.test.ts", status: "passed", assertionResults }] });

describe("counting vitest's report", () => {
  test("counts what passed", () => {
    const run = { code: 0, report: report(passed, passed), output: "" };
    expect(countVitest("unit", 1, run)).toMatchObject({ passed: 2, failed: 0, skipped: 0 });
  });

  test("names what failed, with its message", () => {
    const { failed: count, failures } = countVitest("unit", 1, {
      code: 1,
      report: report(passed, failed),
      output: "",
    });
    expect(count).toBe(1);
    expect(failures).toEqual([{ name: "subtracts", message: "expected 1" }]);
  });

  test("a skipped test counts as failed in the end", () => {
    const result = countVitest("unit", 1, { code: 0, report: report(passed, skipped), output: "" });
    expect(totals([result])).toEqual({ passed: 1, failed: 1 });
  });

  test("an unhandled error fails the part though every test passed", () => {
    const run = { code: 1, report: report(passed), output: "Unhandled Rejection" };
    expect(countVitest("unit", 1, run)).toMatchObject({
      passed: 1,
      failed: 1,
      failures: [{ message: "Unhandled Rejection" }],
    });
  });

  test("a part that ran nothing failed", () => {
    const run = { code: 0, report: JSON.stringify({ testResults: [] }), output: "" };
    expect(countVitest("unit", 1, run)).toMatchObject({ passed: 0, failed: 1 });
    expect(countVitest("unit", 1, { ...run, report: undefined })).toMatchObject({ failed: 1 });
    expect(countVitest("unit", 1, { ...run, report: '{"testRes' })).toMatchObject({ failed: 1 });
  });

  test("a file that cannot be loaded failed", () => {
    const broken = JSON.stringify({
      testResults: [
        { name: "b.test.ts", status: "failed", message: "no module", assertionResults: [] },
      ],
    });
    const result = countVitest("unit", 1, { code: 1, report: broken, output: "" });
    expect(result.failures).toEqual([{ name: "b.test.ts", message: "no module" }]);
    const silent = broken.replace("no module", "");
    const told = countVitest("unit", 1, { code: 1, report: silent, output: "hook failed" });
    expect(told.failures).toEqual([{ name: "b.test.ts", message: "hook failed" }]);
  });
});

test("the counts are the last line", () => {
  const part = { name: "unit", seconds: 1, passed: 3, failed: 0, skipped: 1, failures: [] };
  expect(
    writeSummary([part, { ...part, passed: 1, skipped: 0 }])
      .split("\n")
      .at(-1),
  ).toBe("4 passed, 1 failed");
});
