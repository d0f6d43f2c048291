/** That a committed stack keeps to every rule, as it is rendered: the same functions that the pack runs. */
import { beforeAll, expect, test } from "vitest";

import { exceptions } from "../../policy/exceptions.ts";
import { isNamed, judgeStack, labelOf, type Verdict } from "../../policy/judge.ts";
import { isProduction } from "../../policy/production.ts";
import { rules } from "../../policy/rules.ts";
import { type AnyStack, readStackFile, renderedOnce } from "../rendered.ts";
import { stackOf } from "./stack-resources.ts";

/** Tests of one stack. */
export function keepsToTheRules(name: AnyStack): void {
  const verdicts = new Map<string, Verdict>();
  beforeAll(async () => {
    const stack = stackOf(name, await renderedOnce(name));
    for (const rule of rules) {
      verdicts.set(rule.name, judgeStack(rule, stack, exceptions));
    }
  });

  test.each(rules.map((rule) => rule.name))("keeps to %s", (rule) => {
    const { findings, untold } = verdicts.get(rule) ?? { findings: [], untold: [] };
    const told = findings.map(({ urn, message }) => `${labelOf(urn)}: ${message}`);
    expect(told).toEqual([]);
    // Nothing is unknown to a rendering.
    expect(untold).toEqual([]);
  });

  test("needs every exception that is made for it, each resource it names", () => {
    const unneeded = exceptions
      .filter(({ stacks, option }) => stacks.includes(name) && option === undefined)
      .flatMap((exception) => {
        const allowed = verdicts.get(exception.rule)?.allowed ?? [];
        return exception.resources
          .filter(
            (pattern) =>
              !allowed.some(
                (one) => one.exception === exception && isNamed(pattern, labelOf(one.finding.urn)),
              ),
          )
          .map((pattern) => `${exception.rule}: ${pattern}`);
      });
    expect(unneeded).toEqual([]);
  });

  test("is production's by its name where its file says so", () => {
    const environment = readStackFile(name)["fleet:environment"];
    expect(isProduction(name)).toBe(environment === "production");
  });
}
