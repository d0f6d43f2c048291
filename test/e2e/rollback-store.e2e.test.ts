/**
 * A StatefulSet that is rolled back, on a real control plane: the voting application's `db`, given an
 * image whose pods never get ready, by `make up` as a user types it.
 *
 * Proves that the controller takes the way back without anybody deleting the broken pod, and that disk and
 * neighbours stay. That a database understands its files after a step back is not shown: no container runs.
 *
 * The tests are one story and build on each other, in this order.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import { fleetClone, type FleetClone, neverReady } from "./release-clone.ts";
import { type ReleaseSandbox, releaseSandbox } from "./release-runs.ts";

const goodImage = "docker.io/library/postgres:17.6-bookworm";
const brokenImage = `docker.io/library/postgres:${neverReady}`;

const Objects = z.object({
  items: z.array(
    z.looseObject({
      kind: z.string(),
      metadata: z.looseObject({ name: z.string(), uid: z.string() }),
    }),
  ),
});

const StatefulSet = z.object({
  status: z.object({
    currentRevision: z.string(),
    updateRevision: z.string(),
    readyReplicas: z.number(),
  }),
});

const Pod = z.object({
  spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
});

describe("a StatefulSet whose update never gets ready", () => {
  let clone: FleetClone;
  let sandbox: ReleaseSandbox;

  const file = (): string => join(clone.folder, "Pulumi.voting.yaml");

  /** Changes the stack file; each word must stand there. */
  const edit = (...changes: readonly (readonly [string, string])[]): void => {
    const text = changes.reduce(
      (all, [from, to]) => {
        expect(all).toContain(from);
        return all.replace(from, to);
      },
      readFileSync(file(), "utf8"),
    );
    writeFileSync(file(), text);
  };

  const get = async (...words: string[]): Promise<unknown> =>
    JSON.parse(await sandbox.kubectl("get", "-n", "voting", "-o", "json", ...words));

  /** Kind, name and uid of what must be the same object before and after. */
  const kept = async (): Promise<readonly string[]> =>
    Objects.parse(await get("pods,persistentvolumeclaims,statefulsets"))
      .items.filter(({ kind, metadata: { name } }) => kind !== "Pod" || name !== "db-0")
      .map(({ kind, metadata: { name, uid } }) => `${kind} ${name} ${uid}`)
      .sort();

  beforeAll(() => {
    clone = fleetClone("index.ts", "Pulumi.voting.yaml");
    sandbox = releaseSandbox(clone, "voting");
    // What the good release waits for is not what is tested.
    edit(["monitor: 60s", "monitor: 6s"]);
    clone.commit("All is well");
  });

  afterAll(async () => {
    await sandbox.dispose();
    clone.dispose();
  });

  test("is rolled back with the stack, its disk and its neighbours untouched", async () => {
    const up = await sandbox.command("up");
    expect(up.code, up.stdout).toBe(0);
    const before = await kept();
    expect(before.join()).toMatch(/PersistentVolumeClaim .*StatefulSet db /);
    // What the run waits for in vain: the engine's timeout, as a StatefulSet has no deadline of its own.
    edit(
      [`image: ${goodImage}`, `image: ${brokenImage}`],
      ["progressDeadlineSeconds: 90", "progressDeadlineSeconds: 12"],
      ["timeoutSeconds: 300", "timeoutSeconds: 14"],
    );
    const failed = await sandbox.command("up");
    expect(failed.code, failed.stdout).toBe(1);
    expect(failed.stdout).toContain("the update failed and was rolled back");
    // The engine itself is told by a provider that may take the status of before the change for ready.
    expect(failed.stdout).toMatch(
      /StatefulSet (voting\/db is not ready after \d+ s: it waits for 1 pod|db\n)/,
    );
    expect(failed.stdout).toMatch(/runs now +[0-9a-f]+ All is well, with its config and digests/);
    // Nobody has deleted the broken pod: the controller has.
    const { spec, status } = Pod.parse(await get("pod", "db-0"));
    expect(spec.containers.map(({ image }) => image)).toEqual([goodImage]);
    expect(status.conditions).toContainEqual({ type: "Ready", status: "True" });
    const set = StatefulSet.parse(await get("statefulset", "db"));
    expect(set.status).toMatchObject({
      readyReplicas: 1,
      currentRevision: set.status.updateRevision,
    });
    expect(await kept()).toEqual(before);
  });

  test("is where its good release was: with the old config there is nothing to do", async () => {
    clone.git("checkout", "--quiet", "--", "Pulumi.voting.yaml");
    const preview = await sandbox.command("preview");
    expect(preview.stdout).toContain("preview: no change");
  });
});
