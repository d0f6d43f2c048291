/**
 * The report as one page of HTML: nothing is loaded, no script runs, and a policy in its head forbids
 * both. It has everything that the page has; only JSON has more.
 */
import { createHash } from "node:crypto";

import type { Report } from "../model.ts";
import { pageOf } from "./compose/page.ts";
import type {
  Block,
  Detail,
  DiffLine,
  Entry,
  Line,
  List,
  Page,
  Section,
  Table,
} from "./document.ts";
import { htmlText } from "./html-escape.ts";
import { style } from "./html-style.ts";

/** A verdict longer than this is set smaller. */
const longVerdict = 110;

/** Entries of these classes are marked at their edge. */
const severe: ReadonlySet<string> = new Set(["data-loss", "downtime"]);

const styleDigest = createHash("sha256").update(style).digest("base64");

/** Writes the page. */
export function renderHtml(report: Report): string {
  const page = pageOf(report);
  return [
    "<!doctype html>",
    '<html lang="en">',
    headOf(page),
    "<body>",
    "<main>",
    headerOf(page),
    ...(page.stacks === undefined ? [] : [`<div class="card">${tableOf(page.stacks)}</div>`]),
    ...page.sections.map(sectionOf),
    "</main>",
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

const headOf = ({ verdict }: Page): string =>
  [
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleDigest}'; base-uri 'none'; form-action 'none'">`,
    '<meta name="referrer" content="no-referrer">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${htmlText(verdict)}</title>`,
    `<style>${style}</style>`,
    "</head>",
  ].join("\n");

/** Verdict, what it is of, and where on the page things are. */
function headerOf({ verdict, tone, made, sections }: Page): string {
  const size = verdict.length > longVerdict ? ' class="long"' : "";
  const links = sections
    .filter(({ count }) => count !== undefined)
    .map(
      ({ id, title, tone: of, count = 0 }) =>
        `<a class="${of}" href="#${id}"><span class="dot"></span>${htmlText(title)} <b>${count}</b></a>`,
    );
  return [
    `<header class="${tone}">`,
    `<h1${size}>${htmlText(verdict)}</h1>`,
    `<p class="made">${lineOf(made)}</p>`,
    links.length === 0 ? "" : `<nav>${links.join("")}</nav>`,
    "</header>",
  ].join("\n");
}

const tags = { words: "span", strong: "strong", code: "code" } as const;

const lineOf = (line: Line): string =>
  line
    .map(({ is, text }) =>
      is === "words" ? htmlText(text) : `<${tags[is]}>${htmlText(text)}</${tags[is]}>`,
    )
    .join(" ");

function sectionOf({ id, title, tone, count, note, folded, blocks }: Section): string {
  const dot = tone === "plain" ? "" : '<span class="dot"></span>';
  const number = count === undefined ? "" : ` <span class="count">${count}</span>`;
  const head = `<h2>${dot}<span class="title">${htmlText(title)}</span>${number}</h2>`;
  const said = note === undefined ? "" : `<p class="note">${htmlText(note)}</p>`;
  const body = `<div class="card">\n${blocks.map(blockOf).join("\n")}\n</div>`;
  return folded
    ? `<section class="${tone}" id="${id}"><details class="fold"><summary>${head}${said}</summary>\n${body}</details></section>`
    : `<section class="${tone}" id="${id}">${head}${said}\n${body}</section>`;
}

function blockOf(block: Block): string {
  switch (block.is) {
    case "entry":
      return entryOf(block);
    case "table":
      return tableOf(block);
    case "list":
      return listOf(block);
  }
}

const listOf = ({ lines }: List): string =>
  `<ul class="list">${lines.map(({ line }) => `<li>${lineOf(line)}</li>`).join("\n")}</ul>`;

function entryOf(entry: Entry): string {
  const { id, tone, operation, title, stacks, reasons, facts, details } = entry;
  const does = operation === undefined ? "" : `<span class="operation">${operation}</span> `;
  const within =
    stacks.length === 0 ? "" : ` <span class="stack">in ${htmlText(stacks.join(", "))}</span>`;
  const why = reasons.map(
    ({ rule, why: text }) =>
      `<li><code class="rule">${htmlText(rule)}</code> ${htmlText(text)}</li>`,
  );
  return [
    `<article class="entry ${tone}${severe.has(tone) ? " severe" : ""}" id="${id}">`,
    `<h3>${does}<span class="kind">${lineOf(title)}</span>${within}</h3>`,
    why.length === 0 ? "" : `<ul class="reasons">${why.join("")}</ul>`,
    facts.length === 0
      ? ""
      : `<ul class="facts">${facts.map((fact) => `<li>${lineOf(fact)}</li>`).join("")}</ul>`,
    ...details.map(detailOf),
    "</article>",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

const classes: Readonly<Record<DiffLine["sign"], string>> = {
  "+": ' class="added"',
  "-": ' class="removed"',
  "!": ' class="told"',
  "@": ' class="at"',
  " ": "",
};

const detailOf = ({ title, lines }: Detail): string =>
  `<details class="detail"><summary>${lineOf(title)}</summary><div class="diff">${lines
    .map(
      ({ sign, text }) =>
        `<span${classes[sign]}>${sign === "@" ? "⋯" : sign} ${htmlText(text)}</span>`,
    )
    .join("")}</div></details>`;

/** On a narrow screen each cell stands below the one before, behind the name of its column. */
function tableOf({ head, numbers, rows }: Table): string {
  const cellOf = (cell: Line, column: number, dot: string): string => {
    const text = lineOf(cell);
    const kind = [
      ...(numbers.includes(column) ? ["number"] : []),
      ...(text === "0" ? ["zero"] : []),
    ].join(" ");
    const name =
      column === 0 || head[column] === "" ? "" : ` data-head="${htmlText(head[column] ?? "")}"`;
    return `<td${kind === "" ? "" : ` class="${kind}"`}${text === "" ? "" : name}>${dot}${text === "" ? "" : `<span>${text}</span>`}</td>`;
  };
  const titles = head.map(
    (title, column) =>
      `<th scope="col"${numbers.includes(column) ? ' class="number"' : ""}>${htmlText(title)}</th>`,
  );
  const lines = rows.map(({ cells, tone }) => {
    const dot = tone === "plain" ? "" : '<span class="dot"></span>';
    const row = cells.map((cell, column) => cellOf(cell, column, column === 0 ? dot : ""));
    return `<tr class="${tone}">${row.join("")}</tr>`;
  });
  return `<table><thead><tr>${titles.join("")}</tr></thead><tbody>${lines.join("\n")}</tbody></table>`;
}
