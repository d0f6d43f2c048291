/** What is read of a live stack before it is touched: its state, and what its file says of failures. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { readLiveDeployment } from "../../ops/live-state.ts";
import { onFailureOf } from "../../ops/on-failure.ts";
import { parseStackFile } from "../../ops/stack-file.ts";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "fleet-live-state-"));
});
afterEach(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe("a live stack's state", () => {
  const read = (text: string): Promise<unknown> =>
    readLiveDeployment(
      (words) => {
        writeFileSync(words.at(-1) ?? "", text);
        return Promise.resolve("");
      },
      "test",
      scratch,
    );

  test("is handed out, and left nowhere", async () => {
    expect(await read('{"version":3,"deployment":{"resources":[]}}')).toEqual({ resources: [] });
    expect(readdirSync(scratch)).toEqual([]);
  });

  test("that is none is not repeated, nor left where it was written", async () => {
    for (const text of ["canary", '{"deployment": canary', "null"]) {
      const said = await read(text).catch(String);
      expect(said).toContain("wrote nothing this version can read");
      expect(said).not.toContain("canary");
    }
    expect(readdirSync(scratch)).toEqual([]);
  });
});

describe("after a failed update", () => {
  const voting = readFileSync(resolve(import.meta.dirname, "../../Pulumi.voting.yaml"), "utf8");
  const said = (from: string, to: string) => {
    expect(voting).toContain(from);
    return onFailureOf(parseStackFile("voting", voting.replace(from, to)));
  };

  test("the last good release is put back where the stack's file says so", () => {
    expect(said("", "")).toBe("rollback");
    expect(said("fleet:onFailure: rollback", "fleet:onFailure: pause")).toBe("pause");
    expect(said("  fleet:onFailure: rollback\n", "")).toBe("pause");
  });

  test("nothing is put back by a file with faults: nobody knows what it means", () => {
    expect(said("fleet:system: voting", "fleet:system: no-such-system")).toBe("pause");
    expect(
      said("fleet:onFailure: rollback", "fleet:onFailure: rollback\n  fleet:nonsense: 1"),
    ).toBe("pause");
  });
});
