import { describe, expect, it } from "vitest";

import { SandboxError } from "../../sandbox/fault.ts";
import { Alarm, stuckTexts, unplaceableTexts } from "../../sandbox/rollout/alarm.ts";
import { Ending, Stopwatch } from "../../sandbox/rollout/ending.ts";
import type { Snapshot } from "../../sandbox/rollout/objects.ts";
import { placementMends, unplaceableReason } from "../../sandbox/rollout/placement.ts";
import type { Row } from "../../sandbox/rollout/rows.ts";
import { readPatience } from "../../sandbox/rollout/update-watch.ts";
import { readRecording, recordedRows, rowOf } from "./rollout-recording.ts";

type Pod = Snapshot["pods"][number];

const stuck = readRecording("stuck");
const nowhere = podOf("nowhere");

function podOf(name: string): Pod {
  const pod = stuck.snapshot.pods.find(({ metadata }) => metadata.name.startsWith(`${name}-`));
  if (pod === undefined) {
    throw new Error(`no pod of ${name}`);
  }
  return pod;
}

/** The pod that has no place, as the scheduler spoke of it so many seconds ago. */
function reported(message: string, secondsAgo: number, status: Partial<Pod["status"]> = {}): Pod {
  return {
    ...nowhere,
    status: {
      ...nowhere.status,
      conditions: [
        {
          ...{ type: "PodScheduled", status: "False", reason: "Unschedulable", message },
          lastTransitionTime: stuck.now - secondsAgo * 1_000,
        },
      ],
      ...status,
    },
  };
}

describe("a pod without a place", () => {
  it("is believed once the scheduler's word has stood for three seconds", () => {
    const message = "0/4 nodes are available: 4 Insufficient cpu.";
    expect(unplaceableReason(reported(message, 2), stuck.now)).toBeUndefined();
    expect(unplaceableReason(reported(message, 3), stuck.now)).toBe(message);
  });

  it.each([
    "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }",
    "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims",
  ])("is given more time where the cluster is still at work: %s", (message) => {
    expect(unplaceableReason(reported(message, 5), stuck.now)).toBeUndefined();
    expect(unplaceableReason(reported(message, 10), stuck.now)).toBe(message);
  });

  it("is no news while others make room for it, when it goes, or when it is only held back", () => {
    const waiting = reported("0/4 nodes are available", 60, {
      nominatedNodeName: "test-general-0",
    });
    expect(unplaceableReason(waiting, stuck.now)).toBeUndefined();
    const gone = reported("0/4 nodes are available", 60);
    const going = { ...gone, metadata: { ...gone.metadata, deletionTimestamp: stuck.now } };
    expect(unplaceableReason(going, stuck.now)).toBeUndefined();
    const [scheduled] = gone.status.conditions;
    const gated = {
      ...gone,
      status: {
        ...gone.status,
        conditions: scheduled === undefined ? [] : [{ ...scheduled, reason: "SchedulingGated" }],
      },
    };
    expect(unplaceableReason(gated, stuck.now)).toBeUndefined();
  });

  it("keeps the scheduler's reason and leaves out its remarks on preemption", () => {
    const full =
      "0/4 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.";
    expect(unplaceableReason(reported(full, 60), stuck.now)).toBe(
      "0/4 nodes are available: 2 Insufficient cpu",
    );
  });
});

describe("what mends it", () => {
  const mends = (reason: string, pod = nowhere, nodes = stuck.snapshot.nodes) =>
    placementMends(reason, pod, nodes);

  it.each([
    ["4 node(s) didn't match Pod's node affinity/selector", /disk=ssd/],
    ["4 node(s) didn't have free ports for the requested pod ports", /host port/],
    ["4 node(s) didn't match pod anti-affinity rules", /podAntiAffinity/],
    ["4 node(s) didn't match pod topology spread constraints", /spread: preferred/],
    ["1 node(s) had volume node affinity conflict", /volume/],
    ['persistentvolumeclaim "data" not found', /claim/],
    ["no nodes available to schedule pods", /a pool/],
    ["something that no version has said yet", /compare/],
  ])("of %s is %s", (reason, expected) => {
    expect(mends(reason)).toEqual([expect.stringMatching(expected)]);
  });

  it("names the taints in the way, which the scheduler only counts, and none that is tolerated", () => {
    const reason = "4 node(s) had untolerated taint(s)";
    expect(mends(reason)).toEqual([expect.stringContaining("fleet/slot")]);
    const tolerations = [{ key: "fleet/slot", operator: "Exists", value: "", effect: "" }];
    const bearing = { ...nowhere, spec: { ...nowhere.spec, tolerations } };
    expect(mends(reason, bearing)[0]).not.toContain("fleet/slot");
  });
});

describe("the alarm during an update", () => {
  const rows = recordedRows("stuck").filter(({ state }) =>
    ["unplaceable", "settled"].includes(state.kind),
  );
  /** The engine waits for all of them. */
  const atWork = rows.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  const settled = (row: Row): Row => ({ ...row, state: { kind: "settled", note: "" } });
  const second = 1_000;

  it("says each workload once, and takes it back when it finds a place after all", () => {
    const alarm = new Alarm(20, 0);
    const first = alarm.look(rows, atWork, 0).lines.join("\n");
    expect(first).toContain("Deployment trial/nowhere cannot be placed: pod nowhere-");
    expect(first).toContain(" and 1 more");
    expect(first).toContain("didn't match Pod's node affinity/selector");
    expect(first).toContain("to mend: it wants a node with disk=ssd");
    expect(alarm.look(rows, atWork, second).lines).toEqual([]);
    expect(alarm.look(rows.map(settled), atWork, 2 * second).lines).toEqual([
      "  ! Deployment trial/huge has found a place after all",
      "  ! Deployment trial/nowhere has found a place after all",
    ]);
  });

  it("says a reason that many share once, below all their names", () => {
    const one = rowOf(rows, "huge");
    const texts = unplaceableTexts([one, { ...one, name: "other", uid: "other" }]);
    expect(texts).toHaveLength(1);
    expect(texts[0]?.match(/Insufficient cpu/g)).toHaveLength(1);
    expect(texts[0]).toContain("trial/other cannot be placed");
  });

  it("gives up when nothing else has moved for its patience, and not before", () => {
    const alarm = new Alarm(20, 0);
    expect(alarm.look(rows, atWork, 0).hopeless).toBe(false);
    expect(alarm.look(rows, atWork, 19 * second).hopeless).toBe(false);
    expect(alarm.look(rows, atWork, 20 * second).hopeless).toBe(true);
  });

  it("hopes on while pods or the engine move", () => {
    const alarm = new Alarm(20, 0);
    alarm.look(rows, atWork, 0);
    alarm.moved(15 * second);
    expect(alarm.look(rows, atWork, 30 * second).hopeless).toBe(false);
    const other = rows.map((row) => (row.name === "worker" ? { ...row, available: 2 } : row));
    expect(alarm.look(other, atWork, 34 * second).hopeless).toBe(false);
    expect(alarm.look(other, atWork, 53 * second).hopeless).toBe(false);
    expect(alarm.look(other, atWork, 54 * second).hopeless).toBe(true);
  });

  it("never gives up while another workload may still come, or when told to wait for ever", () => {
    const rolling = rows.map((row): Row =>
      row.name === "db" ? { ...row, state: { kind: "rolling", waitsFor: "a pod" } } : row,
    );
    const alarm = new Alarm(20, 0);
    alarm.look(rolling, atWork, 0);
    expect(alarm.look(rolling, atWork, 3_600 * second).hopeless).toBe(false);
    const patient = new Alarm(0, 0);
    patient.look(rows, atWork, 0);
    expect(patient.look(rows, atWork, 3_600 * second).hopeless).toBe(false);
  });

  it("does not give up for what the engine does not wait for", () => {
    const alarm = new Alarm(20, 0);
    const settledOnes = atWork.filter((name) => !/nowhere|huge/.test(name));
    expect(alarm.look(rows, settledOnes, 0).lines).not.toEqual([]);
    expect(alarm.look(rows, settledOnes, 60 * second).hopeless).toBe(false);
    expect(alarm.look(rows, [], 60 * second).hopeless).toBe(false);
  });

  it("gives up on a workload whose deadline has passed, though its pods crash on and on", () => {
    const stalled = (waiting: number): readonly Row[] =>
      rows.map((row) => ({
        ...settled(row),
        ...(row.name === "worker"
          ? {
              available: waiting,
              state: { kind: "stalled" as const, reason: `no progress, ${waiting} crashed` },
            }
          : {}),
      }));
    const alarm = new Alarm(20, 0);
    expect(alarm.look(stalled(1), atWork, 0).hopeless).toBe(false);
    expect(alarm.look(stalled(2), atWork, 19 * second).hopeless).toBe(false);
    expect(alarm.look(stalled(1), atWork, 20 * second).hopeless).toBe(true);
    // Another that may still come is waited for.
    const andRolling = stalled(1).map((row): Row =>
      row.name === "db" ? { ...row, state: { kind: "rolling", waitsFor: "a pod" } } : row,
    );
    expect(alarm.look(andRolling, atWork, 60 * second).hopeless).toBe(false);
    expect(alarm.look(andRolling, atWork, 120 * second).hopeless).toBe(false);
  });

  it("tells at the end what has stalled beside what cannot be placed", () => {
    const all = recordedRows("stuck");
    const texts = stuckTexts(all);
    expect(texts.slice(0, 2)).toEqual(unplaceableTexts(all));
    expect(texts.slice(2)).toEqual([
      expect.stringMatching(/^ {2}! Job trial\/broken has stalled: BackoffLimitExceeded/),
      expect.stringMatching(/^ {2}! Deployment trial\/crashing has stalled: no progress for 8 s; /),
      expect.stringMatching(/^ {2}! Deployment trial\/vote has stalled: /),
    ]);
  });

  it("takes its patience in seconds, and nothing else", () => {
    expect(readPatience()).toBe(20);
    expect(readPatience("0")).toBe(0);
    expect(() => readPatience("1m")).toThrow(SandboxError);
  });
});

describe("the end of a watch", () => {
  const settledRows = recordedRows("settled");
  const rollingRows = recordedRows("rolling");
  const stuckRows = recordedRows("stuck");

  it("comes with success when nothing begins to roll for a short while", () => {
    const ending = new Ending();
    expect(ending.decide(settledRows, false, 0)).toBeUndefined();
    expect(ending.decide(settledRows, false, 4_000)).toBeUndefined();
    expect(ending.decide(settledRows, false, 5_000)).toMatchObject({ code: 0 });
  });

  it("comes with success when what rolled has settled, and stayed so for a moment", () => {
    const ending = new Ending();
    ending.decide(rollingRows, false, 0);
    expect(ending.decide(settledRows, false, 60_000)).toBeUndefined();
    expect(ending.decide(rollingRows, false, 61_000)).toBeUndefined();
    expect(ending.decide(settledRows, false, 62_000)).toBeUndefined();
    expect(ending.decide(settledRows, false, 63_500)).toMatchObject({ code: 0 });
  });

  it("waits for a command that is at work: its next resources have not begun", () => {
    const ending = new Ending();
    expect(ending.decide(settledRows, true, 0)).toBeUndefined();
    expect(ending.decide(settledRows, true, 60_000)).toBeUndefined();
    expect(ending.decide(stuckRows, true, 120_000)).toBeUndefined();
  });

  it("comes with a failure that names what is stuck, once nothing else is under way", () => {
    const ending = new Ending();
    const both = [...rollingRows, ...stuckRows];
    expect(ending.decide(both, false, 0)).toBeUndefined();
    expect(ending.decide(both, false, 60_000)).toBeUndefined();
    expect(ending.decide(stuckRows, false, 61_000)).toBeUndefined();
    const verdict = ending.decide(stuckRows, false, 66_000);
    expect(verdict?.code).toBe(1);
    expect(verdict?.text).toContain("Deployment nowhere is unplaceable");
    expect(verdict?.text).toContain("Deployment vote is stalled");
  });
});

describe("the time of a rollout", () => {
  const { now } = readRecording("rolling");
  const rolling = recordedRows("rolling");
  const settled = recordedRows("settled");
  const timeOf = (watch: Stopwatch, rows: readonly Row[], at: number) =>
    watch.read(rows, at).get(rowOf(rows, "vote").uid);

  it("counts from its first pod where the watch came later, and stops when it has settled", () => {
    const watch = new Stopwatch();
    const begun = rowOf(rolling, "vote").begun ?? Number.NaN;
    expect(timeOf(watch, rolling, now)).toBe((now - begun) / 1_000);
    expect(timeOf(watch, settled, now + 4_000)).toBe((now + 4_000 - begun) / 1_000);
    expect(timeOf(watch, settled, now + 60_000)).toBe((now + 4_000 - begun) / 1_000);
  });

  it("counts from the change where the watch saw it, and is none for what had settled before", () => {
    const watch = new Stopwatch();
    expect(timeOf(watch, settled, now)).toBeUndefined();
    expect(timeOf(watch, rolling, now + 10_000)).toBe(0);
    expect(timeOf(watch, rolling, now + 12_000)).toBe(2);
  });
});
