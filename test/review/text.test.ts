/** Text properties compared line by line. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { TextDiff } from "../../review/model.ts";
import { Scrubber } from "../../review/secrets/scrub.ts";
import { textDiff } from "../../review/text/diff.ts";
import { diffLines } from "../../review/text/lines.ts";

const compare = (key: string, before: string, after: string): TextDiff =>
  textDiff({ path: ["data", key], before, after }, new Scrubber());

const shown = ({ hunks }: TextDiff): readonly string[] =>
  hunks.flatMap(({ lines }) =>
    lines.map(({ is, text }) => `${{ same: " ", added: "+", removed: "-" }[is]}${text}`),
  );

/** Length of the longest common part, by the textbook. */
function longest(left: readonly string[], right: readonly string[]): number {
  const row = new Array<number>(right.length + 1).fill(0);
  for (const one of left) {
    let corner = 0;
    right.forEach((other, at) => {
      const above = row[at + 1] ?? 0;
      row[at + 1] = one === other ? corner + 1 : Math.max(above, row[at] ?? 0);
      corner = above;
    });
  }
  return row.at(-1) ?? 0;
}

describe("lines", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 14 });

  it("give both texts back, and no way from one to the other is shorter", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        const side = (not: string) => lines.filter(({ is }) => is !== not).map((line) => line.text);
        expect(side("added")).toEqual(before);
        expect(side("removed")).toEqual(after);
        expect(lines.filter(({ is }) => is === "same")).toHaveLength(longest(before, after));
      }),
      { numRuns: 500 },
    );
  });

  it("of two texts that have nothing in common are told without a search that grows by the square", () => {
    const long = (mark: string) => Array.from({ length: 50_000 }, (_, at) => `${mark}${at}`);
    const begun = process.threadCpuUsage();
    const lines = diffLines(["first", ...long("a"), "last"], ["first", ...long("b"), "last"]);
    expect(lines.filter(({ is }) => is === "same").map((line) => line.text)).toEqual([
      "first",
      "last",
    ]);
    expect(lines).toHaveLength(100_002);
    // The work itself, whatever else the machine does: the square of it would take minutes.
    const { user, system } = process.threadCpuUsage(begun);
    expect((user + system) / 1e6).toBeLessThan(5);
  });
});

describe("a file", () => {
  it("of JSON differs by what it says, not by the order of its keys", () => {
    const diff = compare(
      "a.json",
      '{"b":1,"a":[1,{"d":1,"c":2}]}',
      '{"a":[1,{"c":2,"d":3}],"b":1}',
    );
    expect(diff).toMatchObject({ format: "json", added: 1, removed: 1 });
    expect(shown(diff)).toEqual(
      expect.arrayContaining(['-      "d": 1', '+      "d": 3', '   "b": 1']),
    );
  });

  it("of YAML differs by what it says, not by order, comments or style", () => {
    const before = "# first\nlisten: 8080\nlimits: {users: 20, carts: 100}\n";
    const after = "limits:\n  carts: 250\n  users: 20\nlisten: 8080 # same\n";
    const diff = compare("shop.yaml", before, after);
    expect(diff).toMatchObject({ format: "yaml", added: 1, removed: 1 });
    expect(shown(diff)).toEqual(expect.arrayContaining(["-  carts: 100", "+  carts: 250"]));
  });

  it("in which only the order differs says so instead of nothing", () => {
    const diff = compare("a.yml", "a: 1\nb: 2\n", "b: 2\na: 1\n");
    expect(diff).toMatchObject({ added: 0, removed: 0, hunks: [] });
    expect(diff.note).toBe("only spacing, comments or the order of keys differ");
  });

  it.each([
    ["of several documents", "a.yaml", "a: 1\n---\nb: 1\n", "a: 1\n---\nb: 2\n", "yaml"],
    ["of broken JSON", "a.json", '{"a":1', '{"a":2', "text"],
    ["of JSON that becomes none", "a.json", '{"a":1}', '{"a":', "text"],
    ["of broken YAML", "a.yaml", "a: [1\n", "a: [2\n", "text"],
    ["of YAML that is one line of text", "a.yaml", "hello\n", "world\n", "text"],
    ["that only looks like YAML", "nginx.conf", "a: 1\n", "a: 2\n", "text"],
    ["whose aliases stand for far more than it has", "a.yaml", bomb(), `${bomb()}z: 1\n`, "text"],
  ])("%s is compared", (_, key, before, after, format) => {
    const diff = compare(key, before, after);
    expect(diff.format).toBe(format);
    expect(diff.added + diff.removed).toBeGreaterThan(0);
  });

  it("that is long shows its first lines, and counts those left out", () => {
    const lines = (mark: string) =>
      Array.from({ length: 2_000 }, (_, at) => `${mark}${at}\n`).join("");
    const diff = compare("a.txt", lines("a"), lines("b"));
    expect(shown(diff)).toHaveLength(300);
    expect(diff).toMatchObject({ added: 2_000, removed: 2_000, omitted: 3_700 });
  });

  it("of one endless line is cut, no letter in two", () => {
    const diff = compare("a.txt", `${"😀".repeat(5_000)}\n`, "b\n");
    const [line] = shown(diff);
    expect(line?.length).toBeLessThan(410);
    expect(line?.isWellFormed()).toBe(true);
  });

  it("of endless lines that begin alike shows each from where they differ", () => {
    const line = (word: string): string =>
      `start ${"=".repeat(1_000)} ${word} ${"-".repeat(1_000)}`;
    const of = (one: string, other: string): string => `first\n${one}\n${other}\nlast\n`;
    const [, removed = "", moved = "", added = "", again = ""] = shown(
      compare("a.txt", of(line("old"), line("was")), of(line("new"), line("is"))),
    );
    expect([removed, moved]).toEqual([
      expect.stringMatching(/^-…=+ old -+…$/),
      expect.stringMatching(/^-…=+ was -+…$/),
    ]);
    expect([added, again]).toEqual([
      expect.stringMatching(/^\+…=+ new -+…$/),
      expect.stringMatching(/^\+…=+ is -+…$/),
    ]);
    expect(Math.max(...[removed, added].map((text) => text.length))).toBeLessThanOrEqual(403);
  });

  it("whose line grows at its end shows the end", () => {
    const list = Array.from({ length: 200 }, (_, at) => `host-${at}`).join(",");
    expect(shown(compare("a.txt", `${list}\n`, `${list},host-new\n`))).toEqual([
      expect.stringMatching(/^-….*,host-199$/),
      expect.stringMatching(/^\+….*,host-199,host-new$/),
    ]);
  });

  it("has its hunks where they stand", () => {
    const numbers = Array.from({ length: 30 }, (_, at) => `${at + 1}`);
    const changed = numbers.map((line) => (line === "5" || line === "20" ? "x" : line));
    const { hunks } = compare("a.txt", numbers.join("\n"), changed.join("\n"));
    expect(
      hunks.map(({ oldStart, oldLines, newStart, newLines }) => [
        oldStart,
        oldLines,
        newStart,
        newLines,
      ]),
    ).toEqual([
      [2, 7, 2, 7],
      [17, 7, 17, 7],
    ]);
  });
});

/** YAML that would fill the memory of who resolves it. */
function bomb(): string {
  const levels = Array.from(
    { length: 12 },
    (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`,
  );
  return `a0: &a0 x\n${levels.join("\n")}\n`;
}
