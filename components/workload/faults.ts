/**
 * What a Workload's words contradict: found in the file, before anything is touched, by the rules of
 * a stack, and again in the code that composes a Workload. Pure.
 */
import type { WorkloadFault } from "./fault.ts";
import { isNothing } from "./share.ts";
import { kindFaults, type WorkloadShape } from "./kinds.ts";
import { daemonSetShares, deploymentShares, updateFaults } from "./update.ts";
import { budgetFault } from "./workload.schema.ts";

type Rule = (shape: WorkloadShape) => WorkloadFault[];

/** Pods at once, at most; of a DaemonSet, on one node. */
function mostPods({ kind, replicas, autoscale, job }: WorkloadShape): number {
  return kind === "Job" ? (job?.parallelism ?? 1) : (autoscale?.max ?? replicas ?? 1);
}

/** Whether a pod and its successor may live side by side. */
function surges({ kind, update = {} }: WorkloadShape): boolean {
  switch (kind) {
    case "Deployment":
      return update.strategy !== "Recreate" && !isNothing(deploymentShares(update).maxSurge);
    case "DaemonSet":
      return !isNothing(daemonSetShares(update).maxSurge);
    case "StatefulSet":
    case "Job":
      return false;
  }
}

const exchangeFaults: Rule = ({ kind, update = {} }) => {
  const shares = kind === "DaemonSet" ? daemonSetShares(update) : undefined;
  const own = updateFaults({ ...update, ...shares }).map(({ path, message }) => ({
    path: ["update", ...path],
    message,
  }));
  return shares === undefined || isNothing(shares.maxSurge) || isNothing(shares.maxUnavailable)
    ? own
    : [
        ...own,
        {
          path: ["update", "maxUnavailable"],
          message:
            "must be 0 where maxSurge is not, and the other way round: a DaemonSet starts the new pod of a node either before or after the old one stops",
        },
      ];
};

const scaleFaults: Rule = ({ autoscale, replicas }) =>
  autoscale !== undefined && replicas !== undefined
    ? [
        {
          path: ["replicas"],
          message:
            "must not stand beside autoscale, whose number each update would undo: say autoscale.min instead",
        },
      ]
    : [];

const budgetFaults: Rule = ({ autoscale, replicas, disruption }) => {
  // At its smallest an autoscaled workload must still let go of a pod.
  const fault = disruption && budgetFault(autoscale?.min ?? replicas ?? 1, disruption);
  return fault === undefined ? [] : [{ path: ["disruption"], message: fault }];
};

const diskFaults: Rule = (shape) =>
  (shape.claims ?? []).flatMap(({ perPod = false, accessMode = "ReadWriteOnce" }, index) => {
    const path = ["claims", index];
    if (perPod) {
      return shape.kind === "StatefulSet"
        ? []
        : [{ path: [...path, "perPod"], message: "a claim for each pod needs a StatefulSet" }];
    }
    if (accessMode === "ReadWriteMany") {
      return [];
    }
    if (mostPods(shape) > 1 || shape.kind === "DaemonSet") {
      return [
        {
          path,
          message:
            "a ReadWriteOnce disk is written by one pod only: set perPod, or accessMode ReadWriteMany",
        },
      ];
    }
    // Without a surge, too: the new pod starts as soon as the old one is told to stop.
    return shape.kind === "Deployment" && shape.update?.strategy !== "Recreate"
      ? [
          {
            path: ["update", "strategy"],
            message:
              "must be Recreate with a ReadWriteOnce disk: the new pod writes beside the old one, or waits for the disk for ever",
          },
        ]
      : [];
  });

/** In its node's network every port of a pod is one of the node's (kubernetes, SetDefaults_HostNetworkPorts). */
const hasHostPort = ({ container, sidecars = [], hostNetwork }: WorkloadShape): boolean =>
  [...(container === undefined ? [] : [container]), ...sidecars].some(({ ports = [] }) =>
    ports.some(({ hostPort }) => hostPort !== undefined || hostNetwork === true),
  );

/** Pods that can never share a node, on no more nodes than there are pods. */
const nodeFaults: Rule = (shape) => {
  const { placement: { slot, podAntiAffinity } = {} } = shape;
  const hostPort = hasHostPort(shape);
  const why = hostPort ? "hold the same host port" : "placement.podAntiAffinity keeps apart";
  const alone = slot !== undefined && (hostPort || podAntiAffinity === "required");
  if (alone && mostPods(shape) > 1) {
    return [{ path: ["placement", "slot"], message: `is one node, and its pods ${why}` }];
  }
  if (surges(shape) && (alone || hostPort)) {
    return [
      {
        path: ["update", "maxSurge"],
        message: `must be 0: a pod and its successor on one node ${why}, and the update would wait for ever`,
      },
    ];
  }
  return [];
};

const countFaults: Rule = ({ job = {} }) =>
  (
    [
      ["completions", 1],
      ["parallelism", 1],
      ["backoffLimit", 0],
      ["activeDeadlineSeconds", 1],
      ["ttlSecondsAfterFinished", 0],
    ] as const
  ).flatMap(([field, least]) => {
    const value = job[field];
    return value === undefined || (Number.isInteger(value) && value >= least)
      ? []
      : [{ path: ["job", field], message: `must be a whole number of at least ${least}` }];
  });

const migrationFaults: Rule = ({ job = {}, await: awaited }) =>
  job.migration === true
    ? [
        ...(awaited === false
          ? [{ path: ["await"], message: "must not be false of a migration: others build on it" }]
          : []),
        ...(job.ttlSecondsAfterFinished === undefined
          ? []
          : [
              {
                path: ["job", "ttlSecondsAfterFinished"],
                message:
                  "must not be set of a migration: once it has deleted itself, it runs again",
              },
            ]),
      ]
    : [];

const canaryFaults: Rule = ({ update: { partition = 0 } = {}, await: awaited }) =>
  partition > 0 && awaited !== false
    ? [
        {
          path: ["update", "partition"],
          message:
            "must be 0, or await false: the provider waits until all pods are of one revision, which the partition prevents",
        },
      ]
    : [];

const rules: readonly Rule[] = [
  kindFaults,
  exchangeFaults,
  scaleFaults,
  budgetFaults,
  diskFaults,
  nodeFaults,
  countFaults,
  migrationFaults,
  canaryFaults,
];

/** Every contradiction of a Workload, each at its place relative to it. */
export const workloadFaults = (shape: WorkloadShape): WorkloadFault[] =>
  rules.flatMap((rule) => rule(shape));
