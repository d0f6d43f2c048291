/** How long the engine waits for a Workload: longer than it may take, or it fails what works. Pure. */
import { usualDeadlineSeconds, usualGraceSeconds } from "./defaults.ts";
import { probesOf } from "./probes.ts";
import type { Container, Probe, WorkloadArgs } from "./types.ts";
import {
  type Budget,
  daemonSetShares,
  deploymentBudget,
  surgeOf,
  unavailableOf,
} from "./update.ts";

/** Finding a node, pulling the image, attaching disks: no probe counts yet. */
const arrivalSeconds = 60;

/** From the controller's last word to the engine's. */
const slackSeconds = 60;

/** How many nodes a DaemonSet is on is the cluster's affair: with more, say `readyTimeout`. */
const nodesAssumed = 10;

/** How long a probe may go on failing. */
const patienceOf = (probe: Probe): number =>
  (probe.initialDelaySeconds ?? 0) + (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3);

/** How long a container may take until it is ready: its start-up, and the first check after it. */
function startSeconds(container: Container): number {
  const { startup, readiness } = probesOf(container.probes);
  return (
    (startup === undefined ? 0 : patienceOf(startup)) +
    (readiness === undefined
      ? 0
      : (readiness.initialDelaySeconds ?? 0) + (readiness.periodSeconds ?? 10))
  );
}

/** Pods that are exchanged one after another, and whether each is stopped before its successor. */
function turnsOf(args: WorkloadArgs): { readonly turns: number; readonly stops: boolean } {
  const { update = {} } = args;
  const replicas = args.autoscale?.max ?? args.replicas ?? 1;
  const inTurns = (pods: number, { surge, unavailable }: Budget) => ({
    turns: Math.ceil(pods / Math.max(1, surge + unavailable)),
    stops: surge === 0,
  });
  switch (args.kind) {
    case "Deployment":
      return inTurns(replicas, deploymentBudget(update, replicas));
    case "DaemonSet": {
      const { maxSurge, maxUnavailable } = daemonSetShares(update);
      return inTurns(nodesAssumed, {
        surge: surgeOf(maxSurge, nodesAssumed),
        unavailable: unavailableOf(maxUnavailable, nodesAssumed),
      });
    }
    case "StatefulSet":
      return { turns: replicas, stops: true };
    case "Job":
      return { turns: 1, stops: false };
  }
}

/**
 * Seconds that an update may take when every pod needs all the time it is given, and never less than
 * the controller's own deadline: the engine would give up before Kubernetes says why.
 *
 * @returns undefined where nothing bounds it: a Job without a deadline.
 */
export function readySeconds(args: WorkloadArgs): number | undefined {
  const grace = args.terminationGraceSeconds ?? usualGraceSeconds;
  if (args.kind === "Job") {
    const deadline = args.job?.activeDeadlineSeconds;
    return deadline === undefined ? undefined : deadline + grace + slackSeconds;
  }
  const { minReadySeconds = 0, progressDeadlineSeconds = usualDeadlineSeconds } = args.update ?? {};
  const { turns, stops } = turnsOf(args);
  const start = Math.max(...[args.container, ...(args.sidecars ?? [])].map(startSeconds));
  const turn = (stops ? grace : 0) + arrivalSeconds + start + minReadySeconds;
  return Math.max(progressDeadlineSeconds, turns * turn) + slackSeconds;
}
