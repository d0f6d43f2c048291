/**
 * The tutorial (docs/tutorial.md) as what its reader does: edits of the stack file (`diff`), commands
 * (`sh`), and what each prints (`text`). What is tested is what is read: there is no second copy.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { clone } from "../rendered.ts";

/** The stack file that the tutorial edits. */
export const tutorialFile = "Pulumi.voting.yaml";

/** One thing that the reader does. */
export type Step =
  | { readonly kind: "edit"; readonly before: string; readonly after: string }
  | {
      readonly kind: "command";
      readonly line: string;
      /** What it prints, in passages of lines that follow each other; `…` stands between them. */
      readonly prints: readonly (readonly string[])[];
    };

/** A section of the page. */
export interface Section {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** The sections in which something is done. */
export function tutorialSections(): readonly Section[] {
  const page = readFileSync(join(clone, "docs", "tutorial.md"), "utf8");
  return page
    .split(/^## /m)
    .slice(1)
    .map((text) => ({ title: text.slice(0, text.indexOf("\n")), steps: stepsOf(text) }))
    .filter(({ steps }) => steps.length > 0);
}

function stepsOf(section: string): readonly Step[] {
  const steps: Step[] = [];
  for (const [, language, text = ""] of section.matchAll(/^```([a-z]+)\n([^]*?)^```$/gm)) {
    const lines = text.trimEnd().split("\n");
    switch (language) {
      case "sh":
        steps.push(...lines.map((line) => ({ kind: "command" as const, line, prints: [] })));
        break;
      case "diff":
        steps.push({ kind: "edit", before: side(lines, "-"), after: side(lines, "+") });
        break;
      case "text": {
        const command = steps.pop();
        if (command?.kind !== "command" || command.prints.length > 0) {
          throw new Error(`no command has printed this:\n${text}`);
        }
        steps.push({ ...command, prints: passages(lines) });
        break;
      }
      default:
        throw new Error(`the tutorial has no ${language ?? ""}`);
    }
  }
  return steps;
}

/** The lines of a difference that stand on one side of it. */
const side = (lines: readonly string[], sign: "+" | "-"): string =>
  lines
    .filter((line) => line.startsWith(sign) || line.startsWith(" ") || line === "")
    .map((line) => `${line.slice(1)}\n`)
    .join("");

function passages(lines: readonly string[]): readonly (readonly string[])[] {
  return lines
    .join("\n")
    .split(/^ *…$/m)
    .map(printedLines)
    .filter((passage) => passage.length > 0);
}

/**
 * A text with an edit made. Where the CLI has laid the file out anew, as it does when the stack goes live, the edit is
 * made in its layout.
 *
 * @throws Error unless the lines to change stand there just once.
 */
export function edited(text: string, edit: Extract<Step, { kind: "edit" }>): string {
  const isAsWritten = text.includes(edit.before);
  const [before, after] = [edit.before, edit.after].map(isAsWritten ? String : engineLayout);
  const parts = text.split(before ?? "");
  if (parts.length !== 2) {
    throw new Error(`stands ${parts.length - 1} times in ${tutorialFile}:\n${edit.before}`);
  }
  return parts.join(after);
}

/** Lines of a stack file as `pulumi config set` writes them: none is empty, and no blank stands inside braces. */
const engineLayout = (lines: string): string =>
  lines.replaceAll(/^\n/gm, "").replaceAll("{ ", "{").replaceAll(" }", "}");

/** Which passages were not printed, in their order. Times, hashes and what a run draws by lot are any. */
export function missingPassages(
  passages: readonly (readonly string[])[],
  printed: string,
): readonly string[] {
  const lines = printedLines(printed).map(withoutChance);
  let from = 0;
  return passages.flatMap((passage) => {
    const wanted = passage.map(withoutChance);
    const at = lines.findIndex(
      (_, index) => index >= from && wanted.every((line, more) => lines[index + more] === line),
    );
    from = at < 0 ? from : at + wanted.length;
    return at < 0 ? [passage.join("\n")] : [];
  });
}

/** Lines that count: a slow run says now and then how far it is, where it writes to no terminal. */
const printedLines = (text: string): readonly string[] =>
  text.split(/\r?\n/).filter((line) => line.trim() !== "" && !/^ {2}\d+ done\b/.test(line));

const chances: readonly (readonly [RegExp, string])[] = [
  [/127\.0\.0\.1:\d+/g, "<server>"],
  [/\b10\.\d+\.\d+\.\d+/g, "<ip>"],
  [/-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, "-<pod>"],
  [/\bvoting-workers-\d\b/g, "<node>"],
  [/\b[0-9a-f]{7,40}\b/g, "<commit>"],
  [/\b\d+:\d\d\b/g, "<clock>"],
  [/\b\d+(\.\d+)? s\b/g, "<seconds>"],
  [/\b(?:\d+m)?\d+s\b|\b\d+m\b/g, "<age>"],
  [/\s+/g, " "],
];

const withoutChance = (line: string): string =>
  chances.reduce((text, [pattern, word]) => text.replace(pattern, word), line).trim();
