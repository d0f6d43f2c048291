/**
 * Rendered objects of every stack before kube-score, which knows what commonly goes wrong
 * in a cluster. What is not followed is listed with its reason; a reason that nothing needs any more
 * fails the test.
 */
import { beforeAll, describe, expect, test } from "vitest";

import { exceptions } from "./kube-score.exceptions.ts";
import { type Finding, findings } from "./kube-score.ts";
import { judgedStacks, renderJudged } from "./stacks.ts";

const excepted = ({ check, object }: Finding): number =>
  exceptions.findIndex((one) => one.check === check && one.objects.test(object));

describe("kube-score", () => {
  const found = new Map<string, Finding[]>();
  beforeAll(async () => {
    for (const stack of judgedStacks) {
      found.set(stack, await findings((await renderJudged(stack)).world.objects));
    }
  }, 300_000);

  test.each(judgedStacks)("finds nothing in %s that has no reason", (stack) => {
    const open = (found.get(stack) ?? [])
      .filter((finding) => excepted(finding) < 0)
      .map(({ check, object, summary }) => `${check}: ${object}: ${summary}`);
    expect(open).toEqual([]);
  });

  test("every exception is needed", () => {
    const used = new Set([...found.values()].flat().map(excepted));
    const stale = exceptions.filter((_, index) => !used.has(index));
    expect(stale.map(({ check, objects }) => `${check} ${objects.source}`)).toEqual([]);
  });

  test("finds a planted fault", async () => {
    const [deployment] = (await renderJudged("test")).world.objects.filter(
      ({ kind }) => kind === "Deployment",
    );
    const text = JSON.stringify(deployment).replaceAll(
      '"allowPrivilegeEscalation":false',
      '"privileged":true',
    );
    const checks = (await findings([JSON.parse(text) as object])).map(({ check }) => check);
    expect(checks).toContain("container-security-context-privileged");
  });
});
