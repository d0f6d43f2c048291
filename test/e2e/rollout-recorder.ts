/**
 * Every state that the pods of a cluster were in, by the API server's own watch: it reports each
 * change in turn, so that no moment lies between two looks. Beside them, how many pods each ReplicaSet
 * was told to have.
 */
import * as z from "zod";

import type { Api, KubeObject } from "../../sandbox/api.ts";
import { follow } from "../../sandbox/rollout/mirror.ts";

const Time = z.string().transform((text) => Date.parse(text));

const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    creationTimestamp: Time,
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
    ownerReferences: z
      .array(z.object({ kind: z.string(), uid: z.string(), controller: z.boolean().optional() }))
      .default([]),
  }),
  spec: z.object({
    nodeName: z.string().optional(),
    containers: z.tuple([z.object({ image: z.string() })], z.unknown()),
  }),
  status: z.object({
    phase: z.string(),
    conditions: z
      .array(
        z.object({
          type: z.string(),
          status: z.string(),
          reason: z.string().optional(),
          lastTransitionTime: Time.nullish(),
        }),
      )
      .default([]),
    containerStatuses: z
      .array(
        z.object({
          restartCount: z.int(),
          lastState: z.object({ terminated: z.object({ finishedAt: Time }).optional() }).optional(),
        }),
      )
      .default([]),
  }),
});

const ReplicaSet = z.object({
  metadata: z.object({ uid: z.string() }),
  spec: z.object({ replicas: z.int() }),
});

/** A pod at one moment. */
export interface RecordedPod {
  readonly uid: string;
  readonly name: string;
  /** `namespace/workload` */
  readonly workload: string;
  /** Tag of its first container's image: which version of the workload it is. */
  readonly version: string;
  /** What made it, and puts another in its place. */
  readonly owner: { readonly kind: string; readonly uid: string } | undefined;
  readonly node: string | undefined;
  /** When it was made, as the API server has it: whole seconds. */
  readonly created: number;
  /** The scheduler has looked for a node and found none. */
  readonly unschedulable: boolean;
  readonly phase: string;
  /** Since when it is Ready, as the API server has it: whole seconds. */
  readonly readySince: number | undefined;
  readonly restarts: number;
  /** When it last crashed and was to be started again, as the API server has it: whole seconds. */
  readonly crashed: number | undefined;
  /** Deleted, and still there until it has stopped. */
  readonly leaving: boolean;
}

/** The pods as they were from one change to the next. */
export interface Moment {
  readonly at: number;
  readonly pods: readonly RecordedPod[];
  /** By a ReplicaSet's uid: how many pods it is told to have. The two watches are not in step. */
  readonly wanted: ReadonlyMap<string, number>;
}

/** What was recorded, and what is still to come. */
export interface Recorder {
  /** The pods as they are. */
  readonly pods: () => readonly RecordedPod[];
  /** Where the recording is now: {@link Recorder.since} goes on from there. */
  readonly mark: () => number;
  /** Every moment since a mark, beginning with the state at the mark. */
  readonly since: (mark: number) => readonly Moment[];
  /** Settles at the first change, or now, where something holds; fails where it never does. */
  readonly until: (what: string, holds: (pods: readonly RecordedPod[]) => boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** How long a test waits for what it expects. */
const patienceMilliseconds = 300_000;

/** Begins to record. */
export async function record(api: Api): Promise<Recorder> {
  const pods = new Map<string, RecordedPod>();
  const wanted = new Map<string, number>();
  let wantedNow: ReadonlyMap<string, number> = new Map();
  const moments: Moment[] = [];
  const waiting = new Set<() => void>();
  const stopping = new AbortController();
  const note = (): void => {
    moments.push({ at: Date.now(), pods: [...pods.values()], wanted: wantedNow });
    waiting.forEach((look) => {
      look();
    });
  };
  const watches = [
    mirrored(api, "/apis/apps/v1/replicasets", wanted, wantedBy, stopping.signal, () => {
      wantedNow = new Map(wanted);
    }),
    mirrored(api, "/api/v1/pods", pods, entry, stopping.signal, note),
  ];
  const ended = Promise.all(watches.map((watch) => watch.ended));
  await Promise.race([Promise.all(watches.map(({ listed }) => listed)), ended]);
  return {
    pods: () => [...pods.values()],
    mark: () => {
      // The last change may be long ago: what is asked about begins now.
      note();
      return moments.length - 1;
    },
    since: (mark) => moments.slice(mark),
    until: (what, holds) =>
      new Promise((settle, fail) => {
        const late = setTimeout(() => {
          waiting.delete(look);
          fail(new Error(`${what}: not within ${patienceMilliseconds / 1000} s`));
        }, patienceMilliseconds);
        const look = (): void => {
          if (holds([...pods.values()])) {
            clearTimeout(late);
            waiting.delete(look);
            settle();
          }
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

/** Keeps a map as what is under a path, and says after each change that there was one. */
function mirrored<T>(
  api: Api,
  path: string,
  known: Map<string, T>,
  entryOf: (object: KubeObject) => [string, T],
  signal: AbortSignal,
  changed: () => void,
): { readonly listed: Promise<undefined>; readonly ended: Promise<void> } {
  const { promise: listed, resolve } = Promise.withResolvers<undefined>();
  let begun = false;
  const ended = follow(
    api,
    path,
    {
      replace: (objects) => {
        if (begun) {
          throw new Error("the watch lost its place: moments are missing");
        }
        begun = true;
        objects.forEach((object) => known.set(...entryOf(object)));
        changed();
        resolve(undefined);
      },
      put: (object) => {
        known.set(...entryOf(object));
        changed();
      },
      remove: (uid) => {
        known.delete(uid);
        changed();
      },
    },
    signal,
  );
  return { listed, ended };
}

function wantedBy(object: KubeObject): [string, number] {
  const { metadata, spec } = ReplicaSet.parse(object);
  return [metadata.uid, spec.replicas];
}

function entry(object: KubeObject): [string, RecordedPod] {
  const { metadata, spec, status } = Pod.parse(object);
  const ready = status.conditions.find(({ type, status: is }) => type === "Ready" && is === "True");
  const owner = metadata.labels["app.kubernetes.io/name"] ?? metadata.name;
  return [
    metadata.uid,
    {
      uid: metadata.uid,
      name: metadata.name,
      workload: `${metadata.namespace}/${owner}`,
      version: spec.containers[0].image.split(":").at(-1) ?? "",
      owner: metadata.ownerReferences.find(({ controller }) => controller),
      node: spec.nodeName,
      created: metadata.creationTimestamp,
      unschedulable: status.conditions.some(({ reason }) => reason === "Unschedulable"),
      phase: status.phase,
      readySince: ready?.lastTransitionTime ?? undefined,
      restarts: Math.max(0, ...status.containerStatuses.map(({ restartCount }) => restartCount)),
      crashed: status.containerStatuses[0]?.lastState?.terminated?.finishedAt,
      leaving: metadata.deletionTimestamp !== undefined,
    },
  ];
}
