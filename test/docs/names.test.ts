import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { clone } from "../rendered.ts";

const pages = [
  "README.md",
  ...readdirSync(join(clone, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  "sandbox/stages/README.md",
  "sandbox/standins/README.md",
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

/** Folders of the clone that are committed nowhere: installed, or made by `make up` and `make review`. */
const made = ["node_modules", ".git", ".sandbox", ".review"];

/** Folders of the clone whose files pages name by their path. */
const roots = readdirSync(clone, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !made.includes(entry.name))
  .map(({ name }) => name);

/** Paths of the clone in a piece of code. What holds `<`, `*` or `…` is a pattern. */
function paths(text: string): string[] {
  return (
    [...text.matchAll(/(?:^|[\s('"])([\w.@-]+(?:\/[\w.@{},<>*…-]*)+)/g)]
      .map(([, path]) => path ?? "")
      .filter((path) => roots.includes(path.split("/")[0] ?? "") && !/[<>*…{]/.test(path))
      // A folder named by one letter stands for any.
      .filter((path) => !path.split("/").some((step) => /^[a-z]$/.test(step)))
  );
}

/** A page without what is shown in blocks of code: a line there that begins with # is no heading. */
const prose = (page: string): string => read(page).replaceAll(/```[^\n]*\n[^]*?```/g, "");

/** What a forge calls the headings of a page in links: small letters, dashes, no other sign; a second one gets a number. */
function anchors(page: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, heading = ""] of prose(page).matchAll(/^#{1,6} +(.+)$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const name = words.replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
    const again = [...found].filter((one) => one.replace(/-\d+$/, "") === name).length;
    found.add(found.has(name) ? `${name}-${again}` : name);
  }
  return found;
}

/** Links of a page to a heading: the page they lead to, and the heading's name. */
const fragments = (page: string): { readonly target: string; readonly name: string }[] =>
  [...prose(page).matchAll(/\]\(([\w./-]*)#([^)\s]+)\)/g)].map(([, path = "", name = ""]) => ({
    target: path === "" ? page : join(dirname(page), path),
    name,
  }));

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

  it("links to headings that exist only", () => {
    const dead = fragments(page).filter(
      ({ target, name }) => target.endsWith(".md") && !anchors(target).has(name),
    );
    expect(dead).toEqual([]);
  });

  it("holds no path of somebody's machine", () => {
    expect(read(page)).not.toMatch(/\/(?:work|home|Users|root|tmp)\//);
  });
});

describe("what programs and stack files say of pages", () => {
  const files = [
    ...["Makefile", ...readdirSync(clone).filter((name) => /^Pulumi\..*yaml$/.test(name))],
    ...["components", "ops", "policy", "release", "review", "sandbox", "stacks", "tools"].flatMap(
      (room) =>
        readdirSync(join(clone, room), { recursive: true, encoding: "utf8" })
          .filter((name) => /\.(ts|mjs|ya?ml)$/.test(name) && !name.includes("node_modules"))
          .map((name) => join(room, name)),
    ),
  ];

  it("is that of a page, and of a heading, that exists", () => {
    const named = files.flatMap((file) =>
      [...read(file).matchAll(/\bdocs\/[\w-]+\.md(?:#[\w-]*\w)?/g)].map(([link]) => ({
        file,
        link,
      })),
    );
    expect(named.length).toBeGreaterThan(40);
    const dead = named.filter(({ link }) => {
      const [page = "", name] = link.split("#");
      return !pages.includes(page) || (name !== undefined && !anchors(page).has(name));
    });
    expect(dead).toEqual([]);
  });
});

describe("a check of links", () => {
  it("finds some, and knows headings as a forge does", () => {
    expect(pages.flatMap(fragments).length).toBeGreaterThan(50);
    expect([...anchors("docs/tutorial.md")].slice(0, 3)).toEqual([
      "tutorial-deployment-with-the-voting-application",
      "bring-it-up",
      "look-around",
    ]);
  });
});

describe("the README", () => {
  it("shows every make target that people use", () => {
    const listed = code("README.md").join("\n");
    expect([...makeTargets()].filter((target) => !listed.includes(`make ${target}`))).toEqual([]);
  });
});
