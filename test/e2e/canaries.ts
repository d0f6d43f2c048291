/** Whether planted secrets stand anywhere in what a review wrote, in any form that somebody could read. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

/** Part of a value that tells it: a cut must not leave this much of it. */
const tellingLength = 12;

/** All files of a folder hold none of the values: plain, encoded, or a piece of one. */
export function expectNoSecret(folder: string, values: readonly string[]): void {
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    expect({ file, found: values.filter((value) => holds(text, value)) }).toEqual({
      file,
      found: [],
    });
  }
}

/** Whether a text holds a value, or a telling piece of it. */
export function holds(text: string, value: string): boolean {
  const lower = text.toLowerCase();
  return formsOf(value).some((form) =>
    piecesOf(form).some((piece) => lower.includes(piece.toLowerCase())),
  );
}

/** A value as it may be written, base64 at each of its three alignments. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    // The first characters hold the padding in front, the last ones that behind.
    return text.slice(shift === 0 ? 0 : 4, text.length - 4);
  });
  return [value, encodeURIComponent(value), bytes.toString("hex"), ...base64];
}

function piecesOf(form: string): readonly string[] {
  const pieces = [];
  for (let start = 0; start + tellingLength <= form.length; start += 1) {
    pieces.push(form.slice(start, start + tellingLength));
  }
  return pieces.length === 0 ? [form] : pieces;
}
