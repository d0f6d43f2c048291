/** Node's cache of compiled programs: what is taken out of it, what stays, and that nobody at work is harmed. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { boundCompileCache } from "../../tools/lib/compile-cache.mjs";
import { whileWaiting } from "../../tools/lib/process.mjs";
import { temporaryFolder } from "./folders.ts";

const day = 24 * 60 * 60 * 1000;
const node = "v24.21.0-x64-964aae3f-1000";
const bounds = { most: 6, left: 4, idleDays: 14 };
const never = (): AbortSignal => new AbortController().signal;

/** A cache with entries that were used last so many days ago; each is called after its days. */
function cacheOf(days: readonly number[], folder = join(temporaryFolder(), "node-compile")) {
  mkdirSync(join(folder, node), { recursive: true });
  for (const idle of days) {
    const used = new Date(Date.now() - idle * day);
    const path = join(folder, node, `${idle}`);
    writeFileSync(path, "compiled");
    utimesSync(path, used, used);
  }
  return folder;
}

const left = (folder: string): number[] =>
  readdirSync(join(folder, node))
    .map(Number)
    .sort((one, other) => one - other);

describe("entries of the compile cache", () => {
  it("go when nobody has used them for long", async () => {
    const folder = cacheOf([0, 13, 15, 40]);
    await boundCompileCache(folder, never(), bounds);
    expect(left(folder)).toEqual([0, 13]);
  });

  it("count as used when they were read, though written long ago", async () => {
    const folder = cacheOf([1]);
    const path = join(folder, node, "read");
    writeFileSync(path, "compiled");
    utimesSync(path, new Date(), new Date(Date.now() - 90 * day));
    await boundCompileCache(folder, never(), bounds);
    expect(readdirSync(join(folder, node)).sort()).toEqual(["1", "read"]);
  });

  it("go where there are too many, the longest idle ones, to fewer than the bound", async () => {
    const folder = cacheOf([0, 1, 2, 3, 4, 5, 6]);
    await boundCompileCache(folder, never(), bounds);
    expect(left(folder)).toEqual([0, 1, 2, 3]);
  });

  it("are bounded over all Nodes together, whose folders go when they are empty", async () => {
    const folder = cacheOf([0, 1, 2, 3, 4]);
    const older = join(folder, "v22.18.0-x64-0d9eb32f-1000");
    mkdirSync(older);
    for (const idle of [8, 9]) {
      const used = new Date(Date.now() - idle * day);
      writeFileSync(join(older, `${idle}`), "compiled");
      utimesSync(join(older, `${idle}`), used, used);
    }
    await boundCompileCache(folder, never(), bounds);
    expect(left(folder)).toEqual([0, 1, 2, 3]);
    expect(existsSync(older)).toBe(false);
  });

  it("are looked at once a day while they are few", async () => {
    const folder = cacheOf([0]);
    await boundCompileCache(folder, never(), bounds);
    cacheOf([20], folder);
    await boundCompileCache(folder, never(), bounds);
    expect(left(folder)).toEqual([0, 20]);
    const yesterday = new Date(Date.now() - 1.1 * day);
    utimesSync(join(folder, ".looked-at"), yesterday, yesterday);
    await boundCompileCache(folder, never(), bounds);
    expect(left(folder)).toEqual([0]);
  });

  it("stay where somebody has other things in the folder", async () => {
    const folder = cacheOf([30]);
    mkdirSync(join(folder, "notes"));
    writeFileSync(join(folder, "notes", "old"), "");
    utimesSync(join(folder, "notes", "old"), 0, 0);
    await boundCompileCache(folder, never(), bounds);
    expect(existsSync(join(folder, "notes", "old"))).toBe(true);
  });

  it("are nobody's where there is no cache", async () => {
    const folder = join(temporaryFolder(), "none");
    await boundCompileCache(folder, never(), bounds);
    expect(existsSync(folder)).toBe(false);
  });
});

describe("the bound", () => {
  it("is kept by several at once, none of whom is harmed by another", async () => {
    const folder = cacheOf(Array.from({ length: 500 }, (_, index) => index / 100));
    const all = [1, 2, 3, 4].map(() => boundCompileCache(folder, never(), bounds));
    await Promise.all(all);
    expect(left(folder)).toEqual([0, 0.01, 0.02, 0.03]);
  });

  it("waits for another time where it is stopped", async () => {
    const folder = cacheOf([20, 30]);
    await boundCompileCache(folder, AbortSignal.abort(), bounds);
    expect(left(folder)).toEqual([20, 30]);
    await boundCompileCache(folder, never(), bounds);
    expect(existsSync(join(folder, node))).toBe(false);
  });

  it("takes nothing from a Node but the time to compile: its entries are made anew", async () => {
    const home = temporaryFolder();
    const folder = join(home, "node-compile");
    const program = join(home, "program.mjs");
    writeFileSync(program, "export const answer = () => 42; console.log(answer());\n");
    const run = () =>
      spawnSync(process.execPath, [program], {
        env: { ...process.env, NODE_COMPILE_CACHE: folder },
        encoding: "utf8",
      }).stdout;
    const entries = () =>
      readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
        (one) => one.isFile() && !one.name.startsWith("."),
      ).length;
    expect(run()).toBe("42\n");
    expect(entries()).toBe(1);
    await boundCompileCache(folder, never(), { most: 0, left: 0, idleDays: 14 });
    expect(entries()).toBe(0);
    expect(run()).toBe("42\n");
    expect(entries()).toBe(1);
  });
});

describe("a chore beside a command", () => {
  /** A command that ends when it is told to. */
  const command = () => Promise.withResolvers<number>();

  it("is done while the command runs, which need not wait for it", async () => {
    const { promise, resolve } = command();
    const result = whileWaiting(promise, () => {
      resolve(3);
      return Promise.resolve();
    });
    await expect(result).resolves.toBe(3);
    const failed = whileWaiting(Promise.reject(new Error("ended badly")), () => Promise.resolve());
    await expect(failed).rejects.toThrow("ended badly");
  });

  it("is stopped when the command ends", async () => {
    const { promise, resolve } = command();
    const result = whileWaiting(
      promise,
      (signal) =>
        new Promise((done) => {
          signal.addEventListener("abort", () => {
            done();
          });
          resolve(0);
        }),
    );
    await expect(result).resolves.toBe(0);
  });

  it("takes nothing from the command's end where it fails", async () => {
    const { promise, resolve } = command();
    const result = whileWaiting(promise, () => {
      resolve(1);
      return Promise.reject(new Error("a folder of somebody else's"));
    });
    await expect(result).resolves.toBe(1);
  });
});
