/**
 * The report as a comment in GitHub's Markdown, in no more bytes than there is room for.
 *
 * What stands open: the verdict, each change with its reason. What is folded: properties, line
 * differences, what nobody need read. What is left out is said below the verdict.
 */
import { createHash } from "node:crypto";

import type { Report } from "../model.ts";
import { fit, frame, type Losses, type Part } from "./budget.ts";
import { pageOf } from "./compose/page.ts";
import type {
  Block,
  Detail,
  DiffLine,
  Entry,
  Line,
  Page,
  Section,
  Table,
  Tone,
} from "./document.ts";
import {
  markdownCode,
  markdownFence,
  markdownWords,
  summaryCode,
  summaryWords,
} from "./markdown-escape.ts";

/** How the comment is found again among those of a pull request: it begins with this. */
export const marker = "<!-- fleet-review ";

/** How large a comment may be: GitHub takes 65,536 characters. */
export const commentBudget = 60_000;

/** Lines of a difference that are shown where there is no room for all. */
const shortLines = 10;

const squares: Readonly<Record<Tone, string>> = {
  failure: "⛔",
  "data-loss": "🟥",
  downtime: "🟧",
  access: "🟨",
  rollout: "🟦",
  cosmetic: "⬜",
  good: "✅",
  plain: "",
};

/**
 * Writes the comment.
 *
 * @param options.budget - Bytes of UTF-8 at most; 60,000 if not given.
 * @throws RangeError when the budget is too small for the verdict itself (below 2,000 bytes).
 */
export function renderMarkdown(report: Report, options: { readonly budget?: number } = {}): string {
  const budget = options.budget ?? commentBudget;
  const page = pageOf(report);
  const parts: readonly Part[] = [
    { open: `## ${join(squares[page.tone], markdownWords(page.verdict))}\n\n`, importance: frame },
    ...(page.stacks === undefined ? [] : [tablePart(page.stacks)]),
    ...page.sections.map(sectionPart),
  ];
  const first = (digest: string): string => `${marker}${digest} -->\n\n`;
  const room = budget - Buffer.byteLength(first(digestOf("", report)));
  const text = fit(parts, room, { before: 1, text: (losses) => noticeOf(losses, page, budget) });
  return first(digestOf(text, report)) + text;
}

/**
 * What tells two comments apart: only when it differs is there anything new to read. The time at which
 * the report was made is no difference.
 */
const digestOf = (text: string, { provenance }: Report): string =>
  createHash("sha256")
    .update(text.replaceAll(markdownCode(provenance.time), ""))
    .digest("hex")
    .slice(0, 32);

const join = (...texts: readonly string[]): string => texts.filter((one) => one !== "").join(" ");

/** What had to be left out, and where it is. */
function noticeOf({ out, shortened }: Losses, page: Page, budget: number): string {
  const lost = out.map(({ count, name }) => `${count} ${name}`).join(", ");
  const cut = shortened === 0 ? "" : `${shortened} shortened`;
  const where = page.url === undefined ? "report.html" : markdownCode(page.url);
  return `**To stay below ${budget} bytes, this leaves out: ${[lost, cut].filter((one) => one !== "").join("; ")}.** The whole report: ${where}\n\n`;
}

const lineText = (line: Line): string =>
  join(
    ...line.map(({ is, text }) => {
      switch (is) {
        case "words":
          return markdownWords(text);
        case "strong":
          return `**${markdownWords(text)}**`;
        case "code":
          return markdownCode(text);
      }
    }),
  );

const summaryText = (line: Line): string =>
  join(
    ...line.map(({ is, text }) => {
      switch (is) {
        case "words":
          return summaryWords(text);
        case "strong":
          return `<b>${summaryWords(text)}</b>`;
        case "code":
          return summaryCode(text);
      }
    }),
  );

/** A section, opened by its title, or by whoever wants to read it. */
function sectionPart(section: Section): Part {
  const { title, tone, count, note, folded, blocks } = section;
  const head = join(squares[tone], title, count === undefined ? "" : `(${count})`);
  const text = note === undefined ? "" : `${markdownWords(note)}\n\n`;
  const within = blocks.map(blockPart);
  return {
    ...(folded
      ? { open: `<details><summary>${head}</summary>\n\n${text}`, close: "</details>\n\n" }
      : { open: `### ${head}\n\n${text}` }),
    within,
    left: leftOut,
    importance: within.reduce((most, part) => Math.max(most, part.importance), 0),
  };
}

const leftOut = (count: number): string => `…and ${count} more, left out.\n\n`;

function blockPart(block: Block): Part {
  switch (block.is) {
    case "entry":
      return entryPart(block);
    case "table":
      return tablePart(block);
    case "list":
      return {
        open: "",
        within: block.lines.map(({ line, importance }) => ({
          open: `- ${lineText(line)}\n`,
          importance,
          what: ["line", "lines"],
        })),
        left: (count) => `- …and ${count} more, left out.\n`,
        close: "\n",
        importance: block.lines.reduce((most, line) => Math.max(most, line.importance), 0),
      };
  }
}

function entryPart(entry: Entry): Part {
  const { operation, title, stacks, reasons, facts } = entry;
  const head = join(
    operation === undefined ? "" : `**${operation}**`,
    lineText(title),
    stacks.length === 0 ? "" : `in ${stacks.map(markdownCode).join(", ")}`,
  );
  const why = reasons.map(
    ({ rule, why: text }) => `- ${markdownCode(rule)}: ${markdownWords(text)}\n`,
  );
  return {
    open: `${head}\n\n${why.join("")}`,
    within: [
      ...facts.map((fact): Part => ({
        open: `- ${lineText(fact)}\n`,
        importance: entry.importance - 5,
        what: ["fact", "facts"],
      })),
      ...entry.details.map(detailPart),
    ],
    close: "\n",
    importance: entry.importance,
    what: entryNames[entry.tone],
  };
}

const entryNames: Readonly<Record<Tone, readonly [string, string]>> = {
  failure: ["policy breach", "policy breaches"],
  "data-loss": ["change that may lose data", "changes that may lose data"],
  downtime: ["change with downtime", "changes with downtime"],
  access: ["access change", "access changes"],
  rollout: ["rollout", "rollouts"],
  cosmetic: ["cosmetic change", "cosmetic changes"],
  good: ["entry", "entries"],
  plain: ["entry", "entries"],
};

const diffText = ({ sign, text }: DiffLine): string =>
  sign === "@" ? `@@ ${text} @@` : `${sign} ${text}`;

function detailPart({ title, lines, importance }: Detail): Part {
  const fold = (texts: readonly string[]): string =>
    `\n<details><summary>${summaryText(title)}</summary>\n\n${markdownFence(texts)}\n\n</details>\n`;
  const texts = lines.map(diffText);
  const open = fold(texts);
  const more = texts.length - shortLines;
  return {
    open,
    ...(more > 0
      ? { short: fold([...texts.slice(0, shortLines), `! and ${more} lines more, left out`]) }
      : {}),
    importance,
    what: ["detail", "details"],
  };
}

function tablePart({ head, numbers, rows }: Table): Part {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  const rule = row(head.map((_, column) => (numbers.includes(column) ? "--:" : ":--")));
  return {
    open: row(head) + rule,
    within: rows.map(({ cells, tone, importance }) => ({
      open: row(
        cells.map((cell, column) => join(column === 0 ? squares[tone] : "", lineText(cell))),
      ),
      importance,
      what: ["row", "rows"],
    })),
    left: (count) => `\n…and ${count} rows more, left out.\n`,
    close: "\n",
    importance: rows.reduce((most, one) => Math.max(most, one.importance), 0),
  };
}
