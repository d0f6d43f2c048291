/** What drift by itself is worth: an alarm, or information. Pure. */
import type { Report, StackReport, Verdict } from "../../review/model.ts";
import type { StackFile } from "../stack-file.ts";

/**
 * Whether drift of a stack is nobody's mistake: only where its file says that it is a test environment,
 * which people may change by hand.
 */
export function mayDrift({ config }: StackFile): boolean {
  return config["fleet:environment"] === "test";
}

/** The report of what has drifted, nothing else having been asked. */
export function driftReport(report: Report, isAllowed: (stack: string) => boolean): Report {
  const codes = report.stacks.map((stack) => codeOf(stack, isAllowed(stack.stack)));
  const exitCode = ([1, 3, 2] as const).find((code) => codes.includes(code)) ?? 0;
  const line = report.stacks
    .map(({ drift, outcome, stack }) =>
      outcome === "failed" ? `${stack}: drift not known` : `${stack}: ${drift.line}`,
    )
    .join("; ");
  return { ...report, verdict: { ...report.verdict, line, exitCode } };
}

function codeOf({ drift, missing, outcome }: StackReport, isAllowed: boolean): Verdict["exitCode"] {
  if (outcome === "failed" || missing.some(({ hides }) => hides)) {
    return 1;
  }
  switch (drift.state) {
    case "none":
      return 0;
    case "drifted":
      return isAllowed ? 2 : 3;
    case "failed":
    case "not-asked":
      return 1;
  }
}
