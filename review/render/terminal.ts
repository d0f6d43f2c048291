/** The report as text for a terminal or a log. Its only control characters are line ends and own colours. */
import type { Report } from "../model.ts";
import { fit, frame, type Losses, type Part } from "./budget.ts";
import { pageOf } from "./compose/page.ts";
import type { Block, Detail, DiffLine, Entry, Line, Section, Table, Tone } from "./document.ts";

/** How the text is written. */
export interface TerminalOptions {
  /** Whether to colour; only for a terminal that asks for it. Not if not given. */
  readonly colour?: boolean;
  /** Bytes of UTF-8 at most; as many as it takes if not given. */
  readonly budget?: number;
}

/** Lines of a difference that are shown; the HTML page has all. */
const mostLines = 40;
const shortLines = 6;

type Paint = (style: keyof typeof styles | "none", text: string) => string;

const styles = {
  bold: "1",
  dim: "2",
  red: "31",
  green: "32",
  yellow: "33",
  blue: "34",
  magenta: "35",
  cyan: "36",
} as const;

const coloured: Paint = (style, text) =>
  text === "" || style === "none" ? text : `\u001b[${styles[style]}m${text}\u001b[0m`;
const plain: Paint = (_, text) => text;

const tones: Readonly<Record<Tone, keyof typeof styles>> = {
  failure: "red",
  "data-loss": "red",
  downtime: "magenta",
  access: "yellow",
  rollout: "blue",
  cosmetic: "dim",
  good: "green",
  plain: "bold",
};

/**
 * Writes the text.
 *
 * @throws RangeError when the budget is too small for the verdict itself (below 2,000 bytes).
 */
export function renderTerminal(report: Report, options: TerminalOptions = {}): string {
  const page = pageOf(report);
  const writer = new Writer(options.colour === true ? coloured : plain);
  const parts: readonly Part[] = [
    {
      open: `${writer.paint("bold", writer.paint(tones[page.tone], page.verdict))}\n\n`,
      importance: frame,
    },
    ...(page.stacks === undefined ? [] : [writer.table(page.stacks)]),
    ...page.sections.map((section) => writer.section(section)),
  ];
  const budget = options.budget ?? Number.POSITIVE_INFINITY;
  const whole = page.url ?? "report.html";
  const notice = (losses: Losses): string => `${lossLine(losses)}. The whole report: ${whole}\n\n`;
  return `${fit(parts, budget, { before: 1, text: notice }).trimEnd()}\n`;
}

const lossLine = ({ out, shortened }: Losses): string =>
  [
    `Left out: ${out.map(({ count, name }) => `${count} ${name}`).join(", ")}`,
    ...(shortened === 0 ? [] : [`${shortened} shortened`]),
  ].join("; ");

/** Writes the parts of a page in colours, or without. */
class Writer {
  readonly paint: Paint;

  constructor(paint: Paint) {
    this.paint = paint;
  }

  section({ title, tone, count, note, blocks }: Section): Part {
    const head = `${title.toUpperCase()}${count === undefined ? "" : ` (${count})`}`;
    const said = note === undefined ? "" : `${this.paint("dim", note)}\n`;
    const within = blocks.map((block) => this.block(block));
    return {
      open: `${this.paint("bold", this.paint(tones[tone], head))}\n${said}\n`,
      within,
      left: (more) => `  …and ${more} more, left out\n\n`,
      importance: within.reduce((most, part) => Math.max(most, part.importance), 0),
    };
  }

  private block(block: Block): Part {
    switch (block.is) {
      case "entry":
        return this.entry(block);
      case "table":
        return this.table(block);
      case "list":
        return {
          open: "",
          within: block.lines.map(({ line, importance }) => ({
            open: `  ${this.line(line)}\n`,
            importance,
            what: ["line", "lines"],
          })),
          left: (more) => `  …and ${more} more, left out\n`,
          close: "\n",
          importance: block.lines.reduce((most, { importance }) => Math.max(most, importance), 0),
        };
    }
  }

  private line(line: Line): string {
    return line
      .map(({ is, text }) =>
        is === "words" ? text : this.paint(is === "strong" ? "bold" : "cyan", text),
      )
      .join(" ");
  }

  private entry(entry: Entry): Part {
    const { operation, title, stacks, reasons, facts, tone } = entry;
    const head = [
      ...(operation === undefined ? [] : [this.paint(tones[tone], operation)]),
      this.line(title),
      ...(stacks.length === 0 ? [] : [this.paint("dim", `in ${stacks.join(", ")}`)]),
    ].join(" ");
    const why = reasons.map(
      ({ rule, why: text }) => `    ${this.paint("bold", `${rule}:`)} ${text}\n`,
    );
    return {
      open: `  ${head}\n${why.join("")}`,
      within: [
        ...facts.map((fact): Part => ({
          open: `    ${this.line(fact)}\n`,
          importance: entry.importance - 5,
          what: ["fact", "facts"],
        })),
        ...entry.details.map((detail) => this.detail(detail)),
      ],
      close: "\n",
      importance: entry.importance,
      what: ["change", "changes"],
    };
  }

  private detail({ title, lines, importance }: Detail): Part {
    const shown = (most: number): string =>
      [
        `    ${this.line(title)}:`,
        ...lines.slice(0, most).map((line) => `      ${this.difference(line)}`),
        ...(lines.length > most ? [`      …and ${lines.length - most} lines more`] : []),
      ].join("\n") + "\n";
    return {
      open: shown(mostLines),
      ...(lines.length > shortLines ? { short: shown(shortLines) } : {}),
      importance,
      what: ["detail", "details"],
    };
  }

  private difference({ sign, text }: DiffLine): string {
    switch (sign) {
      case "+":
        return this.paint("green", `+ ${text}`);
      case "-":
        return this.paint("red", `- ${text}`);
      case "!":
        return this.paint("yellow", `! ${text}`);
      case "@":
        return this.paint("dim", `@@ ${text} @@`);
      case " ":
        return `  ${text}`;
    }
  }

  /** Columns as wide as their widest cell, up to a bound; the last one as it comes. */
  table({ head, rows }: Table): Part {
    const cells = [head, ...rows.map((row) => row.cells.map(textOf))];
    const widths = head.map((_, column) =>
      Math.min(
        48,
        cells.reduce((most, row) => Math.max(most, (row[column] ?? "").length), 0),
      ),
    );
    const text = (row: readonly string[]): string =>
      `  ${row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")}`.trimEnd();
    return {
      open: `${this.paint("dim", text(head))}\n`,
      within: rows.map(({ tone, importance, cells: row }) => ({
        open: `${this.paint(tone === "plain" ? "none" : tones[tone], text(row.map(textOf)))}\n`,
        importance,
        what: ["row", "rows"],
      })),
      left: (more) => `  …and ${more} rows more, left out\n`,
      close: "\n",
      importance: rows.reduce((most, row) => Math.max(most, row.importance), 0),
    };
  }
}

const textOf = (line: Line): string => line.map(({ text }) => text).join(" ");
