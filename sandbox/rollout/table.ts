/** Rollouts as a table that fits a terminal. Pure, and in ASCII: not every terminal shows more. */
import { clock, nameIn, nameOf, type Report, revisionsText, summary } from "./lines.ts";
import type { Row } from "./rows.ts";

/** How a line looks where there are colours. */
export type Tone = "strong" | "plain" | "quiet" | "good" | "busy" | "bad";

/** One line of the terminal. */
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

/** Room on the terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const tones: Readonly<Record<Row["state"]["kind"], Tone>> = {
  settled: "good",
  rolling: "busy",
  stalled: "bad",
  unplaceable: "bad",
};

interface Column {
  readonly title: string;
  /** Narrow terminals go without the columns of high numbers; those of 0 are always there. */
  readonly spared: number;
  readonly cell: (row: Row, report: Report) => string;
}

/** A Job has neither revisions nor pods that are to stay. */
const unlessJob =
  (cell: (row: Row) => string) =>
  (row: Row): string =>
    row.kind === "Job" ? "" : cell(row);

const columns: readonly Column[] = [
  { title: "STATE", spared: 0, cell: ({ state }) => state.kind },
  { title: "REVISION", spared: 5, cell: unlessJob(({ revision }) => revision) },
  {
    title: "UPDATED",
    spared: 2,
    cell: unlessJob(({ revisions, desired }) => {
      const ready = revisions.reduce((sum, pods) => sum + (pods.current ? pods.ready : 0), 0);
      return `${ready}/${desired}`;
    }),
  },
  {
    title: "AVAILABLE",
    spared: 0,
    cell: ({ kind, available, desired }) =>
      `${available}/${desired}${kind === "Job" ? " done" : ""}`,
  },
  { title: "LEAST", spared: 1, cell: unlessJob(({ least }) => `${least}`) },
  {
    title: "BUDGET",
    spared: 4,
    cell: ({ budget }) => (budget === undefined ? "" : `${budget.spare} spare`),
  },
  {
    title: "TIME",
    spared: 3,
    cell: ({ uid }, { seconds }) => {
      const took = seconds.get(uid);
      return took === undefined ? "" : clock(took);
    },
  },
];

/** The table, cut to the room there is. Where not all fits, what has settled goes first. */
export function tableLines(report: Report, size: Size): readonly Line[] {
  const { rows } = report;
  const several = new Set(rows.map(({ namespace }) => namespace)).size > 1;
  const name: Column = { title: "WORKLOAD", spared: 0, cell: several ? nameIn : nameOf };
  const table = narrowed(
    [name, ...columns].map((column) => {
      const cells = [column.title, ...rows.map((row) => column.cell(row, report))];
      return { ...column, cells, width: Math.max(...cells.map((cell) => cell.length)) };
    }),
    size.columns - 1,
  );
  const line = (index: number, tone: Tone): Line => ({
    text: table
      .map(({ cells, width }) => (cells[index] ?? "").padEnd(width))
      .join(gap)
      .trimEnd(),
    tone,
  });
  const blocks = rows.map((row, index) => ({
    row,
    head: line(index + 1, tones[row.state.kind]),
    details: detailsOf(row).flatMap((text) => wrap(text, size.columns - 5, 3)),
  }));
  const head: readonly Line[] = [
    { text: summary(report), tone: "strong" },
    ...(rows.length === 0 ? [] : [line(0, "quiet")]),
  ];
  return [...head, ...fit(blocks, size.rows - head.length)]
    .slice(0, size.rows)
    .map(({ text, tone }) => ({ text: cut(text, size.columns), tone }));
}

const gap = "  ";

/** The columns that fit a width, or those that are always there. */
function narrowed<Some extends Column & { readonly width: number }>(
  table: readonly Some[],
  width: number,
): readonly Some[] {
  const needed = table.reduce((sum, column) => sum + column.width + gap.length, -gap.length);
  const most = Math.max(...table.map(({ spared }) => spared));
  return needed <= width || most === 0
    ? table
    : narrowed(
        table.filter(({ spared }) => spared < most),
        width,
      );
}

/** What is said of a workload below its line. */
function detailsOf({ kind, state, revisions }: Row): readonly string[] {
  const pods = kind === "Job" ? "" : revisionsText(revisions);
  const said = (): readonly string[] => {
    switch (state.kind) {
      case "settled":
        return [state.note];
      case "rolling":
        return [pods, `waits for ${state.waitsFor}`];
      case "stalled":
        return [pods, state.reason];
      case "unplaceable":
        return [pods, state.reason, ...state.mends.map((mend) => `to mend: ${mend}`)];
    }
  };
  return said().filter((text) => text !== "");
}

interface Block {
  readonly row: Row;
  readonly head: Line;
  readonly details: readonly Line[];
}

/** Most important first, where not all fits. */
const importance = ["unplaceable", "stalled", "rolling", "settled"];

/**
 * As many blocks as there is room for, with a word on the rest. What rolls goes without details before
 * any workload that rolls is left out.
 */
function fit(blocks: readonly Block[], room: number): readonly Line[] {
  const whole = blocks.map(({ head, details }) => [head, ...details]);
  if (whole.flat().length <= room) {
    return whole.flat();
  }
  const sorted = blocks.toSorted(
    (one, other) =>
      importance.indexOf(one.row.state.kind) - importance.indexOf(other.row.state.kind),
  );
  const open = sorted.filter(({ row }) => row.state.kind !== "settled");
  const brief = open.flatMap(({ head, details }) => [head, ...details]).length > room - 1;
  const shown: Line[] = [];
  let count = 0;
  for (const { row, head, details } of sorted) {
    const stuck = row.state.kind === "unplaceable" || row.state.kind === "stalled";
    const lines = stuck || (row.state.kind === "rolling" && !brief) ? [head, ...details] : [head];
    if (shown.length + lines.length > room - 1) {
      break;
    }
    shown.push(...lines);
    count += 1;
  }
  const left = blocks.length - count;
  return left === 0 ? shown : [...shown, { text: `... and ${left} more`, tone: "quiet" }];
}

/** A text on lines below a workload's own: at most so many. */
function wrap(text: string, width: number, most: number): readonly Line[] {
  const room = Math.max(10, width);
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  const shown = lines.slice(0, most);
  if (lines.length > most) {
    shown[most - 1] = `${shown[most - 1] ?? ""} ...`;
  }
  return shown.map((line) => ({ text: `    ${line}`, tone: "plain" }));
}

/** The last column stays free: a terminal that has filled it erases it again. */
function cut(text: string, columns: number): string {
  const room = Math.max(1, columns - 1);
  return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 3))}...`.slice(0, room);
}
