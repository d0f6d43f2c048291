/** Reads vitest's JSON report, and what it leaves out. */
import * as z from "zod";

import type { Failure, PartResult } from "./result.ts";

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(""),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.enum(["passed", "failed", "skipped", "pending", "todo", "disabled"]),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});
type File = z.infer<typeof Report>["testResults"][number];

/** What a run of vitest left behind. */
export interface VitestRun {
  /** Exit code; undefined where a signal ended it. */
  readonly code: number | undefined;
  /** The JSON report, or undefined where it was not written. */
  readonly report: string | undefined;
  /** The end of its output, for crashes. */
  readonly output: string;
}

/**
 * Failed tests of a file. One that could not be loaded or prepared is a failure of its own; why is not
 * always in the report, but it is in the output.
 */
function fileFailures(file: File, output: string): Failure[] {
  const failed = file.assertionResults
    .filter(({ status }) => status === "failed")
    .map(({ fullName, failureMessages }) => ({
      name: fullName,
      message: (failureMessages ?? []).join("\n") || "failed without a message",
    }));
  return failed.length === 0 && file.status === "failed"
    ? [{ name: file.name, message: file.message === "" ? output : file.message }]
    : failed;
}

/** Files of a report. A killed run leaves none, or half of one: then nothing ran. */
function readReport(report: string | undefined): readonly File[] {
  try {
    return Report.parse(JSON.parse(report ?? "")).testResults;
  } catch {
    return [];
  }
}

/**
 * Counts a run.
 *
 * Vitest may end with an error though no test failed (an unhandled rejection, a worker that died),
 * and may find no test at all: both are failures here.
 */
export function countVitest(
  name: string,
  seconds: number,
  { code, report, output }: VitestRun,
): PartResult {
  const files = readReport(report);
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const failures = files.flatMap((file) => fileFailures(file, output));
  const skipped = tests.filter(({ status }) => status !== "passed" && status !== "failed");
  if (tests.length === 0 && failures.length === 0) {
    failures.push({ name: "no test ran", message: output });
  } else if (code !== 0 && failures.length === 0) {
    const ending = code === undefined ? "was ended by a signal" : `ended with code ${code}`;
    failures.push({ name: `vitest ${ending} though no test failed`, message: output });
  }
  return {
    name,
    seconds,
    passed: tests.filter(({ status }) => status === "passed").length,
    failed: failures.length,
    skipped: skipped.length,
    failures: [
      ...failures,
      ...skipped.map(({ fullName }) => ({ name: fullName, message: "was skipped" })),
    ],
  };
}
