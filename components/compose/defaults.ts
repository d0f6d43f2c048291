/**
 * What Swarm's engine does where a service says nothing. Kubernetes' defaults are others, and so are
 * the zeros that the Docker provider sends for what it is not told.
 *
 * Source: facts/deployment-concepts.md 3 (moby/swarmkit).
 */

/** How tasks are exchanged. */
export const swarmUpdate = {
  parallelism: 1,
  delay: "0s",
  monitor: "5s",
  max_failure_ratio: 0,
  order: "stop-first",
  failure_action: "pause",
} as const;

/** When a task that ended is started again; 0 attempts are no limit. */
export const swarmRestart = {
  condition: "any",
  delay: "5s",
  max_attempts: 0,
  window: "0s",
} as const;

/** How often a container is asked whether it is well. */
export const dockerHealthcheck = {
  interval: "30s",
  timeout: "30s",
  retries: 3,
  start_period: "0s",
  start_interval: "5s",
} as const;

/** How long a task may take to stop. Kubernetes' own is 30 seconds. */
export const swarmStopGrace = "10s";
