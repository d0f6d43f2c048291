/** What the world has become without the program: read from a refresh, told apart from the change. */
import { namesIn } from "./drawn.ts";
import type { Drift } from "./model.ts";
import { changesOf } from "./operations.ts";
import type { StackInput } from "./report.ts";
import type { Guard } from "./secrets/guard.ts";
import { learnPlainSecrets } from "./secrets/learn.ts";
import { itemsOf } from "./stack-report.ts";
import { Surroundings } from "./surroundings.ts";
import { Causes } from "./unknowns.ts";

/** Compares the state with what a refresh found. Old is the state, new the world. */
export function driftOf({ stack, drift, driftFailure }: StackInput, guard: Guard): Drift {
  if (drift === undefined) {
    return driftFailure === undefined
      ? { state: "not-asked", items: [], line: "drift not asked" }
      : { state: "failed", items: [], line: `drift not known: ${driftFailure}` };
  }
  const changes = changesOf(drift);
  learnPlainSecrets(changes, guard.scrubber);
  const { items } = itemsOf(changes, {
    stack,
    guard,
    around: new Surroundings(drift, changes),
    causes: new Causes(changes),
    names: namesIn(changes.map(({ urn }) => urn)),
    failures: new Map(),
  });
  const isBroken =
    driftFailure !== undefined ||
    drift.summary?.result !== "succeeded" ||
    drift.faults.unreadable > 0;
  if (isBroken) {
    const why = driftFailure ?? "the refresh did not come to its end";
    return { state: "failed", items, line: `drift not known whole: ${why}` };
  }
  return items.length === 0
    ? { state: "none", items, line: "no drift" }
    : { state: "drifted", items, line: `${items.length} drifted` };
}
