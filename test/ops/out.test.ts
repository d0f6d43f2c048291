/** The folder that OUT names: what is in the way is told before any work, and nothing of others is lost. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { beforeEach, describe, expect, it } from "vitest";

import { diffFolder, writeFolders } from "../../ops/diff/command.ts";
import { outFolder } from "../../ops/out.ts";
import { temporaryFolder } from "../tools/folders.ts";

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});

describe("the folder that OUT names", () => {
  it("is made with all above it, from the clone on", () => {
    expect(outFolder(root, "a/b/c")).toBe(join(root, "a", "b", "c"));
    expect(existsSync(join(root, "a", "b", "c"))).toBe(true);
    expect(outFolder(root, "a")).toBe(join(root, "a"));
  });

  it("is no file, and lies below none", () => {
    writeFileSync(join(root, "README.md"), "kept");
    for (const out of ["README.md", "README.md/x/y"]) {
      expect(() => outFolder(root, out)).toThrow(
        `OUT: ${join(root, "README.md")}: that is a file, not a folder\n  to mend: name a folder`,
      );
    }
    expect(readFileSync(join(root, "README.md"), "utf8")).toBe("kept");
  });

  it("is refused where the system takes no folder, and where a link leads nowhere", () => {
    symlinkSync(join(root, "gone"), join(root, "link"));
    expect(() => outFolder(root, "link")).toThrow("nothing can be written there (EEXIST)");
    // Linux alone has it; Node's own way to make a folder with all above it goes round there for ever.
    if (existsSync("/proc/self")) {
      expect(() => outFolder(root, "/proc/fleet/x")).toThrow(/^OUT: \/proc\/fleet\/x: nothing can/);
    }
  });
});

describe("the folder of a diff", () => {
  const object = { file: "a/Deployment/b.yaml", operation: "update", secrets: [] } as const;
  const texts = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"))
      .sort();

  it("has two folders, in which nothing of an earlier diff is left", () => {
    const folder = diffFolder(root, "change");
    writeFolders(folder, [{ ...object, before: "1\n", after: "2\n" }]);
    expect(texts(folder)).toEqual(["after/a/Deployment/b.yaml", "before/a/Deployment/b.yaml"]);
    writeFolders(diffFolder(root, "change"), [
      { ...object, file: "c.yaml", before: undefined, after: "3\n" },
    ]);
    expect(texts(folder)).toEqual(["after/c.yaml"]);
  });

  it.each(["before", "after"])("is no folder with somebody's own %s", (side) => {
    mkdirSync(join(root, side));
    writeFileSync(join(root, side, "mine.yaml"), "mine");
    expect(() => diffFolder(root, ".")).toThrow(
      `OUT: ${join(root, side)} is there already, and no diff has made it`,
    );
    expect(texts(root)).toEqual([`${side}/mine.yaml`]);
  });
});
