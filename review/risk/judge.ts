/** Asks all rules of a change. */
import type { Finding, RiskClass } from "../model.ts";
import { remembered } from "../remember.ts";
import { accessRules } from "./access.ts";
import { dataRules } from "./data.ts";
import { downtimeRules } from "./downtime.ts";
import { cosmeticRules, rolloutRules } from "./rollout.ts";
import { updatesIn } from "./patched.ts";
import { isOfKind, type Rule, type Subject } from "./subject.ts";

/** Every rule by the risk it stands for, worst first. */
export const rules: readonly (readonly [RiskClass, readonly Rule[]])[] = [
  ["data-loss", dataRules],
  ["downtime", downtimeRules],
  ["access", accessRules],
  ["rollout", rolloutRules],
  ["cosmetic", cosmeticRules],
];

/** Rules that speak where no other does. */
const fallbacks: ReadonlySet<string> = new Set([
  "specification-changed",
  "object-deleted",
  "object-replaced",
  "labels-only",
  "object-new",
  "structure",
  "template-changed",
]);

/** A rule among all others. */
interface Asked extends Rule {
  readonly risk: RiskClass;
  readonly isFallback: boolean;
}

const all: readonly Asked[] = rules.flatMap(([risk, each]) =>
  each.map((rule) => ({ ...rule, risk, isFallback: fallbacks.has(rule.name) })),
);

/**
 * Rules that may have something to say of what happens to a type, `update custom kubernetes:apps/v1:Deployment`, or of a
 * component: `update structure fleet:base:Workload`.
 */
const rulesOf = remembered((deed) => {
  const [operation = "", made, ...rest] = deed.split(" ");
  const [type, isCustom] = [rest.join(" "), made === "custom"];
  return all.filter(
    ({ kinds, isFor, on }) =>
      (kinds === undefined || isOfKind(type, kinds)) &&
      (isFor === undefined || isFor(type, isCustom)) &&
      // What is read stays as it is: only a rule that says so speaks of it.
      (on === undefined ? operation !== "read" : on.some((each) => each === operation)),
  );
});

/** What the rules say, worst first; at least one. */
export function judge(subject: Subject): Finding[] {
  const updates = updatesIn(subject);
  const [only] = updates;
  if (updates.length === 1 && only !== undefined) {
    return findingsOf(only);
  }
  const found = new Map<string, Finding>();
  for (const finding of updates.flatMap(findingsOf)) {
    found.set(finding.rule, found.get(finding.rule) ?? finding);
  }
  return [...found.values()].sort((left, right) => compareRisk(left.risk, right.risk));
}

function findingsOf(subject: Subject): Finding[] {
  const { isCustom, operation, type } = subject.change;
  const findings: Finding[] = [];
  rulesOf(`${operation} ${isCustom ? "custom" : "structure"} ${type}`).forEach(
    ({ name, risk, see, isFallback }) => {
      const why = isFallback && findings.length > 0 ? undefined : see(subject);
      if (why !== undefined) {
        findings.push({ rule: name, risk, why });
      }
    },
  );
  return findings;
}

/** Risk → its place among all; what changes nothing comes last. */
const places: ReadonlyMap<RiskClass | undefined, number> = new Map(
  [...rules.map(([risk]) => risk), undefined].map((risk, place) => [risk, place]),
);

const place = (risk: RiskClass | undefined): number => places.get(risk) ?? places.size;

/** Below 0 where the left one is worse. What changes nothing comes last. */
export function compareRisk(left: RiskClass | undefined, right: RiskClass | undefined): number {
  return place(left) - place(right);
}

/** The worst of them; undefined of none. */
export function worst(risks: Iterable<RiskClass | undefined>): RiskClass | undefined {
  return [...risks].sort(compareRisk)[0];
}
