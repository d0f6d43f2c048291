/** Updates that the rollout tests run side by side, and how far each may go. */
import type { Course } from "./rollout-course.ts";
import type { WantedWorkload } from "./rollout-project.ts";
import { deployment, workload } from "./rollout-wanted.ts";

/** Ready a second after it runs: an update takes a while, and has moments to look at. */
export const slow = "sandbox-slow-1s";

/** Nodes that the DaemonSets are on. */
export const hddNodes = 3;

const daemonSet = (update: WantedWorkload["update"] = {}): WantedWorkload =>
  workload("DaemonSet", "1", { update, placement: { nodeSelector: { disk: "hdd" } } });

/** What a rollout may come to. */
export function course(fewestAvailable: number, mostPods: number): Course {
  return { fewestAvailable, mostPods };
}

/** What is updated: in words, by name, how it begins, how far it goes. */
type Update = readonly [string, string, WantedWorkload, Course];

/** Updates to a version that works. */
export const updates: readonly Update[] = [
  ["one pod, by default: its successor first", "single", deployment(1), course(1, 2)],
  [
    "surge 1, none missing, a ready time",
    "surge",
    deployment(3, { maxSurge: 1, maxUnavailable: 0, minReadySeconds: 3 }),
    course(3, 4),
  ],
  ["no surge, 1 missing", "less", deployment(4, { maxSurge: 0, maxUnavailable: 1 }), course(3, 4)],
  ["surge 2, 1 missing", "both", deployment(5, { maxSurge: 2, maxUnavailable: 1 }), course(4, 7)],
  [
    "25 % of 4 in both directions",
    "percent",
    deployment(4, { maxSurge: "25%", maxUnavailable: "25%" }),
    course(3, 5),
  ],
  [
    "30 % of 3: the surge rounds up, what is missing down",
    "rounded",
    deployment(3, { maxSurge: "30%", maxUnavailable: "30%" }),
    course(3, 4),
  ],
  [
    "no surge and 30 % of 2: nothing by rounding, so the controller takes one",
    "nothing",
    deployment(2, { maxSurge: 0, maxUnavailable: "30%" }),
    course(1, 2),
  ],
  [
    "all at once, after the old ones",
    "after",
    deployment(3, { maxSurge: 0, maxUnavailable: "100%" }),
    course(0, 3),
  ],
  [
    "all at once, beside the old ones",
    "beside",
    deployment(3, { maxSurge: "100%", maxUnavailable: 0 }),
    course(3, 6),
  ],
  [
    "a StatefulSet: one at a time",
    "stateful",
    workload("StatefulSet", "1", { replicas: 3, update: { minReadySeconds: 1 } }),
    course(2, 3),
  ],
  ["a DaemonSet on three nodes, by default: one at a time", "daemon", daemonSet(), course(2, 3)],
  [
    "a DaemonSet with a surge: none missing",
    "daemon-surge",
    daemonSet({ maxSurge: 1, maxUnavailable: 0 }),
    course(3, 4),
  ],
];

/** The same, with the version that fails. */
type BrokenUpdate = readonly [string, string, string, WantedWorkload, Course];

/** Updates to a version that never works: each goes as far as it may, and stays there. */
export const broken: readonly BrokenUpdate[] = [
  ["never gets ready", "stuck", "sandbox-never-ready", deployment(2), course(2, 3)],
  [
    "is ready at first and crashes within its ready time",
    "crashing",
    "sandbox-crash-2s",
    deployment(3, { maxSurge: 1, maxUnavailable: 1, minReadySeconds: 5 }),
    course(2, 4),
  ],
];
