/**
 * What a run has begun, kept on disk while it is at it: one that is killed leaves its word, and the next
 * run finishes the job.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";

import { Release, ReleaseInput } from "../stacks/release.schema.ts";

const Entry = z.discriminatedUnion("phase", [
  z.object({
    /** An update that has not ended, or was interrupted: the cluster may hold half of it. */
    phase: z.literal("updating"),
    /** What was begun since `good`. None of it was seen ready, whatever the engine's state calls it. */
    tried: z.array(ReleaseInput).readonly().default([]),
    good: Release.optional(),
  }),
  z.object({
    /** The update failed and the last good release was being put back. */
    phase: z.literal("rolling back"),
    tried: ReleaseInput,
    /** What was begun before that, and was not seen ready either. */
    former: z.array(ReleaseInput).readonly().default([]),
    good: Release,
    /** Why the update failed, for whoever finishes the job. */
    reason: z.array(z.string()).readonly(),
  }),
]);
/** {@inheritDoc Entry} */
export type Entry = z.infer<typeof Entry>;

/** The journal of one stack on one target. */
export class Journal {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** What an earlier run has left; nothing after one that came to its end. */
  read(): Entry | undefined {
    if (!existsSync(this.#path)) {
      return undefined;
    }
    try {
      return Entry.parse(JSON.parse(readFileSync(this.#path, "utf8")));
    } catch {
      // A crash of the machine can leave an empty file: something was begun, the state knows the rest.
      return { phase: "updating", tried: [] };
    }
  }

  /** Notes what begins now. Whole or not at all, for the owner alone. */
  write(entry: Entry): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    const draft = `${this.#path}.${process.pid}.new`;
    writeFileSync(draft, JSON.stringify(entry), { mode: 0o600 });
    renameSync(draft, this.#path);
  }

  /** The run came to its end. */
  clear(): void {
    rmSync(this.#path, { force: true });
  }
}
