/** docs/deployment.md against the check list it answers and the tests it names. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { clone } from "../rendered.ts";
import { hasTest } from "./test-titles.ts";

const page = readFileSync(join(clone, "docs", "deployment.md"), "utf8");

/** Cells of each row of each table. */
const rows = [...page.matchAll(/^\| (.*) \|$/gm)].map(([, row]) =>
  (row ?? "").split(" | ").map((cell) => cell.trim().replaceAll(/\\([_*<])/g, "$1")),
);

/** Rows of the check list: `38 · U1`, or the number alone where the lecture's table has no such row. */
const points = rows.flatMap(([first = "", ...cells]) => {
  const [, number, id] = /^(\d+)(?: · ([A-Z]\d+))?$/.exec(first) ?? [];
  const isProof = cells.some((cell) => cell.startsWith("`test/"));
  return number === undefined || isProof ? [] : [{ number: Number(number), id, cells }];
});

/** Rows that name a test: the point, or in words what is shown; what the proof is worth. */
const proofs = rows.flatMap((cells) => {
  const at = cells.findIndex((cell) => /^`test\/[\w/.-]+\.test\.ts`$/.test(cell));
  const file = (cells[at] ?? "").replaceAll("`", "");
  return at < 0
    ? []
    : [{ point: cells[0] ?? "", worth: cells.slice(1, at), file, title: cells[at + 1] ?? "" }];
});

const count = (letter: string, length: number): readonly string[] =>
  Array.from({ length }, (_, index) => `${letter}${index + 1}`);

describe("the check list", () => {
  it("has each of its 57 points once", () => {
    const numbers = points.map(({ number }) => number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 57 }, (_, index) => index + 1));
  });

  it("has each row of the lecture's table once", () => {
    const ids = points.flatMap(({ id }) => id ?? []);
    const expected = Object.entries({ B: 14, M: 6, R: 4, P: 7, A: 6, U: 11, S: 3 });
    expect(ids.sort()).toEqual(expected.flatMap(([letter, last]) => count(letter, last)).sort());
  });

  it("says of each point what it is, what it becomes and what happens", () => {
    const unsaid = points.filter(
      ({ cells: [concept, , form, happens] }) => [concept, form, happens].includes("") || !happens,
    );
    expect(unsaid).toEqual([]);
  });

  it("proves each point by a test, and no other", () => {
    const proved = new Set(proofs.map(({ point }) => point).filter((point) => /^\d/.test(point)));
    expect([...proved].map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 57 }, (_, index) => index + 1),
    );
  });
});

describe("what a proof is worth", () => {
  const worths = ["control plane", "API server", "Docker stand-in", "program", "program only"];
  const legend = page.slice(page.indexOf("## What the proofs"), page.indexOf("## Updates"));

  it("is one of the words that the page explains", () => {
    const known = worths.filter((word) => legend.includes(`| ${word} `));
    expect(known).toEqual(worths);
    const said = new Set(proofs.flatMap(({ worth }) => worth));
    expect([...said].filter((word) => !worths.includes(word))).toEqual([]);
  });

  it("is a control plane's or an API server's where the test runs on one, and nowhere else", () => {
    const wrong = proofs.filter(
      ({ worth, file }) =>
        worth.length > 0 &&
        file.startsWith("test/e2e/") !== /control plane|API server/.test(worth.join()),
    );
    expect(wrong).toEqual([]);
  });

  it("is the Docker stand-in's where the test asks it", () => {
    const some = proofs.filter(({ worth }) => worth.includes("Docker stand-in"));
    const asked = ({ file }: { readonly file: string }): boolean =>
      /from "(\.\.\/standins|\.)\/box\.ts"/.test(readFileSync(join(clone, file), "utf8"));
    expect(some.length).toBeGreaterThan(3);
    expect(some.filter((proof) => !asked(proof))).toEqual([]);
  });
});

describe("the tests it names", () => {
  it("are many", () => {
    expect(proofs.length).toBeGreaterThan(150);
  });

  it.each(proofs)("$file has $title", ({ file, title }) => {
    const path = join(clone, file);
    expect(existsSync(path)).toBe(true);
    expect(hasTest(path, title), `${file} has no test «${title}»`).toBe(true);
  });
});
