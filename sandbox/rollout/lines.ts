/** Rollouts as text: a table that fits a terminal, or one line for each change. Pure. */
import type { RevisionPods, Row } from "./rows.ts";

/** How a line looks where there are colours. */
export type Tone = "strong" | "plain" | "quiet" | "good" | "busy" | "bad";

/** One line of the terminal. */
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

/** What there is to show at one moment. */
export interface Report {
  readonly stack: string;
  readonly rows: readonly Row[];
  /** Of each row, by uid: how long its rollout has taken so far, or took. */
  readonly seconds: ReadonlyMap<string, number>;
  /** Since the watch began. */
  readonly elapsed: number;
  /** The command that is at work on the sandbox meanwhile. */
  readonly command?: string | undefined;
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

const titles = [
  "WORKLOAD",
  "REVISION",
  "READY",
  "AVAILABLE",
  "LEAST",
  "BUDGET",
  "TIME",
  "STATE",
] as const;

/** The table, cut to the room there is. Where not all fits, what has settled goes first. */
export function tableLines(report: Report, size: Size): readonly Line[] {
  const { rows } = report;
  const cells = rows.map((row) => cellsOf(row, report));
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[], tone: Tone): Line => ({
    text: row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
    tone,
  });
  const blocks = rows.map((row, index) => ({
    row,
    lines: [
      line(cells[index] ?? [], tones[row.state.kind]),
      ...detailsOf(row).flatMap((text) => wrap(text, size.columns - 5, 3)),
    ],
  }));
  const head: readonly Line[] = [
    { text: summary(report), tone: "strong" },
    ...(rows.length === 0 ? [] : [line(titles, "quiet")]),
  ];
  return [...head, ...fit(blocks, size.rows - head.length)]
    .slice(0, size.rows)
    .map(({ text, tone }) => ({ text: cut(text, size.columns), tone }));
}

/** One line: how many workloads are how far. */
export function summary({ stack, rows, elapsed, command }: Report): string {
  const counts = (["rolling", "stalled", "unplaceable", "settled"] as const).flatMap((kind) => {
    const count = rows.filter(({ state }) => state.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  const work = command === undefined ? "" : `; make ${command} is at work`;
  return `${stack}  ${clock(elapsed)}  ${counts.length === 0 ? "no workload" : counts.join(", ")}${work}`;
}

/** One workload in one line, for where there is no terminal. What changes with time alone is left out. */
export function plainLine(row: Row): string {
  const { state, available, desired, least, budget } = row;
  const parts = [
    ...(row.kind === "Job" ? [] : [revisionsText(row.revisions)]),
    ...(row.kind === "Job" ? [] : [`${available} of ${desired} available, least ${least}`]),
    ...(budget === undefined ? [] : [`budget: ${budget.needed} needed, ${budget.spare} spare`]),
  ].filter((text) => text !== "");
  return `${nameIn(row)} ${[stateText(row), ...parts].join("; ")}${
    state.kind === "unplaceable" ? state.mends.map((mend) => `\n  to mend: ${mend}`).join("") : ""
  }`;
}

/** A workload by its namespace and name. */
export function nameIn(row: Row): string {
  return `${row.namespace} ${nameOf(row)}`;
}

/** Minutes and seconds. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${`${whole % 60}`.padStart(2, "0")}`;
}

function cellsOf(row: Row, { rows, seconds }: Report): readonly string[] {
  const { kind, available, desired, least, budget, revision, state } = row;
  const several = new Set(rows.map(({ namespace }) => namespace)).size > 1;
  const ready = row.revisions.reduce((sum, pods) => sum + (pods.current ? pods.ready : 0), 0);
  const took = seconds.get(row.uid);
  const job = kind === "Job";
  return [
    several ? nameIn(row) : nameOf(row),
    job ? "" : revision,
    job ? "" : `${ready}/${desired}`,
    job ? `${available}/${desired} done` : `${available}/${desired}`,
    job ? "" : `${least}`,
    budget === undefined ? "" : `${budget.needed}, ${budget.spare} spare`,
    took === undefined ? "" : clock(took),
    state.kind === "settled" && state.note !== "" ? `settled: ${state.note}` : state.kind,
  ];
}

/** What is said of a workload below its line. */
function detailsOf(row: Row): readonly string[] {
  const { state, revisions, kind } = row;
  const pods = kind === "Job" ? "" : revisionsText(revisions);
  switch (state.kind) {
    case "settled":
      return [];
    case "rolling":
      return [pods, `waits for ${state.waitsFor}`].filter((text) => text !== "");
    case "stalled":
      return [pods, state.reason].filter((text) => text !== "");
    case "unplaceable":
      return [pods, state.reason, ...state.mends.map((mend) => `to mend: ${mend}`)];
  }
}

function stateText({ state }: Row): string {
  switch (state.kind) {
    case "settled":
      return state.note === "" ? "settled" : `settled, ${state.note}`;
    case "rolling":
      return `rolling, waits for ${state.waitsFor}`;
    case "stalled":
      return `stalled: ${state.reason}`;
    case "unplaceable":
      return `unplaceable: ${state.reason} (${state.pods.join(", ")})`;
  }
}

/** The pods of each revision in words. */
function revisionsText(revisions: readonly RevisionPods[]): string {
  return revisions
    .map(({ revision, ready, starting, failing, unplaceable, ending }) => {
      const counts = Object.entries({ ready, starting, failing, unplaceable, ending })
        .filter(([, count]) => count > 0)
        .map(([word, count]) => `${count} ${word}`);
      return counts.length === 0
        ? ""
        : `revision ${revision === "" ? "unknown" : revision}: ${counts.join(", ")}`;
    })
    .filter((text) => text !== "")
    .join(" | ");
}

function nameOf({ kind, name }: Row): string {
  return `${kind.toLowerCase()}/${name}`;
}

interface Block {
  readonly row: Row;
  readonly lines: readonly Line[];
}

/** As many blocks as there is room for, with a word on the rest. */
function fit(blocks: readonly Block[], room: number): readonly Line[] {
  const all = blocks.flatMap(({ lines }) => lines);
  if (all.length <= room) {
    return all;
  }
  const importance = ["unplaceable", "stalled", "rolling", "settled"];
  const sorted = blocks.toSorted(
    (one, other) =>
      importance.indexOf(one.row.state.kind) - importance.indexOf(other.row.state.kind),
  );
  const shown: Line[] = [];
  let count = 0;
  for (const { lines } of sorted) {
    if (shown.length + lines.length > room - 1) {
      break;
    }
    shown.push(...lines);
    count += 1;
  }
  const left = blocks.length - count;
  return [...shown, { text: `… and ${left} more`, tone: "quiet" }];
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
    shown[most - 1] = `${shown[most - 1] ?? ""} …`;
  }
  return shown.map((line) => ({ text: `    ${line}`, tone: "plain" }));
}

/** The last column stays free: a terminal that has filled it erases it again. */
function cut(text: string, columns: number): string {
  const room = Math.max(1, columns - 1);
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
