/**
 * What an update is still waited for when the engine has ended well: a status of before the change is no
 * word on the change. Over lists as an API server gives them.
 */
import { describe, expect, it } from "vitest";

import type { KubeObject } from "../../sandbox/api.ts";
import { awaitLate, type LateWait, timeoutsIn } from "../../sandbox/rollout/late.ts";
import type { Row } from "../../sandbox/rollout/rows.ts";

const timeouts = new Map([["StatefulSet voting/db", 0.5]]);

/** A StatefulSet of one pod, its third change asked for. */
const db = (
  status: Readonly<Record<string, unknown>>,
  annotations: Readonly<Record<string, string>> = {},
): KubeObject => ({
  metadata: {
    ...{ name: "db", namespace: "voting", uid: "1", annotations },
    ...{ generation: 3 },
  },
  spec: { replicas: 1 },
  status: { replicas: 1, updatedReplicas: 1, availableReplicas: 1, ...status },
});

const row = (kind: "rolling" | "stalled"): Row => ({
  ...{ kind: "StatefulSet", namespace: "voting", name: "db", uid: "1", revision: "2" },
  ...{ revisions: [], desired: 1, available: 0, least: 0, most: 1 },
  state:
    kind === "rolling"
      ? { kind, waitsFor: "1 pod to become ready" }
      : { kind, reason: "1 pod not ready" },
});

/** Answers one list after another, the last one for ever. */
const server = (...answers: readonly KubeObject[]): LateWait["api"] & { asked: number } => {
  const state = {
    asked: 0,
    list: (path: string) => {
      if (!path.endsWith("/statefulsets")) {
        return Promise.resolve([]);
      }
      const answer = answers[Math.min(state.asked, answers.length - 1)];
      state.asked += 1;
      return Promise.resolve(answer === undefined ? [] : [answer]);
    },
  };
  return state;
};

const wait = (api: LateWait["api"], more: Partial<LateWait> = {}): LateWait => ({
  ...{ api, timeouts, rows: () => [row("rolling")], patienceSeconds: 20, lookMilliseconds: 5 },
  signal: new AbortController().signal,
  ...more,
});

const stale = db({ observedGeneration: 2 });
const ready = db({ observedGeneration: 3 });
const broken = db({ observedGeneration: 3, availableReplicas: 0 });

describe("what the engine took for ready", () => {
  it("is not ready by a status of before the change, and is waited for", async () => {
    const api = server(stale, broken, ready);
    expect(await awaitLate(wait(api))).toEqual([]);
    expect(api.asked).toBe(3);
  });

  it("fails the update when the time is up that the engine would have waited", async () => {
    expect(await awaitLate(wait(server(broken)))).toEqual([
      "  ! StatefulSet voting/db is not ready after 1 s: it waits for 1 pod to become ready",
    ]);
  });

  it("is given up sooner where it has stalled, unless told to wait for ever", async () => {
    const slow = new Map([["StatefulSet voting/db", 0.6]]);
    const stalled = { timeouts: slow, rows: () => [row("stalled")] };
    const [soon] = await awaitLate(wait(server(broken), { ...stalled, patienceSeconds: 0.05 }));
    expect(soon).toMatch(/is not ready after 0 s$/);
    const [late] = await awaitLate(wait(server(broken), { ...stalled, patienceSeconds: 0 }));
    expect(late).toMatch(/is not ready after 1 s$/);
  });

  it("is no matter where nobody waits for it: by its annotation, or not of this stack", async () => {
    const unawaited = db({ observedGeneration: 2 }, { "pulumi.com/skipAwait": "true" });
    expect(await awaitLate(wait(server(unawaited)))).toEqual([]);
    expect(await awaitLate(wait(server(stale), { timeouts: new Map() }))).toEqual([]);
  });

  it("is waited for no longer after Ctrl-C", async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await awaitLate(wait(server(broken), { signal: stop.signal }))).toEqual([]);
  });

  it("has the time that the state says, else the provider's own", () => {
    const resource = (type: string, id: string, update?: number) => ({
      ...{ urn: `urn::${id}`, type, id },
      ...(update === undefined ? {} : { customTimeouts: { update } }),
    });
    const resources = [
      resource("kubernetes:apps/v1:StatefulSet", "voting/db", 120),
      resource("kubernetes:apps/v1:DaemonSet", "kube/keeper"),
      resource("kubernetes:apps/v1:Deployment", "voting/vote", 120),
    ];
    expect([...timeoutsIn({ resources })]).toEqual([
      ["StatefulSet voting/db", 120],
      ["DaemonSet kube/keeper", 600],
    ]);
    expect(timeoutsIn(undefined).size).toBe(0);
  });
});
