/** Two texts as a unified diff, as `diff -u` writes it: tools that read one read this. */
import { diffLines, type Line } from "../../review/text/lines.ts";

/** Lines shown round what differs. */
const context = 3;

/** A file before and after; undefined where it is not there. */
export interface Side {
  readonly name: string;
  readonly text: string | undefined;
}

const linesOf = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : text.replace(/\n$/, "").split("\n");

const headline = (mark: string, { name, text }: Side): string =>
  `${mark} ${text === undefined ? "/dev/null" : name}`;

/** The diff's lines, without the end of the last; empty where nothing differs. */
export function unified(before: Side, after: Side): string {
  const lines = diffLines(linesOf(before.text), linesOf(after.text));
  const hunks = hunksOf(lines);
  return hunks.length === 0
    ? ""
    : [headline("---", before), headline("+++", after), ...hunks].join("\n");
}

function hunksOf(lines: readonly Line[]): readonly string[] {
  const edits = lines.flatMap(({ is }, at) => (is === "same" ? [] : [at]));
  const spans: [number, number][] = [];
  for (const edit of edits) {
    const last = spans.at(-1);
    const [from, to] = [Math.max(0, edit - context), Math.min(lines.length, edit + context + 1)];
    if (last !== undefined && from <= last[1]) {
      last[1] = to;
    } else {
      spans.push([from, to]);
    }
  }
  return spans.map(([from, to]) => hunk(lines, from, to));
}

const marks = { same: " ", added: "+", removed: "-" } as const;

function hunk(lines: readonly Line[], from: number, to: number): string {
  const shown = lines.slice(from, to);
  const range = (other: Line["is"]): string => {
    const count = (some: readonly Line[]): number => some.filter(({ is }) => is !== other).length;
    const length = count(shown);
    // An empty side is told by the line before it.
    const start = count(lines.slice(0, from)) + (length === 0 ? 0 : 1);
    return length === 1 ? `${start}` : `${start},${length}`;
  };
  const head = `@@ -${range("added")} +${range("removed")} @@`;
  return [head, ...shown.map(({ is, text }) => `${marks[is]}${text}`)].join("\n");
}
