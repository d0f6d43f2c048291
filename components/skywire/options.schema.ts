/** What a stack file may say about every Skywire program. */
import * as z from "zod";

import { Disruption, Pace, Placement, Resources } from "../workload/workload.schema.ts";

/**
 * Nothing is published about what the programs need (facts/skywire.md 12): our default, to be set
 * from measurements. No CPU limit, as throttled programs miss the heartbeats of their clients.
 */
const defaultResources = {
  requests: { cpu: "100m", memory: "128Mi" },
  limits: { memory: "512Mi" },
};

/** Fields of every Skywire program. */
export const programFields = {
  resources: Resources.prefault(defaultResources),
  /** Where the pods may run. A pinned program has a `slot` of its own beside it. */
  placement: Placement.omit({ slot: true }).prefault({}),
  /** How a change is paced. Whether old and new may overlap is decided by the program's key. */
  update: Pace.prefault({}),
};

/** Fields of a program that may run more than once. */
export const scalableFields = {
  ...programFields,
  /** How many pods an eviction may take. Default: one at a time. */
  disruption: Disruption.prefault({ maxUnavailable: 1 }),
};

/**
 * Number of pods of a program that must run exactly once.
 *
 * @param reason What would break with a second one.
 */
export const exactlyOne = (reason: string) => z.literal(1, `must be 1: ${reason}`).default(1);

/** Schema of {@link programFields} alone. */
export const ProgramOptions = z.strictObject(programFields);
/** {@inheritDoc ProgramOptions} */
export type ProgramOptions = z.infer<typeof ProgramOptions>;
