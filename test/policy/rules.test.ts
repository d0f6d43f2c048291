/** Every rule that is not policy/graph's by itself: what it lets pass and what it objects to (cases.ts). */
import { describe, expect, test } from "vitest";

import type { Exception } from "../../policy/exceptions.ts";
import { graphRules } from "../../policy/graph/rules.ts";
import { judgeResource, judgeStack, labelOf } from "../../policy/judge.ts";
import { type Resource, unknownText, UnknownProperty } from "../../policy/resource.ts";
import { SecretSearch } from "../../policy/secret-search.ts";
import type { Rule } from "../../policy/rule.ts";
import { rules } from "../../policy/rules.ts";
import { cases } from "./cases/cases.ts";
import { wholeStack } from "./cases/whole-stack.ts";
import { deployment, object, stack, withContainer } from "./resources.ts";

const own = rules.filter((rule) => !graphRules.some((one) => one === rule));

const ruleOf = (name: string): Rule => {
  const found = rules.find((rule) => rule.name === name);
  if (found === undefined) {
    throw new Error(`there is no rule ${name}`);
  }
  return found;
};

const found = (rule: Rule, resources: readonly Resource[], name = "shop"): readonly string[] =>
  judgeStack(rule, stack(resources, name), []).findings.map(({ message }) => message);

test("every rule has a case that passes and one that fails", () => {
  const complete = Object.entries(cases)
    .filter(([, { pass, fail }]) => Object.keys(pass).length > 0 && Object.keys(fail).length > 0)
    .map(([name]) => name);
  expect(complete.sort()).toEqual(own.map(({ name }) => name).sort());
});

describe.each(Object.entries(cases))("%s", (name, { stack: where = "shop", pass, fail }) => {
  test.each(Object.entries(pass))("has nothing against: %s", (_, resources) => {
    expect(found(ruleOf(name), resources, where)).toEqual([]);
  });

  test.each(Object.entries(fail))("objects to: %s", (_, [resources, says]) => {
    const messages = found(ruleOf(name), resources, where);
    expect(messages.filter((message) => message.includes(says))).not.toEqual([]);
  });
});

test.each(own.map(({ name }) => name))("a whole stack in order keeps to %s", (name) => {
  expect(found(ruleOf(name), wholeStack, "shop-production")).toEqual([]);
});

test.each(["image-digests", "protected-data", "claims-outlive"])(
  "%s is for production's stacks alone",
  (name) => {
    const resources = Object.values(cases[name]?.fail ?? {}).flatMap(([all]) => all);
    expect(found(ruleOf(name), resources, "shop-production")).not.toEqual([]);
    expect(found(ruleOf(name), resources, "shop-staging")).toEqual([]);
  },
);

test("no finding repeats a secret that it is about", () => {
  const secrets = ["plain-secrets", "secrets-stay-home"].flatMap((name) =>
    Object.values(cases[name]?.fail ?? {}).flatMap(([all]) => found(ruleOf(name), all)),
  );
  expect(secrets.length).toBeGreaterThan(5);
  expect(secrets.filter((message) => /a1B2|0a0a|aK3x9Qz7|u:p@/.test(message))).toEqual([
    // The key of a map is its path.
    expect.stringContaining("the key data."),
  ]);
});

describe("an exception", () => {
  const requests = ruleOf("requests-and-limits");
  const resources = [deployment({ containers: [{ name: "web", image: "x", resources: {} }] })];
  const exception = (change: Partial<Exception>): Exception => ({
    rule: requests.name,
    stacks: ["shop"],
    resources: ["Deployment web"],
    reason: "a case of a test",
    ...change,
  });
  const left = (one: Exception): number =>
    judgeStack(requests, stack(resources), [one]).findings.length;

  test("allows what it names, and tells so", () => {
    const { findings, allowed } = judgeStack(requests, stack(resources), [exception({})]);
    expect(findings).toEqual([]);
    expect(allowed.length).toBe(3);
  });

  test.each<[string, Partial<Exception>, number]>([
    ["a part of a name", { resources: ["Deployment we"] }, 3],
    ["a pattern", { resources: ["Deployment *"] }, 0],
    ["a pattern in the middle of a name", { resources: ["Deploy*web"] }, 0],
    ["a pattern of another name", { resources: ["* store"] }, 3],
    ["one of several names", { resources: ["Deployment store", "Deployment web"] }, 0],
    ["one of several stacks", { stacks: ["other", "shop"] }, 0],
    ["another stack", { stacks: ["other"] }, 3],
    ["another rule", { rule: "probes" }, 3],
    ["one of several findings", { only: /CPU/ }, 2],
    ["a name with a point for any letter", { resources: ["Deployment w.b"] }, 3],
  ])("for %s leaves the rest", (_, change, count) => {
    expect(left(exception(change))).toBe(count);
  });
});

describe("what is unknown until the update", () => {
  const judged = (name: string, resources: readonly Resource[]) =>
    judgeStack(ruleOf(name), stack(resources), []);

  test("is no finding where a rule can only quote it", () => {
    const { findings, untold } = judged("image-names", [withContainer({ image: unknownText })]);
    expect(findings).toEqual([]);
    expect(untold.length).toBeGreaterThan(0);
  });

  test.each<[string, Resource]>([
    ["requests-and-limits", withContainer({ resources: { requests: { memory: unknownText } } })],
    ["requests-and-limits", withContainer({ resources: { limits: { memory: unknownText } } })],
    [
      "bounded-scratch",
      deployment({ volumes: [{ name: "tmp", emptyDir: { sizeLimit: unknownText } }] }),
    ],
  ])("is neither an amount nor none to %s", (name, one) => {
    const { findings, untold } = judged(name, [one]);
    expect([findings, untold.length]).toEqual([[], 1]);
  });

  test("keeps no rule from what it can tell of other resources", () => {
    const { findings, untold } = judged("probes", [
      deployment({}, { spec: { replicas: unknownText } }),
      withContainer({ livenessProbe: undefined }),
    ]);
    expect(findings.map(({ message }) => message)).toEqual(["container web has no liveness probe"]);
    expect(untold.length).toBe(1);
  });

  test("is told of the resource that has it, and only of that", () => {
    const unknown = deployment({}, { spec: { replicas: unknownText } });
    const { untold } = judgeResource(ruleOf("probes"), unknown, "shop", []);
    expect(untold).toEqual([{ urn: unknown.urn, message: unknownText }]);
    expect(judgeResource(ruleOf("one-budget-each"), unknown, "shop", [])).toEqual({
      findings: [],
      allowed: [],
      untold: [],
    });
  });

  test("keeps a rule of the whole stack from telling, as what is missing may be what counts", () => {
    const { findings, untold } = judged("one-budget-each", [
      deployment(),
      deployment({}, { spec: { replicas: unknownText } }),
    ]);
    expect(findings).toEqual([]);
    expect(untold.length).toBe(1);
  });

  test("is said by a rule that needs it, in the rule's own words", () => {
    const needs: Rule = {
      ...{ kind: "stack", name: "needs", level: "mandatory", protects: "a case of a test" },
      check: () => {
        throw new UnknownProperty("spec.replicas");
      },
    };
    expect(judgeStack(needs, stack([]), []).untold).toEqual([
      { urn: "", message: "spec.replicas is unknown until the update" },
    ]);
  });

  test("is no excuse for a rule that breaks down", () => {
    const broken: Rule = {
      ...{ kind: "stack", name: "broken", level: "mandatory", protects: "a case of a test" },
      check: () => {
        throw new RangeError("there are too many");
      },
    };
    expect(() => judgeStack(broken, stack([deployment()]), [])).toThrow(RangeError);
  });

  test("is not what cannot be read by itself: that is a finding of every rule", () => {
    const { findings } = judged("probes", [deployment({}, { spec: { replicas: "two" } })]);
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining("cannot be read at spec.replicas"),
    ]);
    const unread = deployment({}, { spec: { replicas: "two" } });
    const of = (rule: string) => judged(rule, [unread]).findings;
    expect(of("probes")[0]?.urn).toBe(unread.urn);
    // Of a whole stack it is not known which one it was.
    expect(of("one-budget-each")).toEqual([
      { urn: "", message: expect.stringContaining("cannot be read at spec.replicas") as string },
    ]);
  });
});

describe("the search for secrets", () => {
  test("finds one of as many secrets in as much text as production has", () => {
    const names = Array.from({ length: 400 }, (_, index) => index);
    const value = (index: number): string => `Value${index}x9Qz7hJ2kLm${index}`;
    const search = new SecretSearch(new Map(names.map((index) => [`${index}`, value(index)])));
    const text = names.map((index) => `${"words and more ".repeat(400)}${index}`).join("\n");
    expect(search.find(text)).toEqual([]);
    expect(search.find(`${text}${value(7)}`)).toEqual(["7"]);
  });
});

test("a resource is called by its kind and its whole name", () => {
  const urn = "urn:pulumi:shop::fleet::fleet:shop:Shop$kubernetes:apps/v1:Deployment::a::b";
  expect(labelOf(urn)).toBe("Deployment a::b");
});

test("a bare pod makes no rule fail to run", () => {
  const pod = object("v1", "Pod", "web", { spec: { containers: [] } });
  for (const rule of own) {
    expect(() => judgeStack(rule, stack([pod]), [])).not.toThrow();
  }
});
