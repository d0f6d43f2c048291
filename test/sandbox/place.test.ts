import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  existingSandboxes,
  requireUsablePath,
  sandboxPlace,
  stackFile,
  stacksOf,
} from "../../sandbox/place.ts";

let clone = "";

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), "fleet-place-"));
  for (const stack of ["test", "prod"]) {
    writeFileSync(join(clone, `Pulumi.${stack}.yaml`), "config: {}\n");
  }
  writeFileSync(join(clone, "Pulumi.yaml"), "name: fleet\n");
});

afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

describe("the name of a stack", () => {
  it.each(["../prod", "a/b", "", "Test", "test ", "-test", "a".repeat(41), "..", "te$st"])(
    "is refused as %j, before it becomes part of a path, and the stacks are listed",
    (name) => {
      expect(() => sandboxPlace(name, { clone })).toThrow(
        /STACK must be .*\n.*STACK=… with one of prod, test/,
      );
    },
  );

  it("keeps everything of a sandbox in one folder", () => {
    const { lock, stack, clone: own, folder, beside, ...paths } = sandboxPlace("test", { clone });
    expect([stack, own, folder]).toEqual(["test", clone, join(clone, ".sandbox", "test")]);
    expect(beside).toBeUndefined();
    expect(Object.values(paths).filter((path) => !path.startsWith(`${folder}/`))).toEqual([]);
    // Removing the folder must not free a lock that is held.
    expect(lock.startsWith(`${folder}/`)).toBe(false);
  });

  it.each(["a;b", "a(b)", "do$lar", "ä"])("may lie in a folder named %j", (name) => {
    expect(() => {
      requireUsablePath({ folder: join("/tmp", name, ".sandbox", "test") });
    }).not.toThrow();
  });

  it.each(["my clone", 'a"clone', "anna's-clone", "a,b"])(
    "may not lie in a folder named %j, and says so",
    (name) => {
      expect(() => {
        requireUsablePath({ folder: join("/tmp", name, ".sandbox", "test") });
      }).toThrow(/no control plane starts below .*\n {2}to mend: move the clone/);
    },
  );

  it("leads to another folder where one is asked for: tests do not meet a developer's sandbox", () => {
    expect(sandboxPlace("test", { clone, root: "/elsewhere" }).folder).toBe("/elsewhere/test");
  });
});

describe("the folder of all sandboxes", () => {
  it("may hold what is no sandbox, which no command then trips over", () => {
    const root = join(clone, "sandboxes");
    for (const name of ["test", "prod", "test.bak", "Old copy"]) {
      mkdirSync(join(root, name), { recursive: true });
    }
    expect(existingSandboxes(root)).toEqual(["prod", "test"]);
    expect(existingSandboxes(join(clone, "nowhere"))).toEqual([]);
  });
});

describe("a stack's file", () => {
  it("is missed by name, with the stacks there are", () => {
    expect(stacksOf(clone)).toEqual(["prod", "test"]);
    expect(() => stackFile(sandboxPlace("tset", { clone }))).toThrow(
      /there is no stack tset: .*Pulumi\.tset\.yaml is missing\n.*is STACK=test meant\? There are prod, test/,
    );
    expect(() => stackFile(sandboxPlace("elsewhere", { clone }))).toThrow(
      /there is no stack elsewhere: .* is missing\n.*: STACK=… with one of prod, test/,
    );
  });

  it("is the stack's own, or another that is asked for and there", () => {
    const place = sandboxPlace("prod", { clone });
    const other = join(clone, "Pulumi.test.yaml");
    expect(stackFile(place)).toBe(join(clone, "Pulumi.prod.yaml"));
    expect(stackFile(place, other)).toBe(other);
    expect(() => stackFile(place, join(clone, "none.yaml"))).toThrow(/none\.yaml is missing/);
  });

  it("is the first thing to make where there is none at all", () => {
    const empty = mkdtempSync(join(clone, "empty-"));
    expect(() => stackFile(sandboxPlace("prod", { clone: empty }))).toThrow(
      /there is no stack prod: .*\n.*make new-stack NAME=… FROM=… makes one/,
    );
  });
});
