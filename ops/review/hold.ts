/** The preview before an update that was reviewed, and what it says. */
import { CommandError } from "../command.ts";
import type { StackFile } from "../stack-file.ts";
import { brokenRules, compareReports, describeComparison, readReviewed } from "./bound.ts";
import { makeReport } from "./command.ts";
import { withScratch } from "../scratch.ts";

/**
 * Previews a live stack and holds that against a reviewed report.
 *
 * @param path Of the report's `report.json`.
 * @throws CommandError where either of them tells nothing to compare.
 */
export async function holdAgainst(
  root: string,
  { stack }: StackFile,
  path: string,
): Promise<{ readonly lines: readonly string[]; readonly stops: boolean }> {
  const reviewed = readReviewed(path, stack);
  const request = { root, stack, target: "live", drift: false, change: true } as const;
  const report = await withScratch({ of: "review" }, (scratch) =>
    makeReport({ ...request, environment: process.env }, scratch),
  );
  const now = report.stacks.find((one) => one.stack === stack);
  if (now === undefined) {
    throw new CommandError(`the preview before the update says nothing of ${stack}`);
  }
  const comparison = compareReports(now, reviewed);
  const broken = brokenRules(now);
  return {
    lines: [...describeComparison(comparison, reviewed), ...broken],
    stops: comparison.stops || broken.length > 0,
  };
}
