/** The blocks of a service that say how it is deployed, in Swarm's words. */
import * as z from "zod";

import { Constraint, Preference } from "./constraint.ts";
import { Labels } from "./labels.ts";
import { Cpus, Duration, Memory } from "./units.ts";

/** Devices a task needs to itself: whole graphics processors. */
const Device = z.strictObject({
  /** What it must be able to do. Only `gpu` has a name that both systems count by. */
  capabilities: z.tuple([z.literal("gpu")], {
    error: 'must be ["gpu"], the only kind that is known',
  }),
  driver: z.enum(["nvidia", "amd"], { error: "must be nvidia or amd" }).default("nvidia"),
  /** How many. Which ones, and all of a node, cannot be said to Kubernetes. */
  count: z.int("must be a whole number of devices: all of them cannot be asked for").min(1),
});

const Reservations = z.strictObject({
  cpus: Cpus.optional(),
  memory: Memory.optional(),
  devices: z.array(Device).optional(),
});

/** What a task may use at most, and what is kept free for it. */
export const ComposeResources = z.strictObject({
  limits: z
    .strictObject({
      cpus: Cpus.optional(),
      memory: Memory.optional(),
      pids: z
        .never(
          "cannot be limited for one service: the Docker provider has no word for it, and Kubernetes limits a whole node (podPidsLimit of its kubelet)",
        )
        .optional(),
    })
    .optional(),
  reservations: Reservations.optional(),
  /** Other name of `reservations`. Neither system takes memory back down to it. */
  softLimit: Reservations.optional(),
});
/** {@inheritDoc ComposeResources} */
export type ComposeResources = z.infer<typeof ComposeResources>;

/** When a task that ended is started again. */
export const RestartPolicy = z.strictObject({
  condition: z
    .enum(["any", "on-failure", "none"], { error: "must be any, on-failure or none" })
    .optional(),
  delay: Duration.optional(),
  /** 0 is no limit. */
  max_attempts: z.int().min(0, "must not be negative: 0 is no limit").optional(),
  window: Duration.optional(),
});
/** {@inheritDoc RestartPolicy} */
export type RestartPolicy = z.infer<typeof RestartPolicy>;

const exchange = {
  /** Tasks exchanged at once; 0 is all. */
  parallelism: z
    .int("must be a whole number of tasks")
    .min(0, "must not be negative: 0 exchanges all at once")
    .optional(),
  delay: Duration.optional(),
  monitor: Duration.optional(),
  max_failure_ratio: z
    .number("must be a number from 0 to 1, e.g. 0.3")
    .min(0, "must be from 0 to 1")
    .max(1, "must be from 0 to 1")
    .optional(),
  order: z
    .enum(["stop-first", "start-first"], { error: "must be stop-first or start-first" })
    .optional(),
};

/** How tasks are exchanged when the service changes. */
export const UpdateConfig = z.strictObject({
  ...exchange,
  failure_action: z
    .enum(["pause", "continue", "rollback"], { error: "must be pause, continue or rollback" })
    .optional(),
});
/** {@inheritDoc UpdateConfig} */
export type UpdateConfig = z.infer<typeof UpdateConfig>;

/** How tasks are exchanged on the way back. */
export const RollbackConfig = z.strictObject({
  ...exchange,
  failure_action: z
    .enum(["pause", "continue"], {
      error: "must be pause or continue: a rollback is never rolled back",
    })
    .optional(),
});
/** {@inheritDoc RollbackConfig} */
export type RollbackConfig = z.infer<typeof RollbackConfig>;

/** On which nodes tasks may run. */
export const ComposePlacement = z.strictObject({
  constraints: z.array(Constraint).optional(),
  preferences: z.array(Preference).optional(),
  max_replicas_per_node: z.int().min(1, "must be at least 1").optional(),
});
/** {@inheritDoc ComposePlacement} */
export type ComposePlacement = z.infer<typeof ComposePlacement>;

/** The blocks that stand beside `deploy` in the lecture's file and under it in compose's own. */
export const blocks = {
  resources: ComposeResources.optional(),
  restart_policy: RestartPolicy.optional(),
  update_config: UpdateConfig.optional(),
  rollback_config: RollbackConfig.optional(),
  placement: ComposePlacement.optional(),
};

/** Modes that have a counterpart. */
const Mode = z.enum(["replicated", "global", "replicated-job"], {
  error: ({ input }) =>
    input === "global-job"
      ? "must not be global-job: nothing in Kubernetes runs once on every node"
      : "must be replicated, global or replicated-job",
});

/** How a service is deployed. */
export const Deploy = z.strictObject({
  mode: Mode.optional(),
  /** Tasks, or of a job: runs that must succeed, all at once. */
  replicas: z
    .int("must be a whole number of tasks, e.g. 2")
    .min(0, "must not be negative: 0 parks the service")
    .max(1_000, "must be at most 1000")
    .optional(),
  /** `dnsrr` has no address of its own: its name leads to each task in turn. */
  endpoint_mode: z.enum(["vip", "dnsrr"], { error: "must be vip or dnsrr" }).optional(),
  /** Labels of the service, not of its containers. */
  labels: Labels.optional(),
  ...blocks,
});
/** {@inheritDoc Deploy} */
export type Deploy = z.infer<typeof Deploy>;
