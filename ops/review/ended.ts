/** What a preview by the sandbox's own engine leaves for the report. */
import { dependenciesOfState } from "../../review/dependencies.ts";
import type { UpdateResult } from "../../sandbox/engine.ts";
import type { SandboxPlace } from "../../sandbox/place.ts";
import { readSecrets } from "../../sandbox/secrets.ts";
import {
  type Against,
  lastWords,
  noEvents,
  type Previewed,
  readLog,
  whyNone,
} from "./previewed.ts";
import { stateOf } from "./state.ts";

/** A preview that has been run, and what it ran against. */
export interface Ended {
  readonly against: Against;
  /** The state it started from, as the backend has it. */
  readonly deployment: unknown;
  /** Path of its event log. */
  readonly events: string;
  readonly result: UpdateResult;
}

/** Reads it. */
export function previewedOf(
  place: SandboxPlace,
  { against, deployment, events, result }: Ended,
): Previewed {
  const state = stateOf(deployment);
  const log = readLog(events);
  const failure = whyNone(result.code === 0 ? undefined : lastWords(result), log);
  return {
    stack: place.stack,
    against,
    // It ended well, and yet it is no preview.
    code: failure === noEvents ? 1 : result.code,
    events: log,
    ...(failure === undefined ? {} : { failure }),
    ...(state === undefined ? {} : { state }),
    dependencies: dependenciesOfState(deployment),
    missing: [],
    secrets: [...readSecrets(place).values()],
  };
}
