/** How tasks are exchanged: `update_config` and `rollback_config`. */
import type { Update } from "../workload/workload.schema.ts";
import { swarmUpdate } from "./defaults.ts";
import type { RollbackConfig, UpdateConfig } from "./deploy.schema.ts";
import { secondsIn, swarmDuration, wholeSeconds } from "./units.ts";
import type { Path, Translated, Warning } from "./warning.ts";

/** Kubernetes' own: a rollout without progress for so long has failed. */
const usualDeadline = 600;

/** Controllers that exchange pods. */
export type ExchangingKind = "Deployment" | "StatefulSet" | "DaemonSet";

/** What an update comes to. */
export interface KubernetesUpdate {
  readonly update: Partial<Update>;
  /** Whether the run waits for the pods, and fails with them. */
  readonly await: boolean;
}

/** What of a stack bears on its services' updates. */
export interface UpdateContext {
  readonly kind: ExchangingKind;
  /** What the stack does when an update fails. */
  readonly onFailure: "pause" | "rollback";
  /** With `continue`: exchange the rest too when new pods do not get ready, all at once if need be. */
  readonly replaceRegardless?: boolean;
}

/** Pods too many and too few: one of the two, never both. */
function shares(config: UpdateConfig, context: UpdateContext): Partial<Update> {
  const { parallelism = swarmUpdate.parallelism, order = swarmUpdate.order } = config;
  const pods = parallelism === 0 ? "100%" : parallelism;
  if (context.kind === "StatefulSet") {
    return {};
  }
  if (order === "start-first") {
    return { strategy: "RollingUpdate", maxSurge: pods, maxUnavailable: 0 };
  }
  if (parallelism === 0 && context.kind === "Deployment") {
    return { strategy: "Recreate" };
  }
  const regardless = config.failure_action === "continue" && context.replaceRegardless === true;
  return { strategy: "RollingUpdate", maxSurge: 0, maxUnavailable: regardless ? "100%" : pods };
}

/**
 * An update in Kubernetes' words.
 *
 * A pause between two tasks and the time in which a new one is watched are one thing here: how long
 * a new pod must be ready before it counts and the next one is exchanged.
 */
export function toUpdate(
  config: UpdateConfig,
  context: UpdateContext,
  at: (...words: string[]) => Path,
): Translated<KubernetesUpdate> {
  const minReadySeconds = Math.max(
    wholeSeconds(config.delay ?? swarmUpdate.delay),
    wholeSeconds(config.monitor ?? swarmUpdate.monitor),
  );
  const update = {
    ...shares(config, context),
    minReadySeconds,
    // The API server refuses a deadline within which no pod could ever count.
    progressDeadlineSeconds:
      minReadySeconds < usualDeadline ? usualDeadline : minReadySeconds + usualDeadline,
  };
  return {
    value: { update, await: config.failure_action !== "continue" },
    warnings: updateWarnings(config, context, at),
  };
}

function updateWarnings(
  config: UpdateConfig,
  { kind, onFailure, replaceRegardless }: UpdateContext,
  at: (...words: string[]) => Path,
): Warning[] {
  const warnings: Warning[] = [];
  const warn = (word: string, message: string): void => {
    warnings.push({ path: at(word), message });
  };
  if (kind === "StatefulSet" && (config.parallelism ?? 1) !== 1) {
    warn("parallelism", "has no effect: pods with a disk each are exchanged one at a time");
  }
  if ((config.max_failure_ratio ?? 0) > 0) {
    warn(
      "max_failure_ratio",
      "has no effect: failures are not counted, and an update stalls at the first pods that do not get ready",
    );
  }
  switch (config.failure_action) {
    case "continue":
      warn(
        "failure_action",
        replaceRegardless === true
          ? "makes the run neither wait nor fail, and all old pods may be gone before a new one works"
          : "makes the run neither wait nor fail, but the update stalls as long as new pods do not get ready",
      );
      break;
    case "rollback":
      if (onFailure === "pause") {
        warn("failure_action", "rolls nothing back: the stack says onFailure: pause");
      }
      break;
    case "pause":
      if (onFailure === "rollback") {
        warn("failure_action", "does not pause: the stack says onFailure: rollback");
      }
      break;
    case undefined:
      break;
  }
  return warnings;
}

/** A rollback is an update like any other: what is said of it alone has no effect. */
export function rollbackWarnings(
  config: RollbackConfig,
  at: (...words: string[]) => Path,
): Warning[] {
  return Object.keys(config).map((word) => ({
    path: at(word),
    message: "has no effect: the way back takes the same steps as update_config",
  }));
}

/** The provider keeps one decimal: a second one would be a change at every run. */
export const hasOneDecimal = (ratio: number): boolean =>
  Math.abs(ratio * 10 - Math.round(ratio * 10)) < 1e-9;

/** An update, or the way back, as the Docker provider takes it: all said, since left out means 0. */
export function toUpdateConfig(config: UpdateConfig | RollbackConfig) {
  return {
    parallelism: config.parallelism ?? swarmUpdate.parallelism,
    delay: swarmDuration(config.delay ?? swarmUpdate.delay),
    monitor: swarmDuration(config.monitor ?? swarmUpdate.monitor),
    maxFailureRatio: (config.max_failure_ratio ?? swarmUpdate.max_failure_ratio).toFixed(1),
    order: config.order ?? swarmUpdate.order,
    failureAction: config.failure_action ?? swarmUpdate.failure_action,
  };
}

/** How long a service may take until its tasks are seen to run, old ones stopped before, in seconds. */
export function convergenceSeconds(
  config: UpdateConfig,
  replicas: number,
  stopGrace: string,
): number {
  const { parallelism = swarmUpdate.parallelism } = config;
  const rounds = Math.ceil(replicas / (parallelism === 0 ? Math.max(replicas, 1) : parallelism));
  const each =
    secondsIn(stopGrace) +
    secondsIn(config.delay ?? swarmUpdate.delay) +
    secondsIn(config.monitor ?? swarmUpdate.monitor);
  // Three minutes are the provider's own: for pulling the image and starting.
  return Math.ceil(180 + rounds * each);
}
