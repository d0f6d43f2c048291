/** The stack's own alerts, names of its own metrics, and where its runbooks are read. */
import * as z from "zod";

import { HttpUrl } from "../../base/scalars.ts";

/** A duration as Prometheus reads it: whole numbers with units, largest first. */
export const PromDuration = z
  .string('must be a duration with its unit, e.g. "10m"')
  .regex(
    /^(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/,
    "must be a duration with its unit, e.g. 30s, 10m or 1h30m",
  );

/** Labels that Prometheus or the program sets itself. */
const taken = ["alertname", "alertstate", "severity", "stack"];

/** Name of a label of an alert. */
const AlertLabel = z
  .string()
  .regex(
    /^[a-zA-Z_][a-zA-Z0-9_]*$/,
    "must be a label that Prometheus takes: letters, digits and underscores, no digit first",
  )
  .refine((name) => !name.startsWith("__"), "must not start with __: Prometheus keeps those labels")
  .refine(
    (name) => !taken.includes(name),
    `must be none of ${taken.join(", ")}: those are set by the program`,
  );

/** PromQL as text; what it asks for is looked at with the whole stack in view. */
export const Expression = z
  .string("must be PromQL, e.g. up == 0")
  .trim()
  .min(1, "must be PromQL, e.g. up == 0")
  .max(2_000, "must have at most 2000 characters");

const Line = z
  .string()
  .trim()
  .min(1, "must say something")
  .max(300, "must be one line of at most 300 characters")
  .regex(/^[^\n\r]*$/, "must be one line");

/** One alert of the stack's own. */
export const OwnRule = z.strictObject({
  /** PromQL; whatever it gives fires. */
  expression: Expression,
  /** How long it must hold before it fires. */
  for: PromDuration.default("5m"),
  severity: z.enum(["critical", "warning", "info"], {
    message: "must be critical, warning or info",
  }),
  /** What is wrong, with where: may name labels as `{{ $labels.pod }}`. */
  summary: Line,
  /** What follows from it, and what to do. */
  description: z.string().trim().max(2_000, "must have at most 2000 characters").optional(),
  /** Labels by which Alertmanager may route it. */
  labels: z.record(AlertLabel, z.string('must be a quoted text, e.g. "network"')).prefault({}),
  /** Page that says what to do. */
  runbook: HttpUrl.optional(),
});
/** {@inheritDoc OwnRule} */
export type OwnRule = z.infer<typeof OwnRule>;

/** `rules`: the stack's own alerts by name, beside those that every stack has. */
export const OwnRules = z
  .record(
    z
      .string()
      .max(63, "must have at most 63 characters")
      .regex(/^[A-Z][A-Za-z0-9]*$/, "must be the name of an alert, e.g. QueueTooLong"),
    OwnRule,
  )
  .prefault({});
/** {@inheritDoc OwnRules} */
export type OwnRules = z.infer<typeof OwnRules>;

/** `families`: metrics that the stack's own programs have beyond the catalogue. */
export const OwnFamilies = z
  .array(
    z
      .string()
      .regex(
        /^[a-zA-Z_:][a-zA-Z0-9_:]*\*?$/,
        "must be the name of a metric, e.g. queue_length, or the start of several, e.g. queue_*",
      ),
  )
  .refine((names) => new Set(names).size === names.length, "must name each metric once")
  .prefault([]);
