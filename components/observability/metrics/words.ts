/** Words of the metrics' section that several of its programs share. */
import * as z from "zod";

/** Factors of the units that retention is told in, in seconds. */
const units: Readonly<Record<string, number>> = {
  h: 3_600,
  d: 86_400,
  w: 7 * 86_400,
  y: 365 * 86_400,
};

/** Seconds of a retention, e.g. 1,296,000 of `15d`. NaN where the text is none. */
export function retentionSeconds(text: string): number {
  const match = /^(\d+)([hdwy])$/.exec(text);
  return Number(match?.[1] ?? Number.NaN) * (units[match?.[2] ?? ""] ?? Number.NaN);
}

/** How long something is kept: a whole number with its unit, as Prometheus and Alertmanager read it. */
export const Retention = z
  .string('must be a time with its unit, e.g. "15d" or "12h"')
  .regex(/^\d+[hdwy]$/, "must be a time with its unit (h, d, w or y), e.g. 15d or 12h")
  // What is no time at all was told of above.
  .refine((value) => !(retentionSeconds(value) < 2 * 3_600), "must be at least 2h")
  .refine((value) => !(retentionSeconds(value) > 10 * 365 * 86_400), "must be at most 10y");

/** Name of a label that Prometheus takes. */
export const LabelName = z
  .string()
  .regex(
    /^[a-zA-Z_][a-zA-Z0-9_]*$/,
    "must be a label that Prometheus takes: letters, digits and underscores, no digit first",
  )
  .refine(
    (name) => !name.startsWith("__"),
    "must not start with __: Prometheus keeps those labels to itself",
  );
