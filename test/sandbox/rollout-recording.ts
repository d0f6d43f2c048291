/** Recordings of a real control plane: `recordings/record.ts` makes them anew. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { kinds, type Snapshot } from "../../sandbox/rollout/objects.ts";
import { type Row, rowsOf } from "../../sandbox/rollout/rows.ts";

/** A moment of a cluster. */
export interface Recording {
  readonly now: number;
  readonly snapshot: Snapshot;
}

interface Line {
  readonly now?: string;
  readonly kind?: string;
  readonly object?: unknown;
}

/** Reads a recording through the shapes that the watch itself reads with. */
export function readRecording(name: "settled" | "rolling" | "stuck"): Recording {
  const lines = readFileSync(join(import.meta.dirname, "recordings", `${name}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  const snapshot = Object.fromEntries(
    Object.entries(kinds).map(([kind, { shape }]) => [
      kind,
      lines.filter((line) => line.kind === kind).map(({ object }) => shape.parse(object)),
    ]),
  ) as unknown as Snapshot;
  return { now: Date.parse(lines[0]?.now ?? ""), snapshot };
}

/** The rows of a recording, a while after. */
export function recordedRows(
  name: Parameters<typeof readRecording>[0],
  laterSeconds = 0,
): readonly Row[] {
  const { now, snapshot } = readRecording(name);
  return rowsOf(snapshot, now + laterSeconds * 1_000);
}

/** The row of a workload. */
export function rowOf(rows: readonly Row[], name: string): Row {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) {
    throw new Error(
      `no workload ${name} among ${rows.map((candidate) => candidate.name).join(", ")}`,
    );
  }
  return row;
}
