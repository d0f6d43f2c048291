/** Previews made into the report: the one entry of this folder. */
import { fold } from "./fold.ts";
import { joinFingerprints } from "./fingerprint.ts";
import type {
  Missing,
  Provenance,
  Report,
  RiskClass,
  StackProvenance,
  StackReport,
} from "./model.ts";
import { parityOf } from "./parity.ts";
import type { StackPreview } from "./preview.ts";
import { compareRisk } from "./risk/judge.ts";
import { Scrubber, shortest } from "./secrets/scrub.ts";
import { scrubAll } from "./secrets/scrub-all.ts";
import { Sealer } from "./secrets/seal.ts";
import { stackReport } from "./stack-report.ts";
import type { Dependencies } from "./unknowns.ts";
import { riskyByDefault, stackLine, verdictOf } from "./verdict.ts";

/** One stack that was previewed. */
export interface StackInput {
  readonly stack: string;
  /** What the preview said; undefined where it never began. */
  readonly preview: StackPreview | undefined;
  /** Why there is no preview, or why it broke off, where its events do not tell. */
  readonly failure?: string | undefined;
  /**
   * What a `refresh --preview-only` said: the stack's drift. Undefined where the world was not asked.
   */
  readonly drift?: StackPreview | undefined;
  /** Why the world was asked and did not answer. */
  readonly driftFailure?: string | undefined;
  /** What depends on what, where the caller knows it: explains unknown values and the order of rollouts. */
  readonly dependencies?: Dependencies | undefined;
  readonly provenance?: Partial<StackProvenance> | undefined;
  /** What the caller knows to be missing. */
  readonly missing?: readonly Missing[] | undefined;
}

/** How a report is made. */
export interface ReportOptions {
  /** Secrets in plain text, to be taken out of whatever repeats them. */
  readonly secrets?: Iterable<string> | undefined;
  /** Key under which secrets are compared. Default: drawn anew for each report. */
  readonly key?: Buffer | undefined;
  /** Classes that need somebody's yes. Default: data loss, downtime and access. */
  readonly risky?: readonly RiskClass[] | undefined;
}

/** Makes the report. It never throws for what a preview holds: what cannot be told is listed as missing. */
export function buildReport(
  previews: readonly StackInput[],
  provenance: Provenance,
  options: ReportOptions = {},
): Report {
  const scrubber = new Scrubber(options.secrets);
  const guard = { sealer: new Sealer(options.key), scrubber };
  const stacks = previews.map((input) => stackReport(input, guard)).sort(byImportance);
  const items = stacks.map((stack) => stack.items);
  const parity = parityOf(stacks);
  const groups = fold(items);
  for (const stack of stacks) {
    stack.line = stackLine(stack);
  }
  const missing = shortSecrets(scrubber.tooShort);
  const isWhole = !stacks.some((stack) => stack.missing.some(({ hides }) => hides));
  const report: Report = {
    format: 1,
    verdict: verdictOf(stacks, isWhole, options.risky ?? riskyByDefault),
    stacks,
    groups,
    parity,
    missing,
    provenance: { ...provenance },
    fingerprint: joinFingerprints(stacks.map(({ stack, fingerprint }) => [stack, fingerprint])),
  };
  scrubAll(report, scrubber);
  return report;
}

function byImportance(left: StackReport, right: StackReport): number {
  return (
    Number(right.outcome === "failed") - Number(left.outcome === "failed") ||
    compareRisk(left.risk, right.risk) ||
    (left.stack < right.stack ? -1 : 1)
  );
}

function shortSecrets(count: number): Missing[] {
  return count === 0
    ? []
    : [
        {
          what: `${count} secret${count === 1 ? " was" : "s were"} not looked for in texts`,
          why: `shorter than ${shortest} characters, they stand in any text`,
          hides: false,
        },
      ];
}
