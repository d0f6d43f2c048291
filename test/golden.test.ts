/**
 * The committed stacks as golden files: a change to a component shows what it does to each stack.
 * `make golden` rewrites them; review reads the difference. The direct assertions are in
 * stacks.test.ts.
 */
import { beforeAll, describe, expect, test } from "vitest";

import { allowedCalls } from "../policy/graph/policies.ts";
import { secretsIn } from "../policy/graph/secrets.ts";
import { writeGolden } from "./golden.ts";
import { cloudStacks, type Rendered, renderedOnce, stacks } from "./rendered.ts";

describe.each(stacks)("stack %s", (stack) => {
  let rendered: Rendered;
  beforeAll(async () => {
    rendered = await renderedOnce(stack);
  });

  test("asks the engine for what its golden file shows", async () => {
    const golden = writeGolden(stack, rendered);
    expect(secretsIn(golden, rendered.secrets)).toEqual([]);
    await expect(golden).toMatchFileSnapshot(`golden/${stack}.yaml`);
  });

  test("lets through the calls that its golden file lists, and no other", async () => {
    const lines = allowedCalls(rendered.world).join("\n");
    await expect(`${lines}\n`).toMatchFileSnapshot(`golden/${stack}.calls.txt`);
  });
});

describe.each(cloudStacks)("stack %s", (stack) => {
  test("asks the engine for what its golden file shows", async () => {
    const rendered = await renderedOnce(stack);
    expect(rendered.world.objects).toEqual([]);
    await expect(writeGolden(stack, rendered)).toMatchFileSnapshot(`golden/${stack}.yaml`);
  });
});
