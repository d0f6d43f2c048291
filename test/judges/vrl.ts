/** Runs programs in Vector's language by its own compiler and runtime: `vrl-run` of tools/modules/vrl. */
import * as z from "zod";

import { run, toolPath } from "./tools.ts";

/** An event as it comes from a source. */
export interface SourceEvent {
  readonly event: object;
  /** Members that are bytes: name → hex digits. */
  readonly bytes?: Readonly<Record<string, string>>;
  /** Members that are times: name → RFC 3339. */
  readonly times?: Readonly<Record<string, string>>;
}

/** Programs, one after the other, and what they are run over. */
export interface Job {
  readonly steps: readonly string[];
  readonly events: readonly SourceEvent[];
  /** How often all events are run through again, to tell the time of that. Default: not at all. */
  readonly rounds?: number;
}

const Answer = z.strictObject({
  jobs: z.array(
    z.strictObject({
      /** What the compiler refuses. */
      faults: z.string(),
      warnings: z.string(),
      results: z.array(
        z.strictObject({
          outcome: z.enum(["kept", "aborted", "failed"]),
          event: z.record(z.string(), z.unknown()),
          error: z.string().optional(),
        }),
      ),
      /** Time of the rounds. */
      nanoseconds: z.number(),
    }),
  ),
});
/** What became of a job. */
export type JobResult = z.infer<typeof Answer>["jobs"][number];

/** Runs jobs in one process. */
export async function runPrograms(jobs: readonly Job[]): Promise<readonly JobResult[]> {
  const input = JSON.stringify({ jobs });
  const { code, stdout, stderr } = await run(toolPath("vrl-run"), [], { input });
  if (code !== 0) {
    throw new Error(`vrl-run ended with ${String(code)}: ${stderr}`);
  }
  return Answer.parse(JSON.parse(stdout)).jobs;
}
