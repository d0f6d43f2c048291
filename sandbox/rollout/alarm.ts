/** When to speak of workloads that cannot be placed, and when to give up on an update that is stuck. */
import { objectName } from "../events.ts";
import type { Row } from "./rows.ts";

/** What is worth saying at this moment. */
export interface Look {
  readonly lines: readonly string[];
  /** Whatever is still waited for will not come. */
  readonly hopeless: boolean;
}

/**
 * Says each workload that cannot be placed once, and takes it back where it finds a place after all.
 * Gives up where neither these nor those whose deadline has passed leave anything else to wait for: the
 * engine's own timeout is an upper bound, longer than a rollout may take.
 */
export class Alarm {
  readonly #said = new Set<string>();
  readonly #patienceMilliseconds: number;
  #seen = "";
  #movedAt: number;

  /** @param patienceSeconds For how long nothing may move before there is no hope; 0 waits for ever. */
  constructor(patienceSeconds: number, now: number) {
    this.#patienceMilliseconds = patienceSeconds === 0 ? Infinity : patienceSeconds * 1_000;
    this.#movedAt = now;
  }

  /** Something else than a pod has moved: hope goes on. */
  moved(now: number): void {
    this.#movedAt = now;
  }

  /** @param atWork Objects that the engine is at work on: it waits for no other. */
  look(rows: readonly Row[], atWork: readonly string[], now: number): Look {
    // The pods of one that has stalled crash and are started again for ever: that is no movement.
    const seen = JSON.stringify(rows.map((row) => (isStalled(row) ? keyOf(row) : row)));
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#movedAt = now;
    }
    const lines = [
      ...unplaceableTexts(rows.filter((row) => this.#isNews(row))),
      ...this.#retract(rows),
    ];
    const awaited = rows.filter(
      (row) => row.state.kind !== "settled" && atWork.includes(nameOf(row)),
    );
    return {
      lines,
      hopeless:
        awaited.length > 0 &&
        awaited.every(({ state }) => state.kind !== "rolling") &&
        now - this.#movedAt >= this.#patienceMilliseconds,
    };
  }

  #isNews(row: Row): boolean {
    const isNew = row.state.kind === "unplaceable" && !this.#said.has(keyOf(row));
    if (isNew) {
      this.#said.add(keyOf(row));
    }
    return isNew;
  }

  #retract(rows: readonly Row[]): readonly string[] {
    return rows
      .filter((row) => row.state.kind === "settled" && this.#said.delete(keyOf(row)))
      .map((row) => `  ! ${nameOf(row)} has found a place after all`);
  }
}

/** Workloads that are stuck, in lines: those without a place, and those whose deadline has passed. */
export function stuckTexts(rows: readonly Row[]): readonly string[] {
  const stalled = rows.flatMap((row) =>
    row.state.kind === "stalled" ? [`  ! ${nameOf(row)} has stalled: ${row.state.reason}`] : [],
  );
  return [...unplaceableTexts(rows), ...stalled];
}

/** Workloads that cannot be placed, in lines: which pods, the scheduler's reason, what would mend it. */
export function unplaceableTexts(rows: readonly Row[]): readonly string[] {
  const told = rows.flatMap((row) => {
    if (row.state.kind !== "unplaceable") {
      return [];
    }
    const { pods, reason, mends } = row.state;
    const [pod = "", ...others] = pods;
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    const why = [reason, ...mends.map((mend) => `to mend: ${mend}`)];
    return [
      {
        head: `  ! ${nameOf(row)} cannot be placed: pod ${pod}${more}`,
        why: why.map((line) => `      ${line}`).join("\n"),
      },
    ];
  });
  // Where a node is missing, many workloads miss it: the reason is said once.
  return [...Map.groupBy(told, ({ why }) => why)].map(([why, some]) =>
    [...some.map(({ head }) => head), why].join("\n"),
  );
}

function keyOf({ uid, revision }: Row): string {
  return `${uid} ${revision}`;
}

function nameOf({ kind, namespace, name }: Row): string {
  return objectName({ kind, metadata: { namespace, name } });
}

function isStalled({ state }: Row): boolean {
  return state.kind === "stalled";
}
