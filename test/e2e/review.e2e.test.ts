/**
 * The prepared change set of test/review/ under the real engine, run anew: that the log which the golden
 * files were made from is one that the engine would still write.
 *
 * Proves: engine, SDK, Kubernetes provider and policy pack, and what is read of their events. Not: a
 * cluster's answers, which a state without one stands for (sandbox/render/).
 */
import { expect, test } from "vitest";

import type { Report, StackReport } from "../../review/model.ts";
import { canaries } from "../review/prepared/program.ts";
import { record } from "../review/prepared/record.ts";
import { preparedReport, recorded } from "../review/prepared/report.ts";

/** What changes, without what a run or the pack's next version has of its own. */
const told = ({ stacks, groups, parity, verdict }: Report): unknown => ({
  stacks: stacks.map(
    ({ stack, outcome, counts, items, ripple, totals, outputs, missing }: StackReport) => ({
      ...{ stack, outcome, counts, items, ripple, totals, outputs, missing },
    }),
  ),
  groups,
  parity,
  verdict,
});

test("the engine still tells the prepared change set as it is recorded", async () => {
  const logs = await record();
  expect(told(preparedReport(logs))).toEqual(told(preparedReport(recorded())));
  for (const canary of canaries) {
    expect(`${logs.changed}${logs.unchanged}`).not.toContain(canary);
  }
});
