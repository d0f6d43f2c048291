/** What is said of an update that failed. */
import { expect, test } from "vitest";

import { stacksNotUp, tellingErrors } from "../../sandbox/commands/view.ts";
import type { UpdateResult } from "../../sandbox/engine.ts";
import type { Problem } from "../../sandbox/progress.ts";

const told = (errors: readonly Problem[], stuck: readonly string[]): readonly Problem[] =>
  tellingErrors({ outcome: { errors } } as UpdateResult, stuck);

test("what the end of a stuck update has cut short is no error of its own", () => {
  const job = { resource: "Job patch", message: "BackoffLimitExceeded" };
  const cut = { resource: "Chart x", message: "failed to run remediation: context canceled" };
  expect(told([job, cut], ["  ! Job patch has stalled"])).toEqual([job]);
  // What the engine waited for ends with the same words, and is what the user is to look at.
  const waited = { resource: "Deployment vote", message: "was not created: context canceled" };
  expect(told([waited, cut], ["  ! Deployment vote has stalled"])).toEqual([waited]);
  // Nobody has ended it: then it is news.
  expect(told([job, cut], [])).toEqual([job, cut]);
});

test("a stack that is read and was never brought up is named once", () => {
  const unknown = (stack: string): Problem => ({
    resource: `StackReference ${stack}`,
    message: `Preview failed: unknown stack "organization/fleet/${stack}"`,
  });
  const all = [unknown("spacemesh-mini"), unknown("mine"), unknown("mine")];
  expect(stacksNotUp(all)).toEqual(["spacemesh-mini", "mine"]);
  expect(stacksNotUp([{ resource: "", message: "unknown stack kind" }])).toEqual([]);
});
