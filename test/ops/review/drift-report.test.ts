/** What drift is worth: an alarm wherever nobody said that people may change things by hand. */
import { describe, expect, test } from "vitest";

import { judgeDrift } from "../../../ops/review/drifted.ts";
import { reportOf } from "../../../ops/review/report.ts";
import type { Report, StackReport } from "../../../review/model.ts";

const maker = { engine: "v3", reproduce: (stack: string) => `make live-drift STACK=${stack}` };

/** Reports of stacks that drifted as told. */
function reportWith(states: Readonly<Record<string, StackReport["drift"]["state"]>>): Report {
  const previews = Object.keys(states).map((stack) => ({
    ...{ stack, against: "live" as const, code: 0, events: undefined, missing: [], secrets: [] },
  }));
  const report = reportOf(previews, {}, maker);
  return {
    ...report,
    stacks: report.stacks.map((stack) => ({
      ...stack,
      drift: { ...stack.drift, state: states[stack.stack] ?? "none", line: "2 drifted" },
    })),
  };
}

const codeOf = (report: Report): number =>
  judgeDrift(report, (stack) => stack === "test").verdict.exitCode;

describe("drift", () => {
  test.each([
    [{ test: "none", prod: "none" }, 0],
    [{ test: "drifted", prod: "none" }, 2],
    [{ test: "none", prod: "drifted" }, 3],
    [{ test: "drifted", prod: "drifted" }, 3],
    [{ test: "failed", prod: "drifted" }, 1],
    [{ prod: "not-asked" }, 1],
  ] as const)("%j ends with %i", (states, code) => {
    const report = reportWith(states);
    expect(report.stacks.map(({ outcome }) => outcome)).not.toContain("failed");
    expect(codeOf(report)).toBe(code);
  });

  test("of a stack that could not be asked ends with 1, whatever else there is", () => {
    const failed = reportOf(
      [
        {
          ...{
            stack: "prod",
            against: "live",
            code: 1,
            events: undefined,
            missing: [],
            secrets: [],
          },
          failure: "no stack named 'prod' found",
        },
      ],
      {},
      maker,
    );
    expect(codeOf(failed)).toBe(1);
    expect(JSON.stringify(failed)).toContain("no stack named 'prod' found");
  });
});
