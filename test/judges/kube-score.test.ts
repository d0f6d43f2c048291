/**
 * Rendered objects of every committed stack before kube-score, which knows what commonly goes wrong
 * in a cluster. What is not followed is listed with its reason; a reason that nothing needs any more
 * fails the test.
 */
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import { render, stacks } from "../rendered.ts";
import { renderDaemons } from "../skywire/all-daemons.ts";
import { exceptions } from "./kube-score.exceptions.ts";
import { kubernetesVersion } from "./kubeconform.ts";
import { run, toolPath } from "./tools.ts";

const Scores = z.array(
  z.object({
    object_name: z.string(),
    checks: z.array(
      z.object({
        check: z.object({ id: z.string() }),
        grade: z.number(),
        skipped: z.boolean(),
        comments: z
          .array(z.object({ path: z.string(), summary: z.string(), description: z.string() }))
          .nullable(),
      }),
    ),
  }),
);

/** kube-score's grade of a warning; lower ones are critical. */
const warning = 5;

interface Finding {
  readonly check: string;
  readonly object: string;
  readonly summary: string;
}

async function findings(objects: readonly object[]): Promise<Finding[]> {
  const [major, minor] = kubernetesVersion.split(".");
  const { stdout, stderr } = await run(
    toolPath("kube-score"),
    [
      ...["score", "--output-format", "json", "--disable-ignore-checks-annotations"],
      ...["--kubernetes-version", `v${major ?? ""}.${minor ?? ""}`, "-"],
    ],
    { input: objects.map((object) => JSON.stringify(object)).join("\n---\n") },
  );
  if (stdout === "") {
    throw new Error(`kube-score reported nothing: ${stderr}`);
  }
  const scores = Scores.parse(JSON.parse(stdout));
  expect(scores.length).toBeGreaterThan(0);
  return scores.flatMap(({ object_name: object, checks }) =>
    checks
      .filter(({ grade, skipped }) => grade <= warning && !skipped)
      .flatMap(({ check, comments }) =>
        (comments ?? []).map(({ path, summary }) => ({
          check: check.id,
          object: path === "" ? object : `${object} ${path}`,
          summary,
        })),
      ),
  );
}

const excepted = ({ check, object }: Finding): number =>
  exceptions.findIndex((one) => one.check === check && one.objects.test(object));

describe("kube-score", () => {
  const found = new Map<string, Finding[]>();
  beforeAll(async () => {
    for (const stack of stacks) {
      found.set(stack, await findings((await render(stack)).world.objects));
    }
    found.set("prod with daemons", await findings((await renderDaemons("prod")).world.objects));
  });

  test.each([...stacks, "prod with daemons"])(
    "finds nothing in the stack %s that has no reason",
    (stack) => {
      const open = (found.get(stack) ?? [])
        .filter((finding) => excepted(finding) < 0)
        .map(({ check, object, summary }) => `${check}: ${object}: ${summary}`);
      expect(open).toEqual([]);
    },
  );

  test("every exception is needed", () => {
    const used = new Set([...found.values()].flat().map(excepted));
    const stale = exceptions.filter((_, index) => !used.has(index));
    expect(stale.map(({ check, objects }) => `${check} ${objects.source}`)).toEqual([]);
  });

  test("finds a planted fault", async () => {
    const [deployment] = (await render("test")).world.objects.filter(
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
