/** Holds what is about to be done against a reviewed report. */
import { readFileSync } from "node:fs";

import { type Comparison, compare } from "../../review/binding/compare.ts";
import type { Binding } from "../../review/binding/binding.schema.ts";
import { Report, type StackReport } from "../../review/model.ts";
import { visible } from "../../review/render/visible.ts";
import { CommandError } from "../command.ts";

/** A stack's part of a reviewed report. */
export interface Reviewed {
  readonly path: string;
  readonly report: StackReport;
  readonly binding: Binding;
  /** Commit and time of the review, in words. */
  readonly line: string;
}

/**
 * Reads a reviewed report.
 *
 * @throws CommandError where it is none, or nothing that an update of this stack can be held against.
 */
export function readReviewed(path: string, stack: string): Reviewed {
  const mend = `make live-preview STACK=${stack} writes one`;
  const report = parseReport(path, mend);
  const part = report.stacks.find((one) => one.stack === stack);
  if (part === undefined) {
    const there = report.stacks.map((one) => visible(one.stack)).join(", ");
    throw new CommandError(`REVIEWED=${path} is not of ${stack}, but of ${there}; ${mend}`);
  }
  if (part.outcome === "failed" || report.missing.concat(part.missing).some(({ hides }) => hides)) {
    throw new CommandError(
      `REVIEWED=${path} is not whole: its preview broke off, or could not be read to its end; ${mend}`,
    );
  }
  if (part.binding === undefined || part.provenance.target !== "live") {
    throw new CommandError(
      `REVIEWED=${path} was not previewed live, and binds nothing that is; ${mend}`,
    );
  }
  const { commit, time } = report.provenance;
  const line = `${(commit ?? "an unknown commit").slice(0, 12)}, ${time}`;
  return { path, report: part, binding: part.binding, line };
}

function parseReport(path: string, mend: string): Report {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new CommandError(`REVIEWED=${path}: there is no such file; ${mend}`);
  }
  try {
    const parsed = Report.safeParse(JSON.parse(text));
    if (parsed.success) {
      return parsed.data;
    }
  } catch {
    // Told below.
  }
  throw new CommandError(
    `REVIEWED=${path} is no report of this version (the file report.json is meant); ${mend}`,
  );
}

/** The verdict, and all that differs, a line each. */
export function describeComparison(comparison: Comparison, reviewed: Reviewed): readonly string[] {
  const { differs, joins, leaves, riskRose, same, secretsCompared, stops } = comparison;
  const labels = new Map(
    reviewed.report.items.map(({ resource }) => [resource.urn, resource.label]),
  );
  const label = (urn: string): string => visible(labels.get(urn) ?? shortUrn(urn));
  const blind = secretsCompared
    ? []
    : [
        "  the values of secrets could not be compared: the key of the stack is another one, or none",
      ];
  if (same) {
    return [`as reviewed (${reviewed.line})`, ...blind];
  }
  return [
    stops
      ? `not what was reviewed (${reviewed.line}): it stops here`
      : `not quite what was reviewed (${reviewed.line}): less or other, but no new resource and no more risk`,
    ...joins.map(({ operation, risk, urn }) => {
      const cost = risk === undefined ? "" : `, ${visible(risk)}`;
      return `  joins    ${label(urn)}: ${visible(operation)}${cost}`;
    }),
    ...riskRose.map(
      ({ is, urn, was }) => `  worse    ${label(urn)}: ${visible(was)} -> ${visible(is)}`,
    ),
    ...differs.map(({ dropped, is, properties, urn, was }) => {
      const parts = [
        ...(is === was ? [] : [`${was} -> ${is}`]),
        ...properties.map((path) => `other value of ${path}`),
        ...dropped.map((path) => `no change of ${path}`),
      ];
      return `  differs  ${label(urn)}: ${visible(parts.join("; "))}`;
    }),
    ...leaves.map(({ operation, urn }) => `  not any more  ${label(urn)}: ${visible(operation)}`),
    ...blind,
  ];
}

function shortUrn(urn: string): string {
  const parts = urn.split("::");
  const type = (parts[2] ?? "").split("$").at(-1) ?? "";
  return `${type.split(":").at(-1) ?? ""} ${parts.slice(3).join("::")}`.trim();
}

/** Compares a stack's report of now with the reviewed one. */
export function compareReports(now: StackReport, reviewed: Reviewed): Comparison {
  if (now.binding === undefined || now.outcome === "failed") {
    throw new CommandError(
      "the preview before the update broke off: nothing was changed, and nothing can be compared",
    );
  }
  return compare(reviewed.binding, now.binding);
}

/** Rules of the policy pack that stop an update, whatever was reviewed; a line each. */
export function brokenRules({ policies }: StackReport): readonly string[] {
  const mandatory = policies.violations.filter(({ level }) => level === "mandatory");
  return mandatory.map(
    ({ policy, resource }) =>
      `  breaks   the mandatory rule ${visible(policy)}${resource === undefined ? "" : `: ${visible(resource.label)}`}`,
  );
}
