/** Which file a pack reads what it is not told from. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";

import { readEntries } from "../../policy/stack-file.ts";

let clone = "";
const file = (folder: string, stack: string, size: number): string => {
  const path = join(clone, folder, `Pulumi.${stack}.yaml`);
  mkdirSync(join(clone, folder), { recursive: true });
  writeFileSync(path, `config:\n  fleet:size: ${size}\n`);
  return path;
};
const sizeOf = (stack: string): number | undefined =>
  readEntries(stack, clone, { "fleet:size": z.number() })?.["fleet:size"];

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "fleet-stack-file-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(clone, { recursive: true, force: true });
});

describe("the file of a stack", () => {
  it("is the clone's", () => {
    file("", "shop", 1);
    expect(sizeOf("shop")).toBe(1);
    expect(sizeOf("other")).toBeUndefined();
  });

  it("is the one that the engine was given instead, for its stack alone", () => {
    file("", "shop", 1);
    file("", "bank", 2);
    vi.stubEnv("FLEET_STACK_FILE", file("elsewhere", "shop", 3));
    expect([sizeOf("shop"), sizeOf("bank")]).toEqual([3, 2]);
    vi.stubEnv("FLEET_STACK_FILE", join("elsewhere", "Pulumi.shop.yaml"));
    expect(sizeOf("shop")).toBe(3);
  });

  it("leads out of no folder by a stack's name", () => {
    file("elsewhere", "shop", 3);
    expect(sizeOf("../elsewhere/shop")).toBeUndefined();
  });
});
