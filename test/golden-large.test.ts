/** The larger committed stacks as golden files of digests: which resources a change reaches. */
import { describe, expect, test } from "vitest";

import { secretsIn } from "../policy/graph/secrets.ts";
import { writeDigests, writeGolden } from "./golden.ts";
import { largeStacks, renderedOnce } from "./rendered.ts";

describe.each(largeStacks)("stack %s", (stack) => {
  test("asks the engine for what its golden file lists, and shows no secret", async () => {
    const rendered = await renderedOnce(stack);
    expect(secretsIn(writeGolden(stack, rendered), rendered.secrets)).toEqual([]);
    await expect(writeDigests(stack, rendered)).toMatchFileSnapshot(`golden/${stack}.txt`);
  });
});
