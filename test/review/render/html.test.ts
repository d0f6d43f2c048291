/** The page, as a browser's parser reads it. How it looks was seen to by eye (docs/review.md). */
import fc from "fast-check";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { describe, expect, it } from "vitest";

import { renderHtml } from "../../../review/render/html.ts";
import { style } from "../../../review/render/html-style.ts";
import { visible } from "../../../review/render/visible.ts";
import { hostileReport, hostileText, withTexts } from "./hostile.ts";
import { sample } from "./sample.ts";

type Element = DefaultTreeAdapterTypes.Element;
type Child = DefaultTreeAdapterTypes.ChildNode;

const isElement = (node: Child): node is Element => "tagName" in node;

/** How a line is cut into words and names is up to what it says. */
const isPhrase = (node: Child): boolean =>
  !isElement(node) || (["code", "strong"].includes(node.tagName) && node.attrs.length === 0);

/** Elements and their attributes as they lie in each other. */
const shape = (nodes: readonly Child[]): unknown =>
  nodes.flatMap((node) => {
    if (isPhrase(node)) {
      const within = isElement(node) ? shape(node.childNodes) : [];
      return node.nodeName === "#comment" ? ["comment"] : within;
    }
    return isElement(node)
      ? [
          [
            node.tagName,
            node.attrs.map(({ name, value }) => `${name}=${value}`),
            shape(node.childNodes),
          ],
        ]
      : [];
  });

/** The tree, and what the parser had to say. */
function read(html: string): { readonly tree: unknown; readonly faults: readonly string[] } {
  const faults: string[] = [];
  const { childNodes } = parse(html, { onParseError: ({ code }) => faults.push(code) });
  return { tree: shape(childNodes), faults };
}

const textOf = (nodes: readonly Child[]): string =>
  nodes
    .map((node) => (isElement(node) ? textOf(node.childNodes) : "value" in node ? node.value : ""))
    .join("");

describe("content in the page", () => {
  const tame = read(renderHtml(withTexts(sample, () => "tame words"))).tree;

  it("makes no element and no attribute, and leaves nothing for a parser to mend", () => {
    fc.assert(
      fc.property(hostileReport(sample), (report) => {
        const { tree, faults } = read(renderHtml(report));
        expect(faults).toEqual([]);
        // A verdict that is long is set smaller.
        expect(JSON.stringify(tree).replace('"class=long"', "")).toBe(JSON.stringify(tame));
      }),
      { numRuns: 30 },
    );
  });

  it("is read as it was", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const path = `${text.slice(0, 40)} end`;
        const page = parse(renderHtml(withTexts(sample, () => path)));
        expect(textOf(page.childNodes)).toContain(visible(path));
      }),
      { numRuns: 30 },
    );
  });
});

describe("the page", () => {
  const page = renderHtml(sample);

  it("loads nothing and runs nothing, and forbids both", () => {
    expect(page).toMatch(
      /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-/,
    );
    expect(page).not.toMatch(/<(?:script|link|img|iframe|object|form|base)\b|\son\w+=|\sstyle=/);
    expect(style).not.toMatch(/url\(|@import|@font-face/);
  });

  it("has the verdict as its title and first heading", () => {
    expect(page).toContain(`<title>${sample.verdict.line}</title>`);
    expect(page.indexOf("<h1")).toBeLessThan(page.indexOf("<h2"));
  });

  it("leads from its head to each part, worst first", () => {
    const links = [...page.matchAll(/href="#([\w-]+)"/g)].map(([, id]) => id ?? "");
    expect(links.slice(0, 7)).toEqual([
      ...["not-whole", "breaches", "data-loss", "downtime", "access", "rollout", "cosmetic"],
    ]);
    expect(links.filter((id) => !page.includes(` id="${id}"`))).toEqual([]);
  });
});
