/** What a preview leaves for the report, whichever way it was run. */
import { statSync } from "node:fs";

import { readEventLog } from "../../review/events.ts";
import type { Missing, StackProvenance } from "../../review/model.ts";
import type { StackPreview } from "../../review/preview.ts";
import type { Dependencies } from "../../review/unknowns.ts";
import type { UpdateResult } from "../../sandbox/engine.ts";
import { isNoise } from "../../sandbox/events.ts";

/** What the preview of a stack ran against: its sandbox, a state without a cluster, the real thing. */
export type Against = "sandbox" | "state" | "live";

/** A preview that has ended, well or not. */
export interface Previewed {
  readonly stack: string;
  readonly against: Against;
  /** The engine's exit code; 1 where it was not even started. */
  readonly code: number;
  /** What its event log tells; undefined where there is none. */
  readonly events: StackPreview | undefined;
  /** What that of `refresh --preview-only` tells; undefined where the world was not asked. */
  readonly drift?: StackPreview;
  /** Why it was asked and did not answer. */
  readonly driftFailure?: string;
  /** Why there is no preview, or why it broke off, where the events do not tell. */
  readonly failure?: string;
  /** The state it started from. */
  readonly state?: StackProvenance["state"];
  /** What depends on what, as far as state and plan tell. */
  readonly dependencies?: Dependencies;
  readonly missing: readonly Missing[];
  /** Values of the stack's secrets, so that whatever repeats one is found: they are in no report. */
  readonly secrets: readonly string[];
}

/** The preview that all reports are made of. Its own words are not shown: the report is. */
export const previewWords = ["preview", "--suppress-progress", "--parallel", "64"] as const;

/** A preview that never began. */
export function notBegun(stack: string, against: Against, failure: string): Previewed {
  return { stack, against, code: 1, events: undefined, failure, missing: [], secrets: [] };
}

/** Of an engine that ends well without a word of what it found: taken for a change of nothing it would be a pass. */
export const noEvents = "the engine ended well, and wrote no events of what it found";

/** Why there is no preview: what an engine said that failed, or that one which did not fail told nothing. */
export const whyNone = (
  failed: string | undefined,
  log: StackPreview | undefined,
): string | undefined => failed ?? (log === undefined ? noEvents : undefined);

/** Reads an event log, of any length; undefined where the engine wrote none. */
export function readLog(path: string): StackPreview | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return size === 0 ? undefined : readEventLog(path);
}

/** What a failed run said that tells something. */
export function lastWords({
  outcome,
  stderr,
  stdout,
}: Pick<UpdateResult, "outcome" | "stderr" | "stdout">): string {
  const told = outcome.errors.map(({ resource, message }) =>
    resource === "" ? message : `${resource}: ${message}`,
  );
  const lines = (told.length > 0 ? told.join("\n") : `${stdout}\n${stderr}`)
    .split("\n")
    .filter((line) => line.trim() !== "" && !isNoise(line));
  return lines.slice(-12).join("\n");
}
