/** One stack's preview made into its part of the report. */
import { differencesOf } from "./differences.ts";
import { namesIn } from "./drawn.ts";
import { driftOf } from "./drift.ts";
import { isStoppedByPolicy } from "./ending.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { identify, itemId } from "./identity.ts";
import { itemOf, type Maker } from "./item.ts";
import { totalsOf } from "./kubernetes/totals.ts";
import type { Item, PolicyEntry, PropertyChange, StackReport } from "./model.ts";
import { learnPlainSecrets } from "./secrets/learn.ts";
import { missingOf } from "./missing.ts";
import { diagnosticsOf, failuresOf } from "./diagnostics.ts";
import { type Change, changesOf } from "./operations.ts";
import { policiesOf } from "./policies.ts";
import type { StackPreview } from "./preview.ts";
import type { StackInput } from "./report.ts";
import { rollsOf } from "./ripple.ts";
import { compareRisk, worst } from "./risk/judge.ts";
import type { Guard } from "./secrets/guard.ts";
import { Surroundings } from "./surroundings.ts";
import { Causes, countUnknowns } from "./unknowns.ts";
import { countsOf, risksOf } from "./verdict.ts";

/** A log with nothing in it. */
const empty: StackPreview = {
  steps: [],
  begun: new Set(),
  ended: new Set(),
  same: new Set(),
  outputs: undefined,
  versions: {},
  messages: [],
  policyMessages: [],
  policySummaries: [],
  remediations: [],
  packs: {},
  summary: undefined,
  faults: { unreadable: 0, cut: false, unknownKinds: {} },
};

/** Makes it; its line is written when the groups are known. */
export function stackReport(input: StackInput, guard: Guard): StackReport {
  const { stack, dependencies } = input;
  const preview = input.preview ?? empty;
  const changes = changesOf(preview);
  learnPlainSecrets(changes, guard.scrubber);
  const around = new Surroundings(preview, changes);
  const causes = new Causes(changes, dependencies);
  const names = namesIn(changes.map(({ urn }) => urn));
  const maker = { stack, guard, around, causes, names, failures: failuresOf(preview) };
  // Before the items: what is compiled for those would be thrown away for these few, which look otherwise.
  const outputs = outputChanges(preview, guard);
  const { items, broken } = itemsOf(changes, maker);
  const unknowns = items.flatMap((item) => item.unknowns);
  const policies = policiesOf(stack, preview);
  const secrets = items.flatMap((item) => item.secrets);
  const count = (word: string): number => secrets.filter(({ change }) => change === word).length;
  const missing = missingOf(input, preview, changes, broken);
  const isFailed = hasFailed(input, preview);
  const risk = worst(items.map((item) => item.risk));
  const changed = items.length > 0 || outputs.length > 0 ? "changed" : "unchanged";
  return {
    stack,
    outcome: isFailed ? "failed" : changed,
    line: "",
    ...(risk === undefined ? {} : { risk }),
    counts: countsOf(items, unchangedCount(preview, changes)),
    risks: risksOf(items),
    items,
    ripple: rollsOf(stack, changes, around, dependencies),
    totals: totalsOf(stack, around),
    policies,
    drift: driftOf(input, guard),
    unknowns: {
      count: unknowns.length,
      causes: countUnknowns(unknowns),
      checks: [...new Set(policies.couldNotRun.map(checkLine))],
    },
    secrets: {
      changed: count("changed") + count("added") + count("removed"),
      unchanged: count("unchanged"),
      unknown: count("unknown"),
    },
    outputs,
    diagnostics: diagnosticsOf(stack, preview, input.failure),
    missing,
    provenance: { versions: inOrder(preview.versions), ...input.provenance },
    fingerprint: fingerprintOf(changes, outputs),
    seconds: preview.summary?.seconds ?? 0,
  };
}

/** By name: packages are asked for in another order at every run. */
const inOrder = (versions: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(versions).sort(([left], [right]) => (left < right ? -1 : 1)));

/** Whether the preview did not come to a good end. */
function hasFailed({ preview: given, failure }: StackInput, preview: StackPreview): boolean {
  const { summary, messages } = preview;
  const hasErrors = messages.some(({ severity }) => severity === "error");
  const isCut = summary === undefined || (summary.result !== "" && summary.result !== "succeeded");
  const isBroken = failure !== undefined || isCut || hasErrors;
  return given === undefined || (isBroken && !isStoppedByPolicy(preview));
}

/** Items, worst first; and the URNs of which none could be made. */
export function itemsOf(
  changes: readonly Change[],
  maker: Maker,
): { readonly items: Item[]; readonly broken: readonly string[] } {
  const broken: string[] = [];
  const items = changes.map((change) => {
    try {
      return itemOf(change, maker);
    } catch {
      // Nested too deep, or written to break this: the change is told all the same.
      broken.push(change.urn);
      return bareItem(change, maker.stack);
    }
  });
  items.sort(
    (left, right) =>
      compareRisk(left.risk, right.risk) ||
      weight(left) - weight(right) ||
      (left.resource.urn < right.resource.urn ? -1 : 1),
  );
  return { items, broken };
}

/** Of one risk, what goes comes before what changes, and that before what is new. */
const weights = ["delete", "replace", "update", "create", "import", "forget", "read"] as const;

const weight = ({ operation }: Item): number => weights.indexOf(operation);

function bareItem(change: Change, stack: string): Item {
  const { urn, type, operation } = change;
  return {
    id: itemId(stack, urn),
    resource: identify(stack, { urn, type, before: undefined, after: undefined }),
    operation,
    risk: "data-loss",
    findings: [
      {
        rule: "unreadable",
        risk: "data-loss",
        why: "its properties cannot be compared, so nobody can say what it costs",
      },
    ],
    words: [],
    changes: [],
    changesOmitted: 0,
    texts: [],
    secrets: [],
    unknowns: [],
    groups: [],
    folded: false,
  };
}

function outputChanges({ outputs }: StackPreview, guard: Guard): PropertyChange[] {
  if (outputs === undefined) {
    return [];
  }
  const type = "pulumi:pulumi:Stack";
  const state = { protect: false, retainOnDelete: false, outputs: {} };
  const { changes, secrets } = differencesOf(
    {
      urn: "",
      type,
      operation: "update",
      isCustom: false,
      before: { ...state, inputs: outputs.before },
      after: { ...state, inputs: outputs.after },
      keys: [],
      diffs: undefined,
      detail: undefined,
      deletesFirst: false,
      isDone: true,
    },
    guard,
  );
  // Two blinded secrets look alike, and no provider compares a stack's outputs.
  const silent = new Set(
    secrets.flatMap(({ path, change }) => (change === "unknown" ? [path] : [])),
  );
  return changes.filter(({ path }) => !silent.has(path));
}

function unchangedCount({ same }: StackPreview, changes: readonly Change[]): number {
  return changes.reduce((count, { urn }) => count - (same.has(urn) ? 1 : 0), same.size);
}

function checkLine({ policy, resource }: PolicyEntry): string {
  return resource === undefined ? policy : `${policy} on ${resource.label}`;
}
