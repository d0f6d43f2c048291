/** Rollouts in words: a summary, and one line for each workload. Pure. */
import type { RevisionPods, Row } from "./rows.ts";

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
export function revisionsText(revisions: readonly RevisionPods[]): string {
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

/** A workload by its kind and name, as kubectl takes it. */
export function nameOf({ kind, name }: Row): string {
  return `${kind.toLowerCase()}/${name}`;
}
