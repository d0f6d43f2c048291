/** When a watch is over, and how it went; and how long each rollout took. Pure but for what it remembers. */
import type { Row } from "./rows.ts";

/** How long a watch waits for a rollout to begin. */
const beginMilliseconds = 5_000;
/** How long all must have settled: a controller takes a moment to answer a change. */
const calmMilliseconds = 1_500;
/** How long nothing but what is stuck must be left: an alarm may still be taken back. */
const stuckMilliseconds = 5_000;

/** How a watch ended. */
export interface Verdict {
  readonly code: 0 | 1;
  readonly text: string;
}

/** Decides when a watch is over. */
export class Ending {
  #began = false;
  #calmSince: number | undefined;
  #stuckSince: number | undefined;

  /** @param busy Whether a command is at work on the sandbox: more may come. */
  decide(rows: readonly Row[], busy: boolean, now: number): Verdict | undefined {
    const open = rows.filter(({ state }) => state.kind !== "settled");
    const rolling = open.some(({ state }) => state.kind === "rolling");
    this.#calmSince = busy || open.length > 0 ? undefined : (this.#calmSince ?? now);
    this.#stuckSince = busy || rolling || open.length === 0 ? undefined : (this.#stuckSince ?? now);
    this.#began ||= busy || open.length > 0;
    const wait = this.#began ? calmMilliseconds : beginMilliseconds;
    if (this.#calmSince !== undefined && now - this.#calmSince >= wait) {
      return { code: 0, text: settledText(rows.length, this.#began) };
    }
    if (this.#stuckSince !== undefined && now - this.#stuckSince >= stuckMilliseconds) {
      const names = open.map(({ kind, name, state }) => `${kind} ${name} is ${state.kind}`);
      return { code: 1, text: names.join(", ") };
    }
    return undefined;
  }
}

function settledText(workloads: number, began: boolean): string {
  const all = workloads === 1 ? "the one workload has" : `all ${workloads} workloads have`;
  if (workloads === 0) {
    return "there is no workload";
  }
  return began ? `${all} settled` : `nothing is rolling: ${all} settled`;
}

interface Course {
  readonly revision: string;
  readonly begun: number;
  readonly ended?: number | undefined;
}

/** Times rollouts. */
export class Stopwatch {
  readonly #courses = new Map<string, Course>();
  readonly #known = new Set<string>();

  /**
   * Seconds of each row's rollout, by uid: so far, or in all. A workload that had settled before the
   * watch began has none.
   */
  read(rows: readonly Row[], now: number): ReadonlyMap<string, number> {
    for (const row of rows) {
      this.#take(row, now);
      this.#known.add(row.uid);
    }
    return new Map(
      rows.flatMap(({ uid }) => {
        const course = this.#courses.get(uid);
        const end = course?.ended ?? now;
        return course === undefined
          ? []
          : [[uid, Math.max(0, end - course.begun) / 1_000] as const];
      }),
    );
  }

  #take({ uid, revision, state, begun }: Row, now: number): void {
    const course = this.#courses.get(uid);
    if (state.kind === "settled") {
      if (course !== undefined && course.ended === undefined) {
        this.#courses.set(uid, { ...course, ended: now });
      }
    } else if (course === undefined && !this.#known.has(uid)) {
      // It was under way when it was first seen.
      this.#courses.set(uid, { revision, begun: begun ?? now });
    } else if (course === undefined || course.ended !== undefined || course.revision !== revision) {
      this.#courses.set(uid, { revision, begun: now });
    }
  }
}
