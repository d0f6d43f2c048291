/**
 * Several reports made into one, as if they had been made together: what is folded, compared and judged
 * over all stacks is so anew. What the parts say of themselves does not count, so that no verdict is
 * better than the changes that are listed below it.
 */
import { joinFingerprints } from "./fingerprint.ts";
import { fold } from "./fold.ts";
import type { Item, Missing, Provenance, Report, RiskClass, StackReport } from "./model.ts";
import { parityOf } from "./parity.ts";
import { compareRisk, worst } from "./risk/judge.ts";
import { countsOf, riskyByDefault, risksOf, stackLine, verdictOf } from "./verdict.ts";

/** How reports are joined. */
export interface JoinOptions {
  readonly provenance: Provenance;
  /** What the caller knows to be missing besides. */
  readonly missing?: readonly Missing[];
  /** Classes that need somebody's yes. Default: data loss, downtime and access. */
  readonly risky?: readonly RiskClass[];
}

/** Joins them. Of a stack that several tell of, the first that does counts, and that is said. */
export function joinReports(reports: readonly Report[], options: JoinOptions): Report {
  const told = new Map<string, StackReport>();
  const twice = new Set<string>();
  for (const stack of reports.flatMap(({ stacks }) => stacks)) {
    if (told.has(stack.stack)) {
      twice.add(stack.stack);
    } else {
      told.set(stack.stack, judgedAnew(stack));
    }
  }
  const stacks = [...told.values()].sort(byImportance);
  const groups = fold(stacks.map(({ items }) => items));
  for (const stack of stacks) {
    stack.line = stackLine(stack);
  }
  const missing = [
    ...reports.flatMap((report) => report.missing),
    ...[...twice].map((stack) => toldTwice(stack)),
    ...(options.missing ?? []),
  ];
  const isWhole = ![...missing, ...stacks.flatMap((stack) => stack.missing)].some(
    ({ hides }) => hides,
  );
  return {
    format: 1,
    verdict: verdictOf(stacks, isWhole, options.risky ?? riskyByDefault),
    stacks,
    groups,
    parity: parityOf(stacks),
    missing,
    provenance: options.provenance,
    fingerprint: joinFingerprints(stacks.map(({ stack, fingerprint }) => [stack, fingerprint])),
  };
}

/** Items before they were folded, and what follows from them alone. */
function judgedAnew(stack: StackReport): StackReport {
  const items = stack.items.map(unfolded);
  const risk = worst(items.map((item) => item.risk));
  const changed = items.length > 0 || stack.outputs.length > 0 ? "changed" : "unchanged";
  const { risk: said, ...rest } = stack;
  return {
    ...rest,
    // What is riskier than its items is not made better.
    ...worseOf(risk, said),
    items,
    outcome: stack.outcome === "failed" ? "failed" : changed,
    counts: countsOf(items, stack.counts.same),
    risks: risksOf(items),
    policies: {
      ...stack.policies,
      violated: {
        mandatory: Math.max(stack.policies.violated.mandatory, mandatoryOf(stack)),
        advisory: stack.policies.violated.advisory,
      },
    },
  };
}

/** Rules that stop, by the objections that are listed. */
function mandatoryOf({ policies }: StackReport): number {
  const broken = policies.violations.filter(({ level }) => level === "mandatory");
  return new Set(broken.map(({ pack, policy }) => `${pack} ${policy}`)).size;
}

function worseOf(
  found: RiskClass | undefined,
  said: RiskClass | undefined,
): Pick<StackReport, "risk"> {
  const risk = worst([found, said]);
  return risk === undefined ? {} : { risk };
}

function unfolded(item: Item): Item {
  const open = { ...item, groups: [], folded: false };
  delete open.alsoIn;
  delete open.toldBy;
  return open;
}

function toldTwice(stack: string): Missing {
  return {
    stack,
    what: `another report of ${stack}`,
    why: "several were handed over, and only the first is told",
    hides: true,
  };
}

function byImportance(left: StackReport, right: StackReport): number {
  return (
    Number(right.outcome === "failed") - Number(left.outcome === "failed") ||
    compareRisk(left.risk, right.risk) ||
    (left.stack < right.stack ? -1 : 1)
  );
}
