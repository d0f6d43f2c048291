/** When what ended is started again: `restart_policy`. */
import type { JobRun } from "../workload/types.ts";
import { swarmRestart } from "./defaults.ts";
import type { RestartPolicy } from "./deploy.schema.ts";
import { swarmDuration } from "./units.ts";
import type { Path, Translated, Warning } from "./warning.ts";

type At = (...words: string[]) => Path;

/** Kubernetes' own: tries of a Job after its first. */
const usualTries = 6;

const delayMessage =
  "has no effect: kubelets wait 10s, 20s, 40s and so on up to 5m before they start a container again";

/** What of a policy does not happen to a service that stays up: its pods are always restarted. */
export function restartWarnings(policy: RestartPolicy, at: At): Warning[] {
  const { condition = swarmRestart.condition, delay, max_attempts: attempts = 0, window } = policy;
  const messages: Readonly<Record<string, string | undefined>> = {
    condition:
      condition === "any"
        ? undefined
        : condition === "on-failure"
          ? "has no effect: a container that ends well is started again too (a one-off is mode: replicated-job)"
          : "has no effect: a container that ends is started again (a one-off is mode: replicated-job)",
    delay: delay === undefined ? undefined : delayMessage,
    max_attempts:
      attempts === 0
        ? undefined
        : "has no effect: a container that keeps failing is started again for ever; put an alert on restarts",
    window:
      window === undefined
        ? undefined
        : "has no effect: restarts are not counted; what starts badly is caught by minReadySeconds",
  };
  return Object.entries(messages).flatMap(([word, message]) =>
    message === undefined ? [] : [{ path: at(word), message }],
  );
}

/** A job's runs and tries. */
export function toJobRun(policy: RestartPolicy, runs: number, at: At): Translated<JobRun> {
  const { condition = "on-failure", delay, max_attempts: attempts = 0, window } = policy;
  const never = condition === "none";
  const warnings: Warning[] = [];
  if (delay !== undefined) {
    warnings.push({ path: at("delay"), message: delayMessage });
  }
  if (!never && attempts === 0) {
    warnings.push({
      path: at("max_attempts"),
      message: `is no limit in Swarm: here a job is given up after ${usualTries} tries more`,
    });
  }
  if (window !== undefined) {
    warnings.push({
      path: at("window"),
      // Not activeDeadlineSeconds: that would stop a job which works longer than the window.
      message: "has no effect: a job's tries all count, whenever they fail",
    });
  }
  return {
    value: {
      completions: runs,
      parallelism: runs,
      restartPolicy: never ? "Never" : "OnFailure",
      backoffLimit: never ? 0 : attempts === 0 ? usualTries : attempts,
    },
    warnings,
  };
}

/**
 * The policy as the Docker provider takes it. All is said: what is left out, it sends as zero, and a
 * task that crashes would be started again without a pause.
 */
export function toSwarmRestart(policy: RestartPolicy) {
  return {
    condition: policy.condition ?? swarmRestart.condition,
    delay: swarmDuration(policy.delay ?? swarmRestart.delay),
    maxAttempts: policy.max_attempts ?? swarmRestart.max_attempts,
    window: swarmDuration(policy.window ?? swarmRestart.window),
  };
}
