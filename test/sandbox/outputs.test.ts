import { describe, expect, it } from "vitest";

import { valueLines } from "../../sandbox/commands/up.ts";

describe("a stack's outputs at the end of up", () => {
  it("stand in few lines: flat entries of a list on one each", () => {
    const outputs = {
      endpoints: [
        { kind: "http", name: "ar", url: "http://ar" },
        { kind: "udp", name: "ar", url: "udp://ar:30178" },
      ],
      hosts: { ar: "ar.skywire.dev" },
      records: ["a", "b"],
      empty: null,
      nested: [{ a: { b: 1 } }],
    };
    expect(valueLines(outputs, "  ")).toEqual([
      "  endpoints",
      "    http  ar  http://ar",
      "    udp  ar  udp://ar:30178",
      "  hosts",
      "    ar: ar.skywire.dev",
      "  records",
      "    a",
      "    b",
      "  empty: null",
      "  nested",
      "    a",
      "      b: 1",
    ]);
  });
});
