/** Asks all rules of a change. */
import type { Finding, RiskClass } from "../model.ts";
import { remembered } from "../remember.ts";
import { accessRules } from "./access.ts";
import { dataRules } from "./data.ts";
import { downtimeRules } from "./downtime.ts";
import { cosmeticRules, rolloutRules } from "./rollout.ts";
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

/** Rules that are about a type. */
const rulesOf = remembered((type) =>
  all.filter(({ kinds }) => kinds === undefined || isOfKind(type, kinds)),
);

/** What the rules say, worst first; at least one. */
export function judge(subject: Subject): Finding[] {
  const findings: Finding[] = [];
  rulesOf(subject.change.type).forEach(({ name, risk, see, isFallback }) => {
    const why = isFallback && findings.length > 0 ? undefined : see(subject);
    if (why !== undefined) {
      findings.push({ rule: name, risk, why });
    }
  });
  return findings;
}

const order: readonly RiskClass[] = rules.map(([risk]) => risk);

const place = (risk: RiskClass | undefined): number =>
  risk === undefined ? order.length : order.indexOf(risk);

/** Below 0 where the left one is worse. What changes nothing comes last. */
export function compareRisk(left: RiskClass | undefined, right: RiskClass | undefined): number {
  return place(left) - place(right);
}

/** The worst of them; undefined of none. */
export function worst(risks: Iterable<RiskClass | undefined>): RiskClass | undefined {
  return [...risks].sort(compareRisk)[0];
}
