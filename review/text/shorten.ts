/** Long lines, cut to the part that a report shows: the one in which they differ. */
import type { Line } from "./lines.ts";

/** Characters that are shown of one line. */
const widest = 400;

/** Characters shown before the first that differs. */
const lead = 80;

/**
 * What is shown of each line, in their order. Of a line that takes another's place both are shown from where they
 * differ: two that begin alike would else be told as one removed and the same one added.
 */
export function shortenAll(lines: readonly Line[]): readonly string[] {
  const starts = new Map<Line, number>();
  let removed: Line[] = [];
  let added: Line[] = [];
  const pair = (): void => {
    removed.forEach((line, at) => {
      const other = added[at];
      if (other !== undefined && Math.max(line.text.length, other.text.length) > widest) {
        const start = startOf(line.text, other.text);
        starts.set(line, start).set(other, start);
      }
    });
    [removed, added] = [[], []];
  };
  for (const line of lines) {
    if (line.is === "same") {
      pair();
    } else {
      (line.is === "removed" ? removed : added).push(line);
    }
  }
  pair();
  return lines.map((line) => shorten(line.text, starts.get(line) ?? 0));
}

/** Where to begin, so that the first difference is seen; at the beginning where it is seen from there. */
function startOf(left: string, right: string): number {
  let same = 0;
  while (same < left.length && left[same] === right[same]) {
    same += 1;
  }
  return same + lead <= widest ? 0 : same - lead;
}

function shorten(text: string, start: number): string {
  const shown = text.slice(start, start + widest);
  const isWhole = shown.length === text.length;
  // A cut may go through a character that is two for JavaScript.
  return isWhole
    ? text
    : `${start > 0 ? "…" : ""}${shown.toWellFormed()}${start + widest < text.length ? "…" : ""}`;
}
