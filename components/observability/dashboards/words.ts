/** Words that several dashboards share. */
import type { Panel, Query } from "./types.ts";

/** One query with its legend. */
export const query = (expression: string, legend = ""): Query => ({ expression, legend });

/** A number, four of which stand in a row. */
export const number = (
  title: string,
  expression: string,
  more: Omit<Panel, "title" | "kind" | "queries"> = {},
): Panel => ({ title, kind: "number", queries: [query(expression)], ...more });

/** A graph of one query. */
export const graph = (
  title: string,
  unit: string,
  expression: string,
  legend: string,
  more: Omit<Panel, "title" | "kind" | "queries" | "unit"> = {},
): Panel => ({ title, unit, queries: [query(expression, legend)], ...more });

/** A number of which any at all is bad. */
export const badAboveNone = { bad: { from: 1 } } as const;
