/** Everything that can be wrong with a query of a stack, in one place for alerts and dashboards alike. */
import { typeFaults } from "../promql/check.ts";
import { checkNames, type Exported, type Labels } from "../promql/names.ts";
import { readQuery } from "../promql/parse.ts";

/** A query's faults, in words, and the labels that its outcome may have. */
export interface JudgedQuery {
  readonly faults: readonly string[];
  readonly labels: Labels;
}

/** What Grafana puts into a query before it asks: any time and any choice will do to read it. */
const filled = (expression: string): string =>
  expression.replaceAll(/\$__(?:rate_interval|interval|range)\b/g, "5m");

/** Judges a query. */
export function judgeQuery(expression: string, exported: Exported): JudgedQuery {
  const read = readQuery(filled(expression));
  if (!read.ok) {
    return { faults: [at(read.fault)], labels: "any" };
  }
  const types = typeFaults(read.query);
  const { faults, labels } = checkNames(read.query, exported);
  return { faults: [...types, ...faults].map(at), labels };
}

const at = ({ at: place, message }: { at: number; message: string }): string =>
  `${message} (character ${place})`;

/** A label that a text names and its query's outcome does not have. */
export const unknownLabels = (asked: readonly string[], labels: Labels): string[] =>
  labels === "any" ? [] : asked.filter((label) => !labels.has(label));
