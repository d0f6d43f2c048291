/** The first line: what a tired reviewer can trust. */
import type { Counts, Item, Operation, RiskClass, StackReport, Verdict } from "./model.ts";
import { compareRisk, rules, worst } from "./risk/judge.ts";

/** Risks for which somebody must say yes. */
export const riskyByDefault: readonly RiskClass[] = ["data-loss", "downtime", "access"];

/** A risk, in words. */
export function riskWords(risk: RiskClass): string {
  return risk === "data-loss" ? "data loss" : risk;
}

/** Resources by what happens to them. */
export function countsOf(items: readonly Item[], same: number): Counts {
  const counts = {
    create: 0,
    update: 0,
    replace: 0,
    delete: 0,
    import: 0,
    read: 0,
    forget: 0,
    same,
  };
  for (const { operation } of items) {
    counts[operation] += 1;
  }
  return counts;
}

/** Items by risk. */
export function risksOf(items: readonly Item[]): Record<RiskClass, number> {
  const counts = { "data-loss": 0, downtime: 0, access: 0, rollout: 0, cosmetic: 0 };
  for (const { risk } of items) {
    counts[risk] += 1;
  }
  return counts;
}

/** Operations in the order of the line; the first three are told even where there are none. */
const told: readonly (readonly [Operation, string, string])[] = [
  ["replace", "replace", "replaces"],
  ["delete", "delete", "deletes"],
  ["update", "update", "updates"],
  ["create", "create", "creates"],
  ["import", "import", "imports"],
  ["read", "read", "reads"],
  ["forget", "forgotten", "forgotten"],
];

/** `prod: 1 replace (downtime), 0 deletes, 3 updates, policies 41/41`. */
export function stackLine(
  stack: Pick<
    StackReport,
    "stack" | "outcome" | "counts" | "items" | "policies" | "drift" | "missing" | "outputs"
  >,
): string {
  const { outcome, counts, items, policies, drift, missing, outputs } = stack;
  const parts = told.flatMap(([operation, one, more], place) => {
    const count = counts[operation];
    if (count === 0 && place > 2) {
      return [];
    }
    const risks = risksIn(items.filter((item) => item.operation === operation));
    return [`${count} ${count === 1 ? one : more}${risks === "" ? "" : ` (${risks})`}`];
  });
  const changes = outcome === "unchanged" ? ["no change"] : parts;
  const only = outcome === "changed" && items.length === 0 && outputs.length > 0;
  const rest = [
    ...(outputs.length > 0 ? [`${outputs.length} output${outputs.length === 1 ? "" : "s"}`] : []),
    policies.line,
    ...(drift.state === "drifted" ? [drift.line] : []),
    ...(missing.some(({ hides }) => hides) ? ["not complete"] : []),
  ];
  const begin = outcome === "failed" ? ["preview failed"] : [];
  const middle = (outcome === "failed" && items.length === 0) || only ? [] : changes;
  return `${stack.stack}: ${[...begin, ...middle, ...rest].join(", ")}`;
}

/** Risks above a rollout, worst first. */
function risksIn(items: readonly Item[]): string {
  const found = new Set(items.map(({ risk }) => risk));
  return rules
    .map(([risk]) => risk)
    .filter((risk) => found.has(risk) && compareRisk(risk, "rollout") < 0)
    .map(riskWords)
    .join(", ");
}

/** The verdict over all stacks. */
export function verdictOf(
  stacks: readonly StackReport[],
  isWhole: boolean,
  risky: readonly RiskClass[],
): Verdict {
  const risk = worst(stacks.map((stack) => stack.risk));
  const changed = stacks.filter(({ outcome }) => outcome === "changed");
  const failed = stacks.filter(({ outcome }) => outcome === "failed");
  const breaks = stacks.some(({ policies }) => policies.violated.mandatory > 0);
  const isRisky = breaks || (risk !== undefined && risky.includes(risk));
  const isFailed = failed.length > 0 || !isWhole;
  const exitCode = isFailed ? 1 : isRisky ? 3 : changed.length > 0 ? 2 : 0;
  const [only] = stacks;
  const isAlone = stacks.length === 1 && only !== undefined;
  const line = isAlone ? only.line : linesOf(stacks, changed, failed, risk);
  // A stack's own line says what is missing of it; what is missing beside, or of one of several, nothing says.
  const isTold =
    isWhole || failed.length > 0 || (isAlone && only.missing.some(({ hides }) => hides));
  return {
    line: isTold ? line : `${line}${isAlone ? ", " : "; "}not complete`,
    ...(risk === undefined ? {} : { risk }),
    exitCode,
    risky: [...risky],
  };
}

/** How often each operation happens, in words; those that a line always tells also where they do not. */
function countWords(count: (operation: Operation) => number): readonly string[] {
  return told.flatMap(([operation, one, more], place) => {
    const times = count(operation);
    return times === 0 && place > 2 ? [] : [`${times} ${times === 1 ? one : more}`];
  });
}

/** How many stacks change and how many do not; of one that failed nobody knows that it does not. */
function whichChange(
  names: string,
  changed: number,
  still: number,
  all: number,
): readonly string[] {
  if (changed > 0) {
    return [
      `${changed} of ${all} stacks change (${names})`,
      ...(still > 0 ? [`${still} unchanged`] : []),
    ];
  }
  return still === 0 ? [] : [still < all ? "no other stack changes" : "no stack changes"];
}

function linesOf(
  stacks: readonly StackReport[],
  changed: readonly StackReport[],
  failed: readonly StackReport[],
  risk: RiskClass | undefined,
): string {
  if (stacks.length === 0) {
    return "no stack was previewed";
  }
  const names = (each: readonly StackReport[]): string => each.map(({ stack }) => stack).join(", ");
  const still = stacks.length - changed.length - failed.length;
  const worstOnes = stacks.filter((stack) => risk !== undefined && stack.risk === risk);
  const sum = (operation: Operation): number =>
    stacks.reduce((total, { counts }) => total + counts[operation], 0);
  const breaks = stacks.reduce((total, { policies }) => total + policies.violated.mandatory, 0);
  return [
    ...(failed.length > 0 ? [`preview failed: ${names(failed)}`] : []),
    ...whichChange(names(changed), changed.length, still, stacks.length),
    ...(changed.length > 0 || failed.length > 0 ? [countWords(sum).join(", ")] : []),
    ...(risk === undefined ? [] : [`worst: ${riskWords(risk)} in ${names(worstOnes)}`]),
    ...(breaks > 0 ? [`${breaks} mandatory ${breaks === 1 ? "policy" : "policies"} broken`] : []),
  ].join("; ");
}
