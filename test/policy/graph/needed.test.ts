/**
 * The network policies of the committed stacks let through just what their objects need, and what is
 * known to be needed beside (needed.ts). What they refuse and should not is the rules' to find.
 */
import { beforeAll, describe, expect, test } from "vitest";

import { unneededCalls } from "../../../policy/graph/flows.ts";
import { graphOf } from "../../../policy/graph/graph.ts";
import { onlyLarge, renderedOnce, type Stack, stacks } from "../../rendered.ts";
import { stackOf } from "../stack-resources.ts";
import { knownCalls } from "./needed.ts";
import { policy, town } from "./town.ts";

/** The larger ones are another project's of vitest.config.ts. */
const chosen = process.env["FLEET_TEST_STACKS"] === "large" ? onlyLarge : stacks;

describe("policies of the stacks", () => {
  const calls = new Map<Stack, readonly string[]>();
  beforeAll(async () => {
    for (const stack of chosen) {
      const { world } = graphOf(stackOf(stack, await renderedOnce(stack)));
      calls.set(stack, unneededCalls(world));
    }
  });

  test.each(chosen)("let through nothing in %s that nobody needs", (stack) => {
    const known = knownCalls.filter(({ stacks: named }) => named.includes(stack));
    const open = calls.get(stack) ?? [];
    expect(open.filter((call) => !known.some((one) => one.calls.test(call)))).toEqual([]);
  });

  test("need every exception, in each stack it names", () => {
    const stale = knownCalls.flatMap(({ stacks: named, calls: pattern }) =>
      named
        .filter((stack) => chosen.some((one) => one === stack))
        .filter((stack) => !(calls.get(stack as Stack) ?? []).some((call) => pattern.test(call)))
        .map((stack) => `${stack}: ${pattern.source}`),
    );
    expect(stale).toEqual([]);
  });
});

test("a door that nobody needs is found", () => {
  const needed = unneededCalls(graphOf(town()).world);
  const wide = town({ storePolicy: policy("shop", "store", [{}], []) });
  const more = unneededCalls(graphOf(wide).world).filter((call) => !needed.includes(call));
  expect(more).toContain("internet -> shop/store TCP 6379");
  expect(more).not.toContain("shop/web -> shop/store TCP 6379");
});
