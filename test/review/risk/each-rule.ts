/**
 * What is asked of every rule: that it speaks of what it is for, is silent about what lies beside it, and
 * says why. That rules are asked of what a real engine says is proven by report.test.ts.
 */
import { describe, expect, it } from "vitest";

import type { RiskClass } from "../../../review/model.ts";
import { rules } from "../../../review/risk/judge.ts";
import { type Made, madeItem } from "../made.ts";

/** A rule, a change of which it speaks, and one beside it of which it does not. */
export interface Case {
  readonly rule: string;
  readonly speaks: Made | readonly [Made, ...Made[]];
  readonly silent: Made | readonly [Made, ...Made[]];
}

/** Rule, what it is about, a change of which it speaks, one beside it of which it does not. */
export type Further = readonly [string, string, Made, Made];

/** Rule, a change, and what the rule says of it. */
export type Reason = readonly [string, Made, string];

/** Rules that speak of the first of these changes. */
export const rulesOf = (given: Case["speaks"]): readonly string[] => {
  const [first, ...others] = [given].flat() as [Made, ...Made[]];
  return madeItem(first, ...others).findings.map(({ rule }) => rule);
};

/** What a rule says of a change. */
export const whyOf = (made: Made, rule: string): string | undefined =>
  madeItem(made).findings.find((finding) => finding.rule === rule)?.why;

/** Tests that each rule of a risk has a case, in the order in which they are asked, and keeps to it. */
export function hasCaseOfEach(risk: RiskClass, cases: readonly Case[]): void {
  describe("each rule", () => {
    it.each(cases)(
      "$rule speaks of what it is for, and of nothing beside it",
      ({ rule, speaks, silent }) => {
        expect(rulesOf(speaks)).toContain(rule);
        expect(rulesOf(silent)).not.toContain(rule);
      },
    );

    it("has a case here", () => {
      const known = rules.flatMap(([each, named]) => (each === risk ? named : []));
      expect(cases.map(({ rule }) => rule)).toEqual(known.map(({ name }) => name));
    });
  });
}

/** Tests of what a rule speaks beside the case that stands for it. */
export function speaksAsWell(further: readonly Further[]): void {
  describe("each rule", () => {
    it.each(further)("%s speaks of %s as well", (rule, _, speaks, silent) => {
      expect(rulesOf(speaks)).toContain(rule);
      expect(rulesOf(silent)).not.toContain(rule);
    });
  });
}

/** Tests of what rules say. */
export function saysWhy(reasons: readonly Reason[]): void {
  describe("why a change has its risk", () => {
    it.each(reasons)("is said by %s of %j: %s", (rule, change, why) => {
      expect(whyOf(change, rule)).toContain(why);
    });
  });
}
