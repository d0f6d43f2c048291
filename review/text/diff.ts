/** Text properties compared line by line: hunks as a reviewer knows them. */
import type { TextPair } from "../differences.ts";
import type { Hunk, TextDiff } from "../model.ts";
import { formatPath } from "../paths.ts";
import type { Scrubber } from "../secrets/scrub.ts";
import { normalise } from "./data.ts";
import { diffLines, type Line } from "./lines.ts";
import { shortenAll } from "./shorten.ts";

/** Lines shown round what differs. */
const context = 3;

/** Lines of all hunks of one text. */
const mostLines = 300;

/** Compares one text. */
export function textDiff({ path, before, after }: TextPair, scrubber: Scrubber): TextDiff {
  const name = formatPath(path);
  // A secret that goes over several lines is found in the whole text only.
  const [left, right] = normalise(name, scrubber.scrub(before), scrubber.scrub(after));
  const lines = diffLines(linesOf(left.text), linesOf(right.text));
  const added = lines.filter(({ is }) => is === "added").length;
  const removed = lines.filter(({ is }) => is === "removed").length;
  const { hunks, omitted } = bound(hunksOf(lines));
  const note = noteOf(added + removed, left.format, before, after);
  return {
    path: name,
    format: left.format,
    added,
    removed,
    hunks,
    omitted,
    ...(note === undefined ? {} : { note }),
  };
}

function noteOf(
  edits: number,
  format: TextDiff["format"],
  before: string,
  after: string,
): string | undefined {
  if (edits > 0) {
    return undefined;
  }
  if (format !== "text") {
    return "only spacing, comments or the order of keys differ";
  }
  return before === after ? undefined : "only the end of the last line or what is secret differs";
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") {
    lines.pop();
  }
  return lines;
}

function hunksOf(lines: readonly Line[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let [oldLine, newLine] = [1, 1];
  let open: Hunk | undefined;
  let lastEdit = -Infinity;
  // How far the next edit is decides whether a line still belongs to a hunk.
  const next = nextEdits(lines);
  const texts = shortenAll(lines);
  lines.forEach((line, at) => {
    const isNear = at - lastEdit <= context || (next[at] ?? Infinity) - at <= context;
    if (!isNear) {
      open = undefined;
    } else {
      if (open === undefined) {
        open = { oldStart: oldLine, oldLines: 0, newStart: newLine, newLines: 0, lines: [] };
        hunks.push(open);
      }
      open.lines.push({ is: line.is, text: texts[at] ?? "" });
      open.oldLines += line.is === "added" ? 0 : 1;
      open.newLines += line.is === "removed" ? 0 : 1;
    }
    lastEdit = line.is === "same" ? lastEdit : at;
    oldLine += line.is === "added" ? 0 : 1;
    newLine += line.is === "removed" ? 0 : 1;
  });
  return hunks;
}

function nextEdits(lines: readonly Line[]): readonly number[] {
  const next: number[] = [];
  let edit = Infinity;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    edit = lines[at]?.is === "same" ? edit : at;
    next[at] = edit;
  }
  return next;
}

/** The first hunks, whole lines of them; and how many lines that differ are left out. */
function bound(hunks: readonly Hunk[]): { readonly hunks: Hunk[]; readonly omitted: number } {
  const kept: Hunk[] = [];
  let room = mostLines;
  let omitted = 0;
  for (const hunk of hunks) {
    const lines = hunk.lines.slice(0, room);
    room -= lines.length;
    omitted += hunk.lines.slice(lines.length).filter(({ is }) => is !== "same").length;
    if (lines.length > 0) {
      const oldLines = lines.filter(({ is }) => is !== "added").length;
      const newLines = lines.filter(({ is }) => is !== "removed").length;
      kept.push({ ...hunk, oldLines, newLines, lines });
    }
  }
  return { hunks: kept, omitted };
}
