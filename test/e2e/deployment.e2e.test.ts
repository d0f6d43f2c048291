/**
 * Updates, scaling and Jobs on a real control plane: API server, scheduler and controllers are real,
 * what Workload renders is applied by the real engine, and pods behave as their image's tag says
 * (sandbox/stages/README.md). Pods are followed by watch, so that a bound holds at every moment.
 *
 * What a kubelet alone could show is tested as rendering (test/workload): probes, restart delays.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { UpdateResult } from "../../sandbox/engine.ts";
import {
  type Course,
  courseOf,
  firstTimes,
  isAvailable,
  overlapsOf,
  podsOf,
} from "./rollout-course.ts";
import {
  type RolloutCluster,
  rolloutCluster,
  type RolloutStack,
  type WantedWorkload,
} from "./rollout-project.ts";
import { record, type RecordedPod, type Recorder } from "./rollout-recorder.ts";
import { broken, course, hddNodes, slow, updates } from "./rollout-updates.ts";
import { atVersion, cluster, deployment, workload } from "./rollout-wanted.ts";

let rollouts: RolloutCluster;
let recorder: Recorder;
let stack: RolloutStack;
/** Works for longer than the engine takes from one resource to the next: what does not wait shows. */
const slowJob = "sandbox-slow-6s";
/** Where the recording was before an update. */
let mark: number;
const migrate = workload("Job", "1", { job: { backoffLimit: 0 } });
/** What the stack is to have. */
let wanted: Readonly<Record<string, WantedWorkload>> = {
  ...Object.fromEntries(updates.map(([, name, args]) => [name, args])),
  ...Object.fromEntries(broken.map(([, name, , args]) => [name, args])),
  recreate: atVersion("sandbox-slow-stop-2s", deployment(2, { strategy: "Recreate" })),
  canary: workload("StatefulSet", "1", { replicas: 3, update: { partition: 2 }, await: false }),
  growing: deployment(2),
  shrinking: deployment(4),
  migrate,
  app: deployment(2, {}, { after: ["migrate"] }),
};

function change(changed: Readonly<Record<string, WantedWorkload>>): Promise<UpdateResult> {
  mark = recorder.mark();
  wanted = { ...wanted, ...changed };
  return stack.attempt({ namespace: "one", workloads: wanted });
}

/**
 * Until every rollout is over. The provider's word is not enough on a busy machine: an update of the
 * Deployment that its watch has not yet seen it takes for done (pulumi-kubernetes, await/deployment.go).
 */
const settled = (...except: readonly string[]): Promise<void> =>
  recorder.until("every rollout is over", (pods) =>
    Object.entries(wanted)
      .filter(([name, { kind }]) => kind !== "Job" && !except.includes(name))
      .every(([name, { replicas = hddNodes, container }]) => {
        const own = of(name, pods);
        const done = own.filter(
          (pod) => container.image.endsWith(`:${pod.version}`) && isReady(pod) && !pod.leaving,
        );
        return own.length === replicas && done.length === replicas;
      }),
  );

/** Some workloads at another version. */
const versions = (version: string, ...names: string[]) =>
  Object.fromEntries(
    Object.entries(wanted)
      .filter(([name]) => names.includes(name))
      .map(([name, args]) => [name, atVersion(version, args)]),
  );

const of = (name: string, pods = recorder.pods()): readonly RecordedPod[] =>
  podsOf(pods, `one/${name}`);
const uids = (name: string): readonly string[] => of(name).map(({ uid }) => uid);
const versionsOf = (name: string): readonly string[] => of(name).map(({ version }) => version);
const minReady = (name: string): number => wanted[name]?.update?.minReadySeconds ?? 0;
/** What the last change made of a workload. */
const courseNow = (name: string): Course =>
  courseOf(recorder.since(mark), `one/${name}`, minReady(name));
/** When the last change first saw each pod that meets a condition. */
const first = (name: string, met: (pod: RecordedPod) => boolean) =>
  firstTimes(recorder.since(mark), `one/${name}`, met);
const isReady = ({ readySince }: RecordedPod): boolean => readySince !== undefined;
const isSlow = ({ version }: RecordedPod): boolean => version === slow;

beforeAll(async () => {
  rollouts = await rolloutCluster(cluster);
  recorder = await record(rollouts.api);
  stack = await rollouts.stack("one");
  const { code, stdout } = await change({});
  expect(code, stdout).toBe(0);
  await settled();
});

afterAll(async () => {
  await recorder.stop();
  await rollouts.dispose();
});

describe("an update", () => {
  const before = new Map<string, readonly string[]>();

  beforeAll(async () => {
    for (const name of ["growing", "shrinking"]) {
      before.set(name, uids(name));
    }
    const { code, stdout } = await change({
      ...versions(slow, ...updates.map(([, name]) => name), "recreate", "canary"),
      ...versions(slowJob, "migrate"),
      ...versions("2", "app"),
      growing: deployment(4),
      shrinking: deployment(2),
    });
    expect(code, stdout).toBe(0);
    await settled("canary");
  });

  it.each(updates)("goes as far as is written and never further: %s", (_, name, __, bounds) => {
    expect(courseNow(name)).toEqual(bounds);
    expect(new Set(versionsOf(name))).toEqual(new Set([slow]));
  });

  it("waits the ready time between two batches", () => {
    const made = first("surge", isSlow);
    const ready = first("surge", (pod) => isSlow(pod) && isReady(pod));
    expect(made).toHaveLength(3);
    // By the API server's clock alone, which the controller counts by: whole seconds on both sides.
    const pauses = made
      .slice(1)
      .map(({ pod }, index) => pod.created - (ready[index]?.pod.readySince ?? Infinity));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000 * minReady("surge"));
  });

  it("takes a StatefulSet's pods from the last number down, and none below the partition", () => {
    const order = (name: string) => first(name, isSlow).map(({ pod }) => pod.name);
    expect(order("stateful")).toEqual(["stateful-2", "stateful-1", "stateful-0"]);
    expect(order("canary")).toEqual(["canary-2"]);
  });

  it("by Recreate never has pods of two versions at once, stopping ones included", () => {
    expect(first("recreate", ({ leaving }) => leaving)).toHaveLength(2);
    expect(overlapsOf(recorder.since(mark), "one/recreate")).toEqual([]);
    expect(versionsOf("recreate")).toEqual([slow, slow]);
  });

  it("that only scales restarts nothing that stays", () => {
    expect(uids("growing")).toHaveLength(4);
    expect(uids("growing")).toEqual(expect.arrayContaining([...(before.get("growing") ?? [])]));
    expect(uids("shrinking")).toHaveLength(2);
    expect(before.get("shrinking")).toEqual(expect.arrayContaining([...uids("shrinking")]));
    expect(first("shrinking", () => true)).toHaveLength(4);
  });

  it("waits for the Job it depends on", () => {
    const done = first("migrate", ({ version, phase }) => {
      return version === slowJob && phase === "Succeeded";
    });
    const after = first("app", ({ version }) => version === "2");
    expect([done.length, after.length]).toEqual([1, 2]);
    expect(after[0]?.at).toBeGreaterThan(done[0]?.at ?? Infinity);
  });
});

describe("an update that fails", () => {
  const before = new Map<string, readonly string[]>();

  beforeAll(async () => {
    for (const name of Object.keys(wanted)) {
      before.set(name, uids(name));
    }
    const { code, outcome } = await change({
      ...Object.fromEntries(
        broken.map(([, name, tag, args]) => [name, { ...atVersion(tag, args), await: false }]),
      ),
      // Once the Job has failed the engine begins nothing more: the others come before it.
      migrate: { ...atVersion("sandbox-fail", migrate), after: broken.map(([, name]) => name) },
      ...versions("3", "app"),
    });
    expect(code).not.toBe(0);
    expect(JSON.stringify(outcome.errors)).toContain("BackoffLimitExceeded");
    await recorder.until("a crashing pod was restarted twice", (pods) =>
      of("crashing", pods).some(({ restarts }) => restarts >= 2),
    );
  });

  it.each(broken)(
    "because a version %s takes no more pods than written",
    (_, name, tag, __, bounds) => {
      expect(courseNow(name)).toEqual(bounds);
      expect(versionsOf(name)).toContain(tag);
      const serving = of(name).filter((pod) => isAvailable(pod, Date.now(), minReady(name)));
      expect(serving.map(({ version }) => version)).toEqual(
        Array.from({ length: bounds.fewestAvailable }, () => "1"),
      );
    },
  );

  it("because a Job fails leaves what depends on the Job as it was", () => {
    expect(uids("app")).toEqual(before.get("app"));
    expect(versionsOf("app")).toEqual(["2", "2"]);
    expect(courseNow("app")).toEqual(course(2, 2));
  });

  it("touches nothing that did not change", () => {
    const touched = new Set(["stuck", "crashing", "migrate"]);
    const same = Object.keys(wanted).filter((name) => !touched.has(name));
    expect(same.length).toBeGreaterThan(10);
    expect(same.filter((name) => String(uids(name)) !== String(before.get(name)))).toEqual([]);
  });
});

describe("the next update that works", () => {
  beforeAll(async () => {
    const { code, stdout } = await change({
      ...versions("4", "app"),
      migrate: atVersion("4", migrate),
      ...Object.fromEntries(broken.map(([, name, , args]) => [name, atVersion("4", args)])),
    });
    expect(code, stdout).toBe(0);
    await settled("canary");
  });

  it.each(broken)(
    "mends a version that %s, within the same bounds",
    (_, name, __, args, bounds) => {
      expect(courseNow(name).fewestAvailable).toBe(bounds.fewestAvailable);
      expect(versionsOf(name)).toEqual(Array.from({ length: args.replicas ?? 0 }, () => "4"));
    },
  );

  it("has run the Job once at each version, and not where it did not change", async () => {
    const { code, outcome } = await change({});
    expect([code, Object.keys(outcome.changes)]).toEqual([0, ["same"]]);
    const runs = firstTimes(recorder.since(0), "one/migrate", () => true);
    expect(runs.map(({ pod }) => pod.version)).toEqual([...["1", slowJob, "sandbox-fail", "4"]]);
    expect(versionsOf("app")).toEqual(["4", "4"]);
  });
});
