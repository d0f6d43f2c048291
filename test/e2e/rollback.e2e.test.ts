/**
 * Rollback on a real control plane, through the commands that users type: `make up` in the sandbox, then
 * `make live-up` on a live stack's own terms (official settings, no stand-in, a backend of its own).
 *
 * Proves what is put back, on the cluster and in the state, what is said, and that a run may be ended at
 * any moment. The pods' image tells the sandbox whether they become ready; no container runs.
 *
 * The tests are one story and build on each other, in this order.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import { pushImage } from "../../sandbox/standins/seeds.ts";
import type { Finished } from "../judges/tools.ts";
import {
  imageName,
  namespaceOf,
  neverReady,
  releaseClone,
  type ReleaseClone,
} from "./release-clone.ts";
import { liveStack } from "./release-live.ts";
import { type ReleaseSandbox, releaseSandbox } from "./release-runs.ts";
import { settled } from "./sandbox.ts";

const newDigest = `sha256:${"ab".repeat(32)}`;

const Pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        uid: z.string(),
        deletionTimestamp: z.string().optional(),
        annotations: z.object({ version: z.string(), digest: z.string() }),
      }),
      spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
      status: z.object({
        conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
      }),
    }),
  ),
});

describe("a stack that rolls back", () => {
  let clone: ReleaseClone;
  let sandbox: ReleaseSandbox;

  beforeAll(() => {
    clone = releaseClone({ version: "1" }, "one");
    sandbox = releaseSandbox(clone);
  });

  afterAll(async () => {
    await sandbox.dispose();
    clone.dispose();
  });

  /** Pods that are not going away: a rollout is over before the last of the old ones is gone. */
  async function standing(stack: string): Promise<z.infer<typeof Pods>["items"]> {
    const words = ["get", "pods", "-n", namespaceOf(stack), "-l", "app=web", "-o", "json"];
    return Pods.parse(JSON.parse(await sandbox.kubectl(...words))).items.filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
  }

  const isReady = ({ status }: z.infer<typeof Pods>["items"][number]): boolean =>
    status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");

  /** Ready pods: `uid version tag digest`, sorted. */
  const serving = async (stack = "test"): Promise<readonly string[]> =>
    (await standing(stack))
      .filter(isReady)
      .map(({ metadata: { uid, annotations }, spec }) =>
        [uid, annotations.version, spec.containers[0]?.image, annotations.digest].join(" "),
      )
      .sort();

  /** Versions of the ready pods, with the tag they run. */
  const versions = async (stack?: string): Promise<readonly string[]> =>
    (await serving(stack)).map((line) => line.split(" ").slice(1, 3).join(" "));

  const twoOf = (version: string, tag: string): readonly string[] =>
    Array<string>(2).fill(`${version} ${imageName}:${tag}`);

  const secretsOf = (): Promise<string> =>
    sandbox.kubectl("get", "secrets", "-n", namespaceOf("test"), "-o", "jsonpath={.items[*].data}");

  const state = (): string =>
    readFileSync(join(sandbox.folder, "backend/.pulumi/stacks/fleet/test.json"), "utf8");

  function expectFailure({ code, stdout }: Finished, ...texts: readonly (string | RegExp)[]): void {
    expect(code, stdout).not.toBe(0);
    expect(code, stdout).not.toBe(130);
    for (const text of texts) {
      expect(stdout).toMatch(text);
    }
  }

  test("keeps the first release that ends well", async () => {
    expect((await sandbox.command("up")).code).toBe(0);
    expect(await versions()).toEqual(twoOf("1", "one"));
  });

  test("puts commit, config and digests back, on the cluster and in the state, and still fails", async () => {
    const good = clone.git("rev-parse", "--short", "HEAD").trim();
    const before = { pods: await serving(), secrets: await secretsOf() };
    // The good tag moves meanwhile: what is put back is what ran, not what the tag is now.
    await pushImage(sandbox.folder, `${imageName}:one`, newDigest);
    clone.configure(neverReady);
    clone.write({ version: "2" });
    clone.git("add", "index.ts");
    const tree = clone.git("status", "--porcelain=v2", "--branch");

    const failed = await sandbox.command("up");
    expectFailure(
      failed,
      "ending the update: for 3 s it has waited for nothing but",
      "! Deployment web-test/web has stalled: no progress for 3 s",
      `rolling back to ${good} Version 1`,
      "the update failed and was rolled back: 1 changed",
      new RegExp(`tried +[0-9a-f]+ Work tree of stack test, with changes since ${good}`),
      /failed +Deployment web\n/,
      `runs now  ${good} Version 1, with its config and digests`,
      "next      mend what failed, then make up",
    );
    // The old pods served throughout: they are the same ones.
    expect(await serving()).toEqual(before.pods);
    expect(await secretsOf()).toEqual(before.secrets);
    expect(clone.git("status", "--porcelain=v2", "--branch")).toBe(tree);
    expect(clone.git("diff", "--cached", "--name-only").trim()).toBe("index.ts");
    expect(existsSync(join(sandbox.folder, "checkout"))).toBe(false);

    const release = z
      .object({ commit: z.string(), config: z.string(), digests: z.record(z.string(), z.string()) })
      .parse(stateOutputs(state())["release"]);
    expect(release.commit).toBe(clone.git("rev-parse", "HEAD").trim());
    expect(Object.keys(release.digests)).toEqual([`${imageName}:one`]);
    expect(Object.values(release.digests)).not.toContain(newDigest);
    // The config's text is a secret of the state, though its own secrets are encrypted once more.
    expect(state()).not.toContain("Skywire's test environment");
  });

  const atWork = (): Promise<readonly string[]> =>
    Promise.resolve(existsSync(join(sandbox.folder, "unfinished")) ? [] : ["no update is at work"]);

  test("goes on after a run that was stopped before, during and after the failure, or in the rollback", async () => {
    const before = await serving();
    // Before the engine starts: killed outright.
    const early = sandbox.start("up");
    await early.until("sandbox of test");
    early.child.kill("SIGKILL");
    await early.end;
    // While the update waits for its pods.
    const waiting = sandbox.start("up", 60);
    await waiting.until("sandbox of test");
    await settled(atWork);
    await settled(async () => ((await newPods()) > 0 ? [] : ["no new pod yet"]));
    waiting.child.kill("SIGINT");
    const stopped = await waiting.end;
    expect([stopped.code, stopped.stdout]).toEqual([
      130,
      expect.stringContaining("up: stopped; make up goes on from there"),
    ]);
    expect(await serving()).toEqual(before);
    // When it has failed and the rollback begins.
    const failing = sandbox.start("up");
    await failing.until("rolling back to");
    failing.child.kill("SIGINT");
    expect((await failing.end).stdout).toContain("rolling back to");
    expect(await serving()).toEqual(before);
    // While the rollback is at work: killed outright, which leaves a cluster that nobody knows.
    const goingBack = sandbox.start("up");
    await goingBack.until("rolling back to");
    await settled(atWork);
    goingBack.child.kill("SIGKILL");
    const killed = await goingBack.end;
    expect(killed.stdout).toContain(
      "stopped while it put the last good release back: that comes first",
    );
    // The next run finishes the job, and does not try again what failed.
    const finished = await sandbox.command("up");
    expectFailure(
      finished,
      "starting from an empty cluster",
      "the update failed and was rolled back",
      /failed +Deployment web\n/,
    );
    expect(finished.stdout).not.toContain("up failed:");
    expect(await versions()).toEqual(twoOf("1", "one"));
  });

  test.concurrent("is left where it stopped, the old pods serving, by pause and by a migration that ran", async () => {
    const before = await serving();
    clone.configure(neverReady, "pause");
    const paused = await sandbox.command("up");
    expectFailure(paused, "up failed:");
    expect(paused.stdout).not.toContain("roll");
    expect(await serving()).toEqual(before);
    expect(await newPods()).toBe(1);

    clone.configure(neverReady);
    clone.write({ version: "3", migration: "a" });
    expectFailure(
      await sandbox.command("up"),
      "was not rolled back: its data migration has run (Job migration)",
      /runs now +what it had reached; old pods serve where new ones are not ready; last good: [0-9a-f]{7} /,
    );
    expect(await serving()).toEqual(before);
    // Mended, it goes forward; the migration that ran is now the good release's own.
    clone.configure("two");
    clone.commit("Mended");
    expect((await sandbox.command("up")).code).toBe(0);
    expect(await versions()).toEqual(twoOf("3", "two"));
    const { migrations } = z
      .object({ migrations: z.record(z.string(), z.string()) })
      .parse(stateOutputs(state())["release"]);
    expect(Object.values(migrations)).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    // The same work tree is the same release: a second run changes nothing.
    const again = await sandbox.command("preview");
    expect(again.stdout).toContain("preview: no change");
  });

  // Beside the two before it, in a clone and a namespace of its own: most of a run's time is waiting.
  test.concurrent("rolls back live, by the operator's own pulumi", async () => {
    const own = releaseClone({ version: "1" }, "one");
    const live = liveStack(own, sandbox);
    try {
      own.configure("one", "rollback", "live");
      expect(await live.init()).toMatchObject({ code: 0 });
      const good = own.commit("A live stack").slice(0, 7);
      expect(await live.start().end).toMatchObject({ code: 0 });
      const before = await serving("live");
      own.configure(neverReady, "rollback", "live");
      // Ended while it goes back: the next run does that first.
      const failing = live.start();
      await failing.until("rolling back to");
      failing.child.kill("SIGINT");
      await failing.end;
      expectFailure(
        await live.start().end,
        "stopped while it put the last good release back: that comes first",
        "the update failed and was rolled back",
        `runs now  ${good} A live stack, with its config and digests`,
        "then make live-up STACK=live",
      );
      expect(await serving("live")).toEqual(before);
      expect(readdirSync(join(own.folder, ".git", "fleet"))).toEqual([]);
      // Plain pulumi only pauses, and says so. It reads the cluster first: the provider takes a Deployment's
      // status of before the change for the new one's where the state's revision is out of date, as it is here.
      const words = ["up", "--refresh", "--yes", "--skip-preview", "--stack", "live"];
      const plain = await live.pulumi(...words);
      expectFailure(plain, "plain pulumi only pauses", /timed out/);
      expect(await serving("live")).toEqual(before);
    } finally {
      live.dispose();
      own.dispose();
    }
  });

  test("has printed no secret, and keeps no commit of a sandbox that is gone", async () => {
    const secrets = z
      .record(z.string(), z.string())
      .parse(JSON.parse(readFileSync(join(sandbox.folder, "secrets.json"), "utf8")));
    expect(Object.keys(secrets).length).toBeGreaterThan(5);
    const printed = sandbox.transcript.join("\n");
    const log = readFileSync(join(sandbox.folder, "logs", "engine.log"), "utf8");
    for (const value of Object.values(secrets)) {
      expect(printed.includes(value) || log.includes(value)).toBe(false);
    }
    const refs = (): string => clone.git("for-each-ref", "--format=%(refname)", "refs/fleet/test");
    expect(refs()).toMatch(/^refs\/fleet\/test\/sandbox-[0-9a-f]{8}\/good$/m);
    await sandbox.command("down");
    expect(refs()).toBe("");
  });

  /** Pods of the stack that are not ready. */
  const newPods = async (): Promise<number> =>
    (await standing("test")).filter((pod) => !isReady(pod)).length;
});

const Checkpoint = z.object({
  checkpoint: z.object({
    latest: z.object({
      resources: z.array(
        z.looseObject({ type: z.string(), outputs: z.record(z.string(), z.unknown()).default({}) }),
      ),
    }),
  }),
});

/** The outputs of a stack as its state has them, secrets sealed. */
function stateOutputs(text: string): Readonly<Record<string, unknown>> {
  const { resources } = Checkpoint.parse(JSON.parse(text)).checkpoint.latest;
  const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  const release = outputs["release"];
  if (typeof release !== "object" || release === null || !("config" in release)) {
    throw new Error("the state has no release");
  }
  const sealed = JSON.stringify(release.config);
  return { ...outputs, release: { ...release, config: sealed } };
}
