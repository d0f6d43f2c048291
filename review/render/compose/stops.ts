/** What keeps the report from being trusted or the change from being made. */
import type { Missing, Report } from "../../model.ts";
import type { Line, List, Section } from "../document.ts";
import { importance } from "./importance.ts";
import { code, labelled, strong, words } from "./line.ts";

/** A line and how long it is kept. */
type Kept = List["lines"][number];

function missingLine({ stack, what, why, hides }: Missing): Kept {
  const line: Line = [
    ...(stack === undefined ? [] : [code(stack)]),
    strong(`${what}:`),
    words(why),
    ...(hides ? [words("— a change may hide behind this")] : []),
  ];
  return { line, importance: importance.notWhole };
}

/** The section, where there is such a thing. */
export function stopSection(report: Report): Section | undefined {
  const { stacks } = report;
  const lines: readonly Kept[] = [
    ...[...report.missing, ...stacks.flatMap(({ missing }) => missing)].map(missingLine),
    ...stacks.flatMap(({ stack, diagnostics }) =>
      diagnostics
        .filter(({ severity }) => severity === "error")
        .map(({ resource, message, times }): Kept => ({
          line: [
            ...(stacks.length > 1 ? [code(stack)] : []),
            strong("error:"),
            ...(resource === undefined ? [] : labelled(resource.label)),
            words(message),
            ...(times > 1 ? [words(`(${times} times)`)] : []),
          ],
          importance: importance.failure,
        })),
    ),
  ];
  return lines.length === 0
    ? undefined
    : {
        id: "not-whole",
        title: "Not whole",
        tone: "failure",
        count: lines.length,
        note: "Until this is mended, the rest of the report is only a part of what would happen.",
        folded: false,
        blocks: [{ is: "list", lines }],
      };
}
