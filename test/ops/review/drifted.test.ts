/** What a nightly look for drift ends with. */
import { expect, test } from "vitest";

import { judgeDrift } from "../../../ops/review/drifted.ts";
import type { Drift, Report } from "../../../review/model.ts";
import { quietStack } from "../../review/render/sample.ts";

type States = readonly (readonly [string, Drift["state"]])[];

const report = (...states: States): Report => ({
  format: 1,
  verdict: { line: "", exitCode: 0, risky: [] },
  stacks: states.map(([name, state]) => ({
    ...quietStack(name),
    outcome: "unchanged",
    drift: { state, items: [], line: "" },
  })),
  groups: [],
  parity: [],
  missing: [],
  provenance: { time: "2026-11-21T00:00:00Z" },
  fingerprint: "",
});

const code = (...states: States): number =>
  judgeDrift(report(...states), (name) => name === "test").verdict.exitCode;

test("drift is information in a test environment, and an alarm everywhere else", () => {
  expect(code(["test", "none"], ["prod", "none"])).toBe(0);
  expect(code(["test", "drifted"], ["prod", "none"])).toBe(2);
  expect(code(["test", "none"], ["prod", "drifted"])).toBe(3);
  expect(code(["test", "drifted"], ["prod", "drifted"])).toBe(3);
});

test("a world that did not answer is a failure, whatever else there is", () => {
  expect(code(["test", "failed"], ["prod", "drifted"])).toBe(1);
});

test("a report that is not whole stays a failure", () => {
  const broken = { ...report(["test", "none"]) };
  const verdict = { ...broken.verdict, exitCode: 1 as const };
  expect(judgeDrift({ ...broken, verdict }, () => true).verdict.exitCode).toBe(1);
});
