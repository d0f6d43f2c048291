/**
 * Planted faults, before Fleet's own rules and before the judges that know them: each finds its own.
 * What the API server makes of the pods among them is in test/e2e/pod-security.e2e.test.ts.
 */
import { beforeAll, describe, expect, test } from "vitest";

import { judgeStack } from "../../policy/judge.ts";
import { rules } from "../../policy/rules.ts";
import type { Resource, Stack } from "../../policy/resource.ts";
import { checkov, type CheckovFinding } from "./checkov.ts";
import { findings } from "./kube-score.ts";
import { conform } from "./kubeconform.ts";
import { type Loose, planted, withFault } from "./planted.ts";
import { renderJudged } from "./stacks.ts";

/** Objects as resources of a stack that is production's: there the rules are the strictest. */
function stackOf(objects: readonly Loose[]): Stack {
  const resources = objects.map((properties, index): Resource => {
    const version = String(properties["apiVersion"]);
    const type = `kubernetes:${version === "v1" ? "core/v1" : version}:${String(properties["kind"])}`;
    return {
      urn: `urn:pulumi:prod::fleet::${type}::object-${index}`,
      type,
      name: `object-${index}`,
      properties,
      parent: "",
      provider: undefined,
      protect: true,
      retainOnDelete: true,
      ignoreChanges: [],
    };
  });
  return { name: "prod", resources, secrets: new Map() };
}

/** How many things a rule objects to. */
function objections(name: string, objects: readonly Loose[]): number {
  const rule = rules.find((one) => one.name === name);
  if (rule === undefined) {
    throw new Error(`no rule ${name}`);
  }
  return judgeStack(rule, stackOf(objects), []).findings.length;
}

let objects: readonly Loose[];
let byCheckov: readonly CheckovFinding[];
beforeAll(async () => {
  ({ objects } = (await renderJudged("test")).world);
  const changed = planted.flatMap((one) => {
    const { changed: object } = withFault(one, objects);
    return object === undefined ? [] : [[one.fault, [object]] as const];
  });
  // Beside each, the object as it was: what is found in that as well is no find.
  const before = planted.flatMap(({ fault, object }) =>
    objects
      .filter((one) => object === `${String(one["kind"])} ${metadataName(one)}`)
      .map((one) => [`${fault}, before`, [one]] as const),
  );
  byCheckov = (await checkov(new Map([...changed, ...before]))).findings;
}, 300_000);

const metadataName = (object: Loose): string => String((object["metadata"] as Loose)["name"]);

const of = (judge: "kubeScore" | "checkov" | "kubeconform") =>
  planted.filter((one) => one[judge] !== undefined);

describe("Fleet's rules", () => {
  test.each(planted)("find $fault", (one) => {
    const { all } = withFault(one, objects);
    expect(objections(one.rule, all)).toBeGreaterThan(objections(one.rule, objects));
  });
});

describe("kube-score", () => {
  let before: Awaited<ReturnType<typeof findings>>;
  beforeAll(async () => {
    before = await findings(objects);
  });

  const told = (all: typeof before, check: string | undefined): readonly string[] =>
    all.filter((one) => one.check === check).map(({ object, summary }) => `${object} ${summary}`);

  test.each(of("kubeScore"))("finds $fault", async (one) => {
    const found = told(await findings(withFault(one, objects).all), one.kubeScore);
    const known = told(before, one.kubeScore);
    expect(found.filter((line) => !known.includes(line))).not.toEqual([]);
  });
});

describe("Checkov", () => {
  test.each(of("checkov"))("finds $fault", ({ fault, checkov: check }) => {
    const checks = (stack: string): readonly string[] =>
      byCheckov.filter((one) => one.stack === stack).map((one) => one.check);
    expect(checks(fault)).toContain(check);
    expect(checks(`${fault}, before`)).not.toContain(check);
  });
});

describe("kubeconform", () => {
  test.each(of("kubeconform"))("finds $fault", async (one) => {
    const { changed } = withFault(one, objects);
    const { summary } = await conform(changed === undefined ? [] : [changed]);
    expect(summary.invalid + summary.errors).toBe(1);
  });
});
