/**
 * The comment, as a parser of GitHub's Markdown reads it. What the parser does not know of — mentions,
 * references, emoji — is looked for in the text that stands outside code, as the forge does.
 */
import fc from "fast-check";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { beforeAll, describe, expect, it } from "vitest";

import type { Report } from "../../../review/model.ts";
import { marker, renderMarkdown } from "../../../review/render/markdown.ts";
import { bytesOf } from "../../../review/render/visible.ts";
import { hostileReport, hostileText, withTexts } from "./hostile.ts";
import { sample } from "./sample.ts";

/** A report is some 80 texts, each drawn anew. */
const runs = 25;

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

const parse = (text: string): Node =>
  fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

const all = (node: Node): readonly Node[] => [node, ...(node.children ?? []).flatMap(all)];

/** What a line is made of; how a sentence is cut into them is up to what it says. */
const phrasing: ReadonlySet<string> = new Set(["text", "inlineCode", "strong", "break"]);

/** Blocks and how they lie in each other, with what is in a line left out. */
const shape = (node: Node): unknown => [
  // HTML of ours ends with what a summary says.
  node.type === "html" ? (node.value ?? "").replace(/<summary>.*|[0-9a-f]{32}/s, "") : node.type,
  ...(node.children ?? []).filter(({ type }) => !phrasing.has(type)).map(shape),
];

/** Blocks that the report is made of, and no others: no link, image, footnote, quote, rule. */
const expected: ReadonlySet<string> = new Set([
  "root",
  "heading",
  "paragraph",
  "text",
  "strong",
  "inlineCode",
  "code",
  "html",
  "list",
  "listItem",
  "table",
  "tableRow",
  "tableCell",
]);

/** HTML that the report writes, whole. */
const ours =
  /^(?:<!-- fleet-review [0-9a-f]{32} -->|<details><summary>(?:[^<>]|<\/?(?:b|code)>)*<\/summary>|<\/details>)$/;

/** What a forge makes something of in text, but not in code. */
const taken = /@[\w-]|(?:^|\W)#\d|\bgh-\d|:\/\/|\bwww\.|\b[0-9a-f]{7,}\b|:[\w+-]+:|\$|^\s*\//im;

/** Text outside code, a summary's included. */
const loose = (node: Node): string =>
  node.type === "html"
    ? (node.value ?? "")
        .replaceAll(/<code>[^<]*<\/code>/g, " ")
        .replaceAll(/<!--.*-->|<[^>]*>/g, " ")
        .replaceAll(/&quot;|&#39;|&lt;|&gt;|&amp;/g, " ")
    : (node.value ?? "");

function faultsOf(tree: Node): readonly string[] {
  return all(tree).flatMap((node) => {
    if (!expected.has(node.type)) {
      return [`a ${node.type}`];
    }
    if (node.type === "html" && !ours.test(node.value ?? "")) {
      return [`HTML ${node.value ?? ""}`];
    }
    return (node.type === "text" || node.type === "html") && taken.test(loose(node))
      ? [`text ${loose(node)}`]
      : [];
  });
}

describe("content in the comment", () => {
  let tame: unknown;
  beforeAll(() => {
    tame = shape(parse(renderMarkdown(withTexts(sample, () => "tame words"))));
  });

  it("makes nothing that the report did not make", () => {
    fc.assert(
      fc.property(hostileReport(sample), (report) => {
        const tree = parse(renderMarkdown(report, { budget: 10_000_000 }));
        expect(faultsOf(tree)).toEqual([]);
        expect(shape(tree)).toEqual(tame);
      }),
      { numRuns: runs },
    );
  });

  it("makes nothing where most of it is left out", () => {
    fc.assert(
      fc.property(
        hostileReport(sample),
        fc.integer({ min: 3_000, max: 30_000 }),
        (report, budget) => {
          const text = renderMarkdown(report, { budget });
          expect(faultsOf(parse(text))).toEqual([]);
          expect(bytesOf(text)).toBeLessThanOrEqual(budget);
        },
      ),
      { numRuns: runs },
    );
  });

  it("stays what it is in code: nothing of it is lost but what cannot be seen", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const path = `a${text.replaceAll(/[^\x21-\x7b\x7d\x7e]/g, "")}z`;
        const values = all(parse(renderMarkdown(withPath(path)))).map(({ value }) => value ?? "");
        expect(values.some((value) => value.includes(path))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

/** The sample with a text property of that name in its first changed object. */
function withPath(path: string): Report {
  return withTexts(sample, () => path);
}

describe("the comment", () => {
  it("begins with the marker by which it is found, and then the verdict", () => {
    const [first, second] = renderMarkdown(sample).split("\n\n");
    expect(first?.startsWith(marker)).toBe(true);
    expect(second).toBe(`## ⛔ ${sample.verdict.line}`);
  });

  it("is the same when only the time is another", () => {
    const later = { ...sample, provenance: { ...sample.provenance, time: "2026-11-22T01:02:03Z" } };
    const digest = (report: Report): string | undefined => renderMarkdown(report).split("\n")[0];
    expect(digest(later)).toBe(digest(sample));
    const [stack] = sample.stacks;
    const other = { ...sample, stacks: stack === undefined ? [] : [stack] };
    expect(digest(other)).not.toBe(digest(sample));
  });

  it("says a stack in which nothing happens in one word", () => {
    const row = renderMarkdown(sample)
      .split("\n")
      .find((line) => line.includes("`voting`"));
    expect(row?.split("|").map((cell) => cell.trim())).toEqual([
      ...["", "`voting`", "unchanged"],
      ...Array.from({ length: 7 }, () => ""),
    ]);
  });

  it("says what it leaves out, and where that is", () => {
    const text = renderMarkdown(sample, { budget: 4_000 });
    expect(text).toMatch(/^\*\*To stay below 4000 bytes, this leaves out: .*\d+ details?/m);
    expect(text).toContain("`https://ci.example/runs/7/artifacts/report.html`");
    expect(text).toContain(sample.verdict.line);
    expect(text).toContain("claim-shrunk");
    expect(text).not.toContain("spec.x is deprecated");
  });

  it("refuses a budget in which not even the verdict fits", () => {
    expect(() => renderMarkdown(sample, { budget: 300 })).toThrow(RangeError);
  });
});
