import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { clone } from "../rendered.ts";

const pages = [
  "README.md",
  ...readdirSync(join(clone, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

const read = (page: string): string => readFileSync(join(clone, page), "utf8");

/** What stands in code on a page, single words and whole blocks. */
function code(page: string): string[] {
  return [...read(page).matchAll(/```[a-z]*\n([^]*?)```|`([^`\n]+)`/g)].map(
    ([, block, words]) => block ?? words ?? "",
  );
}

/** Targets that a Makefile declares. */
function makeTargets(): Set<string> {
  const makefile = readFileSync(join(clone, "Makefile"), "utf8");
  return new Set([...makefile.matchAll(/^([a-z][a-z-]*):/gm)].map(([, name]) => name ?? ""));
}

/** Folders of the clone whose files pages name by their path. */
const roots = readdirSync(clone, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !["node_modules", ".git"].includes(entry.name))
  .map(({ name }) => name);

/** Paths of the clone in a piece of code. What holds `<`, `*` or `…` is a pattern. */
function paths(text: string): string[] {
  return (
    [...text.matchAll(/(?:^|[\s('"])([\w.@-]+(?:\/[\w.@{},<>*…-]*)+)/g)]
      .map(([, path]) => path ?? "")
      .filter((path) => roots.includes(path.split("/")[0] ?? "") && !/[<>*…{]/.test(path))
      // A folder named by one letter stands for any.
      .filter((path) => !path.split("/").some((step) => /^[a-z]$/.test(step)))
      // Made by `make up`, not committed.
      .filter((path) => !path.startsWith(".sandbox/"))
  );
}

describe.each(pages)("%s", (page) => {
  it("names make targets that exist only", () => {
    const targets = makeTargets();
    const named = code(page).flatMap((text) =>
      [...text.matchAll(/(?:^|[\n;&|(] *)make ([a-z-]+)((?: \| [a-z-]+)*)/g)].flatMap(
        ([, first, others]) => [first ?? "", ...(others ?? "").split(" | ").filter(Boolean)],
      ),
    );
    expect(named.filter((target) => !targets.has(target))).toEqual([]);
  });

  it("names files that exist only", () => {
    const named = code(page).flatMap(paths);
    expect(named.filter((path) => !existsSync(join(clone, path)))).toEqual([]);
  });

  it("links to files that exist only", () => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, target]) => target ?? "")
      .filter((target) => !/^[a-z]+:/.test(target));
    expect(links.filter((target) => !existsSync(join(clone, dirname(page), target)))).toEqual([]);
  });

  it("holds no path of somebody's machine", () => {
    expect(read(page)).not.toMatch(/\/(?:work|home|Users|root|tmp)\//);
  });
});

describe("the README", () => {
  it("shows every make target that people use", () => {
    const listed = code("README.md").join("\n");
    expect([...makeTargets()].filter((target) => !listed.includes(`make ${target}`))).toEqual([]);
  });
});
