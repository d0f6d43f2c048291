/** Where a pack reads a stack's config. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";

import { isProduction } from "../../policy/production.ts";
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

describe("the config of a stack", () => {
  it("is that of its file in the clone", () => {
    file("", "shop", 1);
    expect(sizeOf("shop")).toBe(1);
    expect(sizeOf("other")).toBeUndefined();
  });

  it("is passed over for what the engine read, whatever file that was, and for its stack alone", () => {
    file("", "shop", 1);
    file("", "bank", 2);
    vi.stubEnv("PULUMI_STACK", "shop");
    vi.stubEnv("PULUMI_CONFIG", JSON.stringify({ "fleet:size": "3", "fleet:system": "shop" }));
    expect([sizeOf("shop"), sizeOf("bank")]).toEqual([3, 2]);
    expect(readEntries("shop", clone, { "fleet:system": z.string() })).toEqual({
      "fleet:system": "shop",
    });
  });

  it("is read where the engine's words are none", () => {
    file("", "shop", 1);
    vi.stubEnv("PULUMI_STACK", "shop");
    vi.stubEnv("PULUMI_CONFIG", "");
    expect(sizeOf("shop")).toBe(1);
    vi.stubEnv("PULUMI_CONFIG", "{");
    expect(sizeOf("shop")).toBeUndefined();
  });

  it("says whether the stack is production's, whatever it is called", () => {
    const is = (stack: string, environment: string): boolean => {
      writeFileSync(
        join(clone, `Pulumi.${stack}.yaml`),
        `config:\n  fleet:environment: ${environment}\n`,
      );
      return isProduction(stack, clone);
    };
    expect([is("shop-eu", "production"), is("shop-us", "staging")]).toEqual([true, false]);
    // By its name it is one, and stays it when its file is written otherwise.
    expect([is("shop-production", "staging"), isProduction("nowhere", clone)]).toEqual([
      true,
      false,
    ]);
  });

  it("leads out of no folder by a stack's name", () => {
    file("elsewhere", "shop", 3);
    expect(sizeOf("../elsewhere/shop")).toBeUndefined();
  });
});
