/** Property paths as the engine writes them: `spec.rules[0].host`, `labels["app.kubernetes.io/name"]`. */

import { remembered } from "./remember.ts";

/** One step into a value: a key of an object, or a place in a list. */
export type Segment = string | number;
/** A way into a value. */
export type Path = readonly Segment[];

/**
 * Reads a path. Nothing is refused: what follows no rule is taken as a key, so that a path that is
 * written oddly names something that is not there instead of something else.
 */
export const parsePath: (text: string) => Path = remembered(parse);

function parse(text: string): Path {
  const segments: Segment[] = [];
  let position = 0;
  while (position < text.length) {
    const bracket = text[position] === "[" ? readBracket(text, position) : undefined;
    if (bracket !== undefined) {
      segments.push(bracket.segment);
      position = bracket.end;
      continue;
    }
    if (text[position] === "." && segments.length > 0) {
      position += 1;
    }
    const end = keyEnd(text, position);
    segments.push(text.slice(position, end));
    position = end;
  }
  return segments;
}

/** Where a key without brackets ends. A bracket at its start belongs to it: it was none that closes. */
function keyEnd(text: string, start: number): number {
  for (let position = start + 1; position < text.length; position += 1) {
    if (text[position] === "." || text[position] === "[") {
      return position;
    }
  }
  return text.length;
}

function readBracket(
  text: string,
  start: number,
): { readonly segment: Segment; readonly end: number } | undefined {
  if (text[start + 1] !== '"') {
    const close = text.indexOf("]", start);
    const inside = close === -1 ? "" : text.slice(start + 1, close);
    return /^\d{1,9}$/.test(inside) ? { segment: Number(inside), end: close + 1 } : undefined;
  }
  const quote = text.indexOf('"', start + 2);
  const plain = text.slice(start + 2, quote === -1 ? undefined : quote);
  if (!plain.includes("\\")) {
    return quote !== -1 && text[quote + 1] === "]" ? { segment: plain, end: quote + 2 } : undefined;
  }
  let key = "";
  for (let position = start + 2; position < text.length; position += 1) {
    const letter = text[position] ?? "";
    if (letter === '"') {
      return text[position + 1] === "]" ? { segment: key, end: position + 2 } : undefined;
    }
    if (letter === "\\" && position + 1 < text.length) {
      position += 1;
      key += text[position] ?? "";
    } else {
      key += letter;
    }
  }
  return undefined;
}

/** Writes a path as the engine does. */
export function formatPath(path: Path): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "number") {
      text += `[${segment}]`;
    } else if (segment === "" || /[.["]/.test(segment)) {
      text += `["${segment.replace(/["\\]/g, "\\$&")}"]`;
    } else {
      text += text === "" ? segment : `.${segment}`;
    }
  }
  return text;
}

/** Whether `inner` is `outer` or lies in it. */
export function covers(outer: Path, inner: Path): boolean {
  if (outer.length > inner.length) {
    return false;
  }
  for (let at = 0; at < outer.length; at += 1) {
    if (outer[at] !== inner[at]) {
      return false;
    }
  }
  return true;
}
