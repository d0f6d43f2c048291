/** The stack's own dashboards, beside those that every stack has. */
import * as z from "zod";

import { Expression } from "../rules/rules.schema.ts";

const Title = z
  .string()
  .trim()
  .min(1, "must say something")
  .max(100, "must have at most 100 characters");

const OwnQuery = z.strictObject({
  /** PromQL. */
  expression: Expression,
  /** Name of the line; labels as `{{workload}}`. */
  legend: z.string().max(200, "must have at most 200 characters").default(""),
});

const OwnPanel = z.strictObject({
  title: Title,
  /** `graph` over time, `number` now, or `table` with a row for each series now. */
  kind: z
    .enum(["graph", "number", "table"], { message: "must be graph, number or table" })
    .default("graph"),
  /** Grafana's name of the unit, e.g. `bytes`, `reqps`, `s`. */
  unit: z
    .string()
    .regex(/^[A-Za-z0-9:/%.-]{1,40}$/, "must be Grafana's name of a unit, e.g. bytes or reqps")
    .optional(),
  /** What its readers should know. */
  description: z.string().max(500, "must have at most 500 characters").optional(),
  queries: z
    .array(OwnQuery)
    .min(1, "must have at least one query")
    .max(10, "must have at most 10 queries"),
});

/** One dashboard of the stack's own. */
export const OwnDashboard = z.strictObject({
  title: Title,
  panels: z
    .array(OwnPanel)
    .min(1, "must have at least one panel")
    .max(60, "must have at most 60 panels: make another dashboard"),
});
/** {@inheritDoc OwnDashboard} */
export type OwnDashboard = z.infer<typeof OwnDashboard>;

/** `dashboards`: by uid, which is part of the dashboard's URL. */
export const OwnDashboards = z
  .record(
    z
      .string()
      .regex(
        /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/,
        "must be at most 40 lower-case letters, digits and dashes, e.g. queue-lengths",
      ),
    OwnDashboard,
  )
  .prefault({});
/** {@inheritDoc OwnDashboards} */
export type OwnDashboards = z.infer<typeof OwnDashboards>;
