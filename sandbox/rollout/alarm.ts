/** When to speak of workloads that cannot be placed, and when to give up on them. */
import type { Row } from "./rows.ts";

/** What is worth saying at this moment. */
export interface Look {
  readonly lines: readonly string[];
  /** Whatever is still waited for will not come. */
  readonly hopeless: boolean;
}

/** Says each workload that cannot be placed once, and takes it back where it finds a place after all. */
export class PlacementAlarm {
  readonly #said = new Map<string, Row>();
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

  look(rows: readonly Row[], now: number): Look {
    const seen = JSON.stringify(rows);
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#movedAt = now;
    }
    const lines = rows.flatMap((row) => this.#tell(row));
    // The engine does not wait for what it was told not to: neither do we.
    const awaited = rows.filter(({ state, unawaited }) => state.kind !== "settled" && !unawaited);
    return {
      lines,
      hopeless:
        awaited.length > 0 &&
        awaited.every(({ state }) => state.kind === "unplaceable") &&
        now - this.#movedAt >= this.#patienceMilliseconds,
    };
  }

  #tell(row: Row): readonly string[] {
    const key = `${row.uid} ${row.revision}`;
    if (row.state.kind === "unplaceable") {
      if (this.#said.has(key)) {
        return [];
      }
      this.#said.set(key, row);
      return [unplaceableText(row)];
    }
    if (row.state.kind === "settled" && this.#said.delete(key)) {
      return [`  ! ${row.kind} ${row.namespace}/${row.name} has found a place after all`];
    }
    return [];
  }
}

/** A workload that cannot be placed, in lines: which pods, the scheduler's reason, what would mend it. */
export function unplaceableText({ kind, namespace, name, state }: Row): string {
  if (state.kind !== "unplaceable") {
    return "";
  }
  const [pod = "", ...others] = state.pods;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return [
    `  ! ${kind} ${namespace}/${name} cannot be placed: pod ${pod}${more}`,
    `      ${state.reason}`,
    ...state.mends.map((mend) => `      to mend: ${mend}`),
  ].join("\n");
}
