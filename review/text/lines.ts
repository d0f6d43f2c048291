/** Which lines of two texts differ: the shortest way from one to the other, within bounds. */

/** What becomes of a line. */
export interface Line {
  readonly is: "same" | "added" | "removed";
  readonly text: string;
}

/**
 * Edits beyond which no shortest way is sought: its cost grows with the square of their number. What
 * lies between equal beginnings and ends is then told as removed and added.
 */
const farthest = 400;

/** Compares two lists of lines (Myers, An O(ND) Difference Algorithm, 1986). */
export function diffLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) {
    start += 1;
  }
  let rest = 0;
  while (
    rest < before.length - start &&
    rest < after.length - start &&
    before[before.length - 1 - rest] === after[after.length - 1 - rest]
  ) {
    rest += 1;
  }
  const same = (text: string): Line => ({ is: "same", text });
  return [
    ...before.slice(0, start).map(same),
    ...middle(before.slice(start, before.length - rest), after.slice(start, after.length - rest)),
    ...before.slice(before.length - rest).map(same),
  ];
}

function middle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const trace = before.length === 0 || after.length === 0 ? undefined : search(before, after);
  if (trace === undefined) {
    return [
      ...before.map((text): Line => ({ is: "removed", text })),
      ...after.map((text): Line => ({ is: "added", text })),
    ];
  }
  return walkBack(trace, before, after);
}

/** Per number of edits, how far each diagonal gets; undefined where more than {@link farthest} are needed. */
function search(
  before: readonly string[],
  after: readonly string[],
): readonly Int32Array[] | undefined {
  const most = Math.min(before.length + after.length, farthest);
  const reach = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(reach.slice(most - edits, most + edits + 3));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = most + 1 + diagonal;
      const [below = 0, above = 0] = [reach[at - 1], reach[at + 1]];
      const isDown = diagonal === -edits || (diagonal !== edits && below < above);
      let x = isDown ? above : below + 1;
      let y = x - diagonal;
      while (x < before.length && y < after.length && before[x] === after[y]) {
        x += 1;
        y += 1;
      }
      reach[at] = x;
      if (x >= before.length && y >= after.length) {
        return trace;
      }
    }
  }
  return undefined;
}

function walkBack(
  trace: readonly Int32Array[],
  before: readonly string[],
  after: readonly string[],
): readonly Line[] {
  const lines: Line[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const reach = trace[edits];
    const diagonal = x - y;
    // The slice begins one place before diagonal -edits.
    const at = (place: number): number => reach?.[place + edits + 1] ?? 0;
    const isDown =
      diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1));
    const fromX = edits === 0 ? 0 : isDown ? at(diagonal + 1) : at(diagonal - 1);
    const fromY = edits === 0 ? 0 : fromX - (isDown ? diagonal + 1 : diagonal - 1);
    const stepX = edits === 0 ? 0 : isDown ? fromX : fromX + 1;
    while (x > stepX && y > stepX - diagonal) {
      x -= 1;
      y -= 1;
      lines.push({ is: "same", text: before[x] ?? "" });
    }
    if (edits > 0) {
      lines.push(
        isDown
          ? { is: "added", text: after[fromY] ?? "" }
          : { is: "removed", text: before[fromX] ?? "" },
      );
    }
    [x, y] = [fromX, fromY];
  }
  return lines.reverse();
}
