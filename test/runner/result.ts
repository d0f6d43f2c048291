/** What a part of the test run gives, and how the whole is told. */

/** A test that did not pass. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** Result of one part. */
export interface PartResult {
  readonly name: string;
  readonly seconds: number;
  readonly passed: number;
  /** Tests that failed, crashes of the runner, and a part that ran nothing. */
  readonly failed: number;
  /** Tests that did not run. They count as failed in the end: a skipped test proves nothing. */
  readonly skipped: number;
  readonly failures: readonly Failure[];
}

/** Counts over all parts: what did not run did not pass. */
export function totals(results: readonly PartResult[]): { passed: number; failed: number } {
  const sum = (count: (result: PartResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed, skipped }) => failed + skipped),
  };
}

/** One line about a part. */
export function writePart({ name, seconds, passed, failed, skipped }: PartResult): string {
  const verdict = failed + skipped === 0 ? "passed" : "FAILED";
  const more = skipped === 0 ? "" : `, ${skipped} skipped`;
  return `${verdict}  ${name.padEnd(16)} ${seconds.toFixed(1).padStart(6)} s  ${passed} passed, ${failed} failed${more}`;
}

/**
 * The end of a run: failures with their messages, a line for each part, and the counts in the last
 * line, which pipelines read.
 */
export function writeSummary(results: readonly PartResult[]): string {
  const failures = results.flatMap((result) =>
    result.failures.map(
      ({ name, message }) => `✗ ${result.name}: ${name}\n${indent(message.trim())}\n`,
    ),
  );
  const { passed, failed } = totals(results);
  return ["", ...failures, ...results.map(writePart), `${passed} passed, ${failed} failed`].join(
    "\n",
  );
}

const indent = (text: string): string =>
  text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
