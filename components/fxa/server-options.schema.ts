/** What a stack file may say about any of the servers. */
import * as z from "zod";

import { Replicas, Seconds } from "../base/scalars.ts";
import { Autoscale, Disruption, Pace, Placement, Resources } from "../workload/workload.schema.ts";
import type { Program } from "./roles.ts";
import { traitsOf } from "./servers.ts";

const Path = z.string().regex(/^\/[^\s?#]*$/, "must be a path, e.g. /__heartbeat__");

/** Checks of health that differ from the table's: its routes are not confirmed for every version (facts/fxa.md 12). */
export const ProbeOptions = z.strictObject({
  /** `tcp` asks whether the port takes connections. */
  readiness: z.union([z.literal("tcp"), Path], "must be tcp or a path").optional(),
  liveness: z.union([z.literal("tcp"), Path], "must be tcp or a path").optional(),
  /** How long a start may take. */
  startSeconds: Seconds.min(10, "must be at least 10")
    .max(3_600, "must be at most 3600")
    .optional(),
});
/** {@inheritDoc ProbeOptions} */
export type ProbeOptions = z.infer<typeof ProbeOptions>;

/** Name of a variable. */
const VariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of a variable, e.g. LOG_LEVEL");

/** Levels that all loggers know. */
const LogLevel = z.enum(["trace", "debug", "info", "warn", "error"]);

/**
 * Fields of a server.
 *
 * @param program Whose defaults they have.
 * @param enabled Whether it runs where the file does not say.
 */
export const serverFields = (program: Program, { enabled }: { readonly enabled: boolean }) => ({
  enabled: z.boolean().default(enabled),
  /** Pods. Default 1, as everywhere before. */
  replicas: Replicas.optional(),
  /** As many pods as the load needs, instead of `replicas`. */
  autoscale: Autoscale.optional(),
  /**
   * Whether it has been shown to run beside itself: nobody has audited that (facts/fxa.md 9). More than one pod needs
   * the word.
   */
  parallelSafe: z.boolean().default(false),
  resources: Resources.prefault(traitsOf(program).resources),
  /** Where its pods may run. */
  placement: Placement.omit({ slot: true }).prefault({}),
  update: Pace.prefault({}),
  /** How many pods an eviction may take. Default: one at a time. */
  disruption: Disruption.prefault({ maxUnavailable: 1 }),
  probes: ProbeOptions.prefault({}),
  /**
   * How long a pod may take to stop. The launcher does not pass the signal on, so that each stop takes all of it (2).
   */
  terminationGraceSeconds: Seconds.min(1, "must be at least 1")
    .max(600, "must be at most 600")
    .default(10),
  logLevel: LogLevel.default("info"),
  /** Variables that the schema does not know, for versions that have more of them. Never a secret. */
  extraEnv: z.record(VariableName, z.string("must be a text: put it in quotes")).default({}),
});

/** Schema of {@link serverFields} alone. */
export const ServerOptions = z.strictObject(serverFields("auth-server", { enabled: true }));
/** What every server's section has. */
export type ServerOptions = z.infer<typeof ServerOptions>;
