/**
 * Every pod of every stack before the Pod Security admission of a real API server: it lets in what
 * Fleet's own reading of `restricted` lets in, refuses what that refuses, and takes each pod at the
 * level of its own namespace. Nothing is made, and nothing runs.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { podSecurityLabels } from "../../components/platform/namespace.ts";
import { describePods, type PodSet } from "../../policy/graph/objects.ts";
import { restrictedFaults } from "../../policy/graph/restricted.ts";
import type { Api } from "../../sandbox/api.ts";
import { sandboxPlace, stackFile } from "../../sandbox/place.ts";
import { readPlan } from "../../sandbox/plan.ts";
import { openSandbox, removeSandbox } from "../../sandbox/sandbox.ts";
import { type Loose, podFaults, withFault } from "../judges/planted.ts";
import { judgedStacks, renderJudged } from "../judges/stacks.ts";
import { admit } from "./admission.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-pod-security-"));
const place = sandboxPlace("test", { root });

/** An account that pods may name: they are refused where theirs is not there. */
const account = "judged";
const levels = ["restricted", "baseline", "privileged"] as const;
type Level = (typeof levels)[number];

let api: Api;
beforeAll(async () => {
  const plan = readPlan("test", stackFile(sandboxPlace("test")), new Map());
  ({ api } = await openSandbox(place, plan, process.env, () => undefined));
  for (const level of levels) {
    await api.create("/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: level, labels: podSecurityLabels(level) },
    });
    await api.create(`/api/v1/namespaces/${level}/serviceaccounts`, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: account },
    });
  }
});

afterAll(async () => {
  api.close();
  await removeSandbox(place);
  rmSync(root, { recursive: true, force: true });
});

/** What Pod Security has against a pod; undefined where it lets it in. Any other refusal is thrown. */
async function refusal(level: Level, spec: Loose): Promise<string | undefined> {
  try {
    await admit(api, level, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "judged" },
      spec: { ...spec, serviceAccountName: account },
    } as Parameters<typeof admit>[2]);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    if (message.includes("violates PodSecurity")) {
      return message;
    }
    throw error;
  }
}

/** The pod of a set as its controller would make it: with a volume for each disk. */
const podOf = ({ spec, claimTemplates }: PodSet): Loose => ({
  ...spec,
  volumes: [
    ...(spec.volumes ?? []),
    ...claimTemplates.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
  ],
});

describe.each(judgedStacks)("pods of %s", (stack) => {
  test("are refused under restricted where Fleet says so, and nowhere else", async () => {
    const { pods } = (await renderJudged(stack)).world;
    const verdicts = await Promise.all(
      pods.map(async (one) => ({
        pods: describePods(one),
        refused: (await refusal("restricted", podOf(one))) !== undefined,
      })),
    );
    const expected = pods.map((one) => ({
      pods: describePods(one),
      refused: restrictedFaults(one.spec).length > 0,
    }));
    expect(verdicts).toEqual(expected);
    expect(verdicts.some(({ refused }) => !refused)).toBe(true);
  });

  test("are let in at the level of their own namespace", async () => {
    const { pods, namespaces } = (await renderJudged(stack)).world;
    const refused = await Promise.all(
      pods.map(async (one) => {
        const level = namespaces.get(one.namespace)?.["pod-security.kubernetes.io/enforce"];
        const known = levels.find((name) => name === level);
        const message =
          known === undefined ? "no level that is known" : await refusal(known, podOf(one));
        return message === undefined ? [] : [`${describePods(one)}: ${message}`];
      }),
    );
    expect(refused.flat()).toEqual([]);
  });
});

describe("a planted fault is refused", () => {
  test.each(podFaults)("$fault", async (one) => {
    const { objects } = (await renderJudged("test")).world;
    const { changed } = withFault(one, objects);
    const { spec } = (changed?.["spec"] as { template: { spec: Loose } }).template;
    expect(await refusal("restricted", spec)).toContain("violates PodSecurity");
  });
});
