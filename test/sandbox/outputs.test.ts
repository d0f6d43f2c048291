import { describe, expect, it } from "vitest";

import { outputLines, valueLines } from "../../sandbox/commands/up.ts";

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

  it("say of a map or a list with nothing in it that there is nothing", () => {
    const outputs = { certificates: { missing: 0, lacking: {} }, records: [] };
    expect(valueLines(outputs, "")).toEqual([
      "certificates",
      "  missing: 0",
      "  lacking: none",
      "records: none",
    ]);
  });

  it("are those of the state, secrets covered, without what is the runner's own", () => {
    const sealed = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "v1:c2VjcmV0",
    };
    const outputs = { keys: [{ name: "a", key: sealed }], login: sealed, release: { commit: "b" } };
    const resources = [
      { type: "fleet:x:Y", outputs: { not: "this" } },
      { type: "pulumi:pulumi:Stack", outputs },
    ];
    expect(outputLines({ resources })).toEqual(["  keys", "    a  [secret]", "  login: [secret]"]);
    expect(outputLines({ resources: [{ type: "pulumi:pulumi:Stack" }] })).toEqual([]);
    expect(outputLines(undefined)).toEqual([]);
  });
});
