/** Holds what is about to be done against a reviewed report. */
import { readFileSync } from "node:fs";

import { type Comparison, compare } from "../../review/binding/compare.ts";
import type { Binding, BoundStep } from "../../review/binding/binding.schema.ts";
import { Report, type StackReport } from "../../review/model.ts";
import { visible } from "../../review/render/visible.ts";
import { mask } from "../../review/secrets/scrub.ts";
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
  const hidden = unshown(part.items, part.binding);
  if (hidden.length > 0) {
    const some = hidden.slice(0, 3).map((urn) => visible(shortUrn(urn)));
    throw new CommandError(
      `REVIEWED=${path} allows what it does not show to whoever reads it: ${some.join(", ")}${hidden.length > 3 ? ", …" : ""}; ${mend}`,
    );
  }
  const { commit, time } = report.provenance;
  const line = visible(`${(commit ?? "an unknown commit").slice(0, 12)}, ${time}`);
  return { path, report: part, binding: part.binding, line };
}

/**
 * Resources to which more may be done by what a report binds than by what it lists. People have read the list; what is
 * bound was made beside it, by the code that was reviewed, and counts for no more.
 */
function unshown(items: StackReport["items"], binding: Binding): readonly string[] {
  const listed = items.map(({ operation, resource, risk }) => ({
    ...{ urn: resource.urn, operation, risk, properties: [] },
  }));
  const { joins, riskRose } = compare({ ...binding, steps: listed }, binding);
  const scrubbed = listed.flatMap(({ operation, urn }) =>
    urn.includes(mask) ? [{ operation, parts: urn.split(mask) }] : [],
  );
  // A name with a secret in it is listed without that.
  const isListed = ({ operation, urn }: BoundStep): boolean =>
    scrubbed.some((one) => one.operation === operation && isMadeOf(urn, one.parts));
  return [...joins.filter((step) => !isListed(step)), ...riskRose].map(({ urn }) => urn);
}

/** Whether a text is these parts in their order, with anything between them. */
function isMadeOf(text: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.at(-1) ?? "";
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) {
      return false;
    }
    from = at + part.length;
  }
  return text.startsWith(first) && text.endsWith(last);
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
