/** What drift ends with: an alarm, or information where people may change things by hand. */
import type { Report, StackReport } from "../../review/model.ts";
import { readStackFile } from "../stack-file.ts";

/** Whether a stack's file says `fleet:environment: test`; one that cannot be read says nothing. */
export function isTestStack(root: string, stack: string): boolean {
  try {
    return readStackFile(root, stack).config["fleet:environment"] === "test";
  } catch {
    return false;
  }
}

/**
 * A report that nothing but drift was asked for, with the exit code that says so: 0 none, 2 some in test
 * environments alone, 3 some elsewhere, 1 where a world did not answer.
 *
 * @param isTest Whether things may be changed by hand in a stack: its file says `fleet:environment: test`.
 */
export function judgeDrift(report: Report, isTest: (stack: string) => boolean): Report {
  const codes = report.stacks.map((stack) => codeOf(stack, isTest(stack.stack)));
  const found = ([1, 3, 2] as const).find((code) => codes.includes(code)) ?? 0;
  const exitCode = report.verdict.exitCode === 1 ? 1 : found;
  const line = report.stacks
    .map(({ drift, outcome, stack }) =>
      outcome === "failed" ? `${stack}: drift not known` : `${stack}: ${drift.line}`,
    )
    .join("; ");
  // The program was not asked, and so no rule was: only what could hide drift is missing.
  const stacks = report.stacks.map((stack) => ({
    ...stack,
    missing: stack.missing.filter(({ hides }) => hides),
  }));
  return { ...report, stacks, verdict: { ...report.verdict, line, exitCode } };
}

function codeOf({ drift, outcome }: StackReport, isTest: boolean): number {
  switch (outcome === "failed" ? "failed" : drift.state) {
    case "none":
      return 0;
    case "drifted":
      return isTest ? 2 : 3;
    case "failed":
    case "not-asked":
      return 1;
  }
}
