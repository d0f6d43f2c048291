import { expect, test } from "vitest";

import { counted } from "../../ops/counted.ts";

test.each([
  [0, "pool", "0 pools"],
  [1, "pool", "1 pool"],
  [2, "pool", "2 pools"],
  [1, "FAULT", "1 FAULT"],
  // The column of results is in capitals.
  [2, "FAULT", "2 FAULTS"],
])("%i of %s is told as %s", (number, what, told) => {
  expect(counted(number, what)).toBe(told);
});
