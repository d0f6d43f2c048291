/**
 * Every rule of the pack over production as it could be made by its config: what is excepted of
 * production is excepted of these. Committed stacks are in test/policy/stacks.test.ts.
 */
import { describe, expect, test } from "vitest";

import { exceptions } from "../../policy/exceptions.ts";
import { judgeStack, labelOf } from "../../policy/judge.ts";
import { rules } from "../../policy/rules.ts";
import { stackOf } from "../policy/stack-resources.ts";
import { type Rendered, stacks } from "../rendered.ts";
import { judgedStacks, renderJudged } from "./stacks.ts";

const variants = judgedStacks.filter((name) => !stacks.some((stack) => stack === name));

describe.each(variants)("%s", (variant) => {
  test("keeps to every rule", async () => {
    const stack = stackOf("prod", (await renderJudged(variant)) as Rendered);
    const told = rules.flatMap((rule) => {
      const { findings, untold } = judgeStack(rule, stack, exceptions);
      return [...findings, ...untold].map(
        ({ urn, message }) => `${rule.name}: ${labelOf(urn)}: ${message}`,
      );
    });
    expect(told).toEqual([]);
  });
});
