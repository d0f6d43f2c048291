import { describe, expect, test } from "vitest";

import { sideBySide } from "./side-by-side.ts";

const gibibyte = 2 ** 30;

describe("tests side by side", () => {
  test.each([
    { cores: 1, gibibytes: 4, parts: 2, files: 3 },
    { cores: 2, gibibytes: 24, parts: 2, files: 3 },
    { cores: 8, gibibytes: 64, parts: 4, files: 9 },
    // More files than memory would be killed, each in the middle of its control planes.
    { cores: 16, gibibytes: 24, parts: 8, files: 6 },
  ])("are $files files on $cores cores with $gibibytes GiB", ({ cores, gibibytes, ...wanted }) => {
    expect(sideBySide({ cores, bytes: gibibytes * gibibyte })).toEqual(wanted);
  });
});
