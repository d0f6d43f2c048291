/** Every rule over the stack that has a second target, as it is rendered for a swarm. */
import { expect, test } from "vitest";

import { exceptions } from "../../policy/exceptions.ts";
import { judgeStack, labelOf } from "../../policy/judge.ts";
import { rules } from "../../policy/rules.ts";
import { renderOnSwarm } from "../voting/stack.ts";
import { stackOf } from "./stack-resources.ts";

const name = "voting";

test("on a swarm, too, the stack keeps to every rule, and needs each exception that is for it there", async () => {
  const stack = stackOf(name, (await renderOnSwarm()) as Parameters<typeof stackOf>[1]);
  const verdicts = rules.map((rule) => judgeStack(rule, stack, exceptions));
  const told = verdicts.flatMap(({ findings }) =>
    findings.map(({ urn, message }) => `${labelOf(urn)}: ${message}`),
  );
  expect(told).toEqual([]);
  const used = verdicts.flatMap(({ allowed }) => allowed.map(({ exception }) => exception));
  const own = exceptions.filter((one) => one.stacks.includes(name) && one.option === "target");
  expect(own.length).toBeGreaterThan(0);
  expect(own.filter((one) => !used.includes(one))).toEqual([]);
});
