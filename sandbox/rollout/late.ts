/**
 * Waits for what the engine took for ready too early.
 *
 * The provider that is built for the sandbox looks at a StatefulSet's or DaemonSet's status without
 * asking whether it is that of the change: a status of before it counts as ready, about every second time
 * (pulumi-kubernetes#4094, mended in 4.26). Live runs a newer one. Here the runner looks once more.
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

import type { Api } from "../api.ts";
import { objectName } from "../events.ts";
import { kinds, type Snapshot } from "./objects.ts";
import { isSettled, type Row } from "./rows.ts";
import { workloadsOf } from "./workloads.ts";

/** The provider's own, where a resource has none. */
const defaultTimeoutSeconds = 600;

/** What the engine does not wait for, nobody does. */
const notAwaited = "pulumi.com/skipAwait";

const State = z.looseObject({
  resources: z
    .array(
      z.looseObject({
        type: z.string(),
        id: z.string().optional(),
        customTimeouts: z.looseObject({ update: z.number().optional() }).nullish(),
      }),
    )
    .default([]),
});

/**
 * How long the engine would wait for each StatefulSet and DaemonSet of a state.
 *
 * @returns `StatefulSet voting/db` → seconds.
 */
export function timeoutsIn(deployment: unknown): ReadonlyMap<string, number> {
  const { resources } = State.catch({ resources: [] }).parse(deployment ?? {});
  return new Map(
    resources.flatMap(({ type, id, customTimeouts }) => {
      const kind = /^kubernetes:apps\/v1:(StatefulSet|DaemonSet)$/.exec(type)?.[1];
      return kind === undefined || id === undefined
        ? []
        : [[`${kind} ${id}`, customTimeouts?.update || defaultTimeoutSeconds] as const];
    }),
  );
}

/** How {@link awaitLate} looks, and how long. */
export interface LateWait {
  readonly api: Pick<Api, "list">;
  /** Of {@link timeoutsIn}: what is not in it is nobody's wait. */
  readonly timeouts: ReadonlyMap<string, number>;
  /** The rollouts at this moment, for what to say. */
  readonly rows: () => readonly Row[];
  /** After how long what cannot be placed or has stalled is given up; 0 never is. */
  readonly patienceSeconds: number;
  readonly signal: AbortSignal;
  /** How often it looks. Default: 300. */
  readonly lookMilliseconds?: number;
}

/**
 * Waits until all are as they should be.
 *
 * @returns What is not, a text each; none when all is well, or the signal came.
 */
export async function awaitLate(wait: LateWait): Promise<readonly string[]> {
  const { lookMilliseconds = 300, patienceSeconds, rows, signal, timeouts } = wait;
  const begun = Date.now();
  let stuckSince: number | undefined;
  for (;;) {
    const open = await unsettled(wait);
    if (open.length === 0 || signal.aborted) {
      return [];
    }
    const now = Date.now();
    const states = new Map(
      rows().map((row) => [
        objectName({ kind: row.kind, metadata: { namespace: row.namespace, name: row.name } }),
        row.state,
      ]),
    );
    const stuck = open.every((name) =>
      ["stalled", "unplaceable"].includes(states.get(name)?.kind ?? ""),
    );
    stuckSince = stuck ? (stuckSince ?? now) : undefined;
    const hopeless =
      patienceSeconds > 0 &&
      stuckSince !== undefined &&
      now - stuckSince >= patienceSeconds * 1_000;
    const overdue = open.filter((name) => now - begun >= (timeouts.get(name) ?? 0) * 1_000);
    if (hopeless || overdue.length > 0) {
      return (hopeless ? open : overdue).map((name) => {
        const state = states.get(name);
        const why = state?.kind === "rolling" ? `: it waits for ${state.waitsFor}` : "";
        return `  ! ${name} is not ready after ${Math.round((now - begun) / 1_000)} s${why}`;
      });
    }
    await sleep(lookMilliseconds);
  }
}

/** Asked anew each time: a watch may lag behind what the engine has just done. */
async function unsettled({ api, timeouts }: LateWait): Promise<readonly string[]> {
  const [statefulSets, daemonSets] = await Promise.all(
    (["statefulSets", "daemonSets"] as const).map((kind) => api.list(kinds[kind].path)),
  );
  const awaited = (objects: Awaited<ReturnType<Api["list"]>> = []) =>
    objects.filter(({ metadata }) => metadata.annotations?.[notAwaited] !== "true");
  const empty = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
  const snapshot = {
    ...empty,
    statefulSets: awaited(statefulSets).map((one) => kinds.statefulSets.shape.parse(one)),
    daemonSets: awaited(daemonSets).map((one) => kinds.daemonSets.shape.parse(one)),
  } as unknown as Snapshot;
  return workloadsOf(snapshot)
    .filter((workload) => !isSettled(workload))
    .map(({ kind, namespace, name }) => objectName({ kind, metadata: { namespace, name } }))
    .filter((name) => timeouts.has(name));
}
