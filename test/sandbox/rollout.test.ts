import { describe, expect, it } from "vitest";

import type { Snapshot } from "../../sandbox/rollout/objects.ts";
import { rowsOf } from "../../sandbox/rollout/rows.ts";
import { readRecording, recordedRows, rowOf } from "./rollout-recording.ts";

/** A recording with one deployment's fields changed. */
function changed(
  name: Parameters<typeof readRecording>[0],
  workload: string,
  change: (deployment: Snapshot["deployments"][number]) => Snapshot["deployments"][number],
) {
  const { now, snapshot } = readRecording(name);
  const deployments = snapshot.deployments.map((deployment) =>
    deployment.metadata.name === workload ? change(deployment) : deployment,
  );
  return rowOf(rowsOf({ ...snapshot, deployments }, now), workload);
}

const pods = (row: ReturnType<typeof rowOf>) =>
  row.revisions.map(({ revision, current, ready, starting, failing, unplaceable }) => ({
    ...{ revision, current, ready, starting, failing, unplaceable },
  }));
const none = { ready: 0, starting: 0, failing: 0, unplaceable: 0 };

describe("a cluster whose rollouts are over", () => {
  it("has settled, each workload at its first revision", () => {
    const rows = recordedRows("settled");
    expect(rows.map(({ kind, name, state }) => `${kind} ${name} ${state.kind}`)).toEqual([
      "DaemonSet agent settled",
      "StatefulSet canary settled",
      "StatefulSet db settled",
      "Job migrate settled",
      "Deployment vote settled",
      "Deployment worker settled",
    ]);
    expect(pods(rowOf(rows, "vote"))).toEqual([
      { ...none, revision: "1", current: true, ready: 3 },
    ]);
  });

  it("has not settled where the controller has not seen the latest change", () => {
    const row = changed("settled", "vote", (deployment) => ({
      ...deployment,
      metadata: { ...deployment.metadata, generation: deployment.metadata.generation + 1 },
    }));
    expect(row.state).toEqual({ kind: "rolling", waitsFor: "the controller to see the change" });
  });

  it("says what a budget needs, of the workload whose pods it selects", () => {
    const rows = recordedRows("settled");
    expect(rowOf(rows, "vote").budget).toEqual({ needed: 2, spare: 1 });
    expect(rowOf(rows, "worker").budget).toBeUndefined();
  });
});

describe("a rollout", () => {
  const rows = recordedRows("rolling");

  it("shows the pods of each revision, the wanted one first", () => {
    expect(pods(rowOf(rows, "vote"))).toEqual([
      { ...none, revision: "2", current: true, starting: 1 },
      { ...none, revision: "1", current: false, ready: 3 },
    ]);
    expect(pods(rowOf(rows, "db"))).toEqual([
      { ...none, revision: "2", current: true, starting: 1 },
      { ...none, revision: "1", current: false, ready: 1 },
    ]);
    expect(pods(rowOf(rows, "agent"))).toEqual([
      { ...none, revision: "2", current: true, starting: 1 },
      { ...none, revision: "1", current: false, ready: 1 },
    ]);
  });

  it.each([
    ["vote", 3, 4, "one more, none less"],
    ["worker", 2, 5, "a quarter more, half less"],
    ["db", 1, 2, "one at a time"],
    ["agent", 1, 2, "one node at a time"],
  ])("of %s keeps %i pods available and has at most %i: %s", (name, least, most) => {
    expect(rowOf(rows, name)).toMatchObject({ least, most });
    expect(rowOf(rows, name).available).toBeGreaterThanOrEqual(least);
  });

  it("says what it waits for", () => {
    expect(rowOf(rows, "vote").state).toEqual({
      kind: "rolling",
      waitsFor: "1 pod to become ready",
    });
  });

  it("has settled where a partition keeps the rest on the old revision", () => {
    expect(rowOf(rows, "canary")).toMatchObject({
      available: 3,
      state: { kind: "settled", note: "2 kept on the old revision" },
    });
  });

  it.each([
    [{ type: "Recreate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }, 0, 3],
    [{ type: "RollingUpdate", rollingUpdate: { maxSurge: "0%", maxUnavailable: "30%" } }, 2, 3],
    [{ type: "RollingUpdate", rollingUpdate: { maxSurge: "34%", maxUnavailable: 0 } }, 3, 5],
    [{ type: "RollingUpdate", rollingUpdate: { maxSurge: "1%", maxUnavailable: "50%" } }, 2, 4],
  ])("by %j of three pods keeps %i and has at most %i", (strategy, least, most) => {
    const row = changed("rolling", "vote", (deployment) => ({
      ...deployment,
      spec: { ...deployment.spec, strategy },
    }));
    expect(row).toMatchObject({ least, most });
  });

  it("that someone has paused half-way is stalled, not rolling", () => {
    const row = changed("rolling", "vote", (deployment) => ({
      ...deployment,
      spec: { ...deployment.spec, paused: true },
    }));
    expect(row.state).toEqual({ kind: "stalled", reason: "paused" });
  });
});

describe("what does not come up", () => {
  const rows = recordedRows("stuck");

  it("is stalled when its controller says so, and the old pods still serve", () => {
    const vote = rowOf(rows, "vote");
    expect(vote.state).toEqual({ kind: "stalled", reason: "no progress for 8 s" });
    expect(vote).toMatchObject({ revision: "3", available: 3, least: 3 });
  });

  it("is told with what its pods fail of", () => {
    const { state, revisions } = rowOf(rows, "crashing");
    expect(state).toMatchObject({
      kind: "stalled",
      reason: expect.stringMatching(/^no progress .* failing: CrashLoopBackOff/) as unknown,
    });
    expect(revisions[0]).toMatchObject({ failing: 1, ready: 0 });
  });

  it("is a Job that has failed for good", () => {
    expect(rowOf(rows, "broken").state).toMatchObject({
      kind: "stalled",
      reason: expect.stringContaining("BackoffLimitExceeded") as unknown,
    });
  });

  it("is a StatefulSet whose pod stays unready, of which no controller ever speaks", () => {
    expect(rowOf(recordedRows("rolling", 30), "db").state.kind).toBe("rolling");
    expect(rowOf(recordedRows("rolling", 700), "db").state).toEqual({
      kind: "stalled",
      reason: "1 pod not ready for 600 s",
    });
  });

  it("has no place: the scheduler's own reason, the pods, and what would mend it", () => {
    expect(rowOf(rows, "nowhere").state).toEqual({
      kind: "unplaceable",
      reason:
        "0/4 nodes are available: 2 node(s) didn't match Pod's node affinity/selector, 2 node(s) had untolerated taint(s)",
      pods: [
        expect.stringMatching(/^nowhere-\w+-\w+$/),
        expect.stringMatching(/^nowhere-\w+-\w+$/),
      ],
      mends: [expect.stringContaining("disk=ssd")],
    });
    expect(rowOf(rows, "huge").state).toMatchObject({
      mends: [expect.stringContaining("cpu 64")],
    });
  });
});
