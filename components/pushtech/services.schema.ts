/** What a stack file may say about PushTech's own programs: `fleet:services`. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { LabelValue, Replicas, Seconds } from "../base/scalars.ts";
import type { WorkloadFault } from "../workload/fault.ts";
import { workloadFaults } from "../workload/faults.ts";
import { Disruption, Placement, Resources } from "../workload/workload.schema.ts";
import { programNames } from "./programs.ts";
import { type PushtechServer, servers } from "./servers.ts";
import { serverStartSeconds } from "./start.ts";
import type { ProgramTraits } from "./types.ts";
import { type PushtechWorker, workers } from "./workers.ts";

/** How long a pod waits for its stores by default. */
const defaultWait = 300;

/** The pace of an update, with room for a wait and a start under the table's small shares of a processor. */
const Pace = z
  .strictObject({
    /** How long a pod must be ready before it counts and the next one is exchanged. */
    minReadySeconds: Seconds.default(0),
    /** After how long without progress an update counts as failed. */
    progressDeadlineSeconds: Seconds.default(1_200),
  })
  .prefault({});

/** Number of pods: any, or exactly one where a second one would do harm. */
const replicasOf = ({ replicas, single }: ProgramTraits) =>
  single === undefined
    ? Replicas.default(replicas)
    : Replicas.max(1, `must be 1, or 0 to park it: ${single}`).default(replicas);

const strategies = ["Recreate", "RollingUpdate"] as const;

/** Where two would do harm, old and new never overlap. */
const strategyOf = ({ strategy, single }: ProgramTraits) =>
  z
    .enum(strategies)
    .refine(
      (value) => single === undefined || value === "Recreate",
      `must be Recreate: old and new would run side by side, and ${single}`,
    )
    .default(strategy);

const Processes = z
  .int("must be a whole number of processes, e.g. 4")
  .min(1, "must be at least 1")
  .max(64, "must be at most 64");

/** Fields of every program, with the table's values for what is not said. */
const programFields = (traits: ProgramTraits) => ({
  replicas: replicasOf(traits),
  resources: Resources.default(traits.resources),
  placement: Placement.omit({ slot: true }).prefault({}),
  /** `Recreate` stops all pods of the old version before one of the new starts. */
  strategy: strategyOf(traits),
  update: Pace,
  /** How many pods an eviction may take. Default: one at a time. */
  disruption: Disruption.prefault({ maxUnavailable: 1 }),
  /** Any word: another one exchanges the pods, though nothing else has changed. */
  redeploy: LabelValue.optional(),
});

/** Fields of a program that serves with several processes. */
const servingFields = (traits: ProgramTraits) => ({
  ...programFields(traits),
  /** Processes of each pod. Their memory is the container's together. */
  webConcurrency: Processes.default(traits.webConcurrency ?? 1),
});

const serving = (name: PushtechServer) => z.strictObject(servingFields(servers[name])).prefault({});

const working = (name: PushtechWorker) => z.strictObject(programFields(workers[name])).prefault({});

/** The tracker's two side-cars. */
const TrackerConfig = z
  .strictObject({
    ...programFields(servers.tracker),
    /** Sends the events on to Kafka. */
    kafkastore: z
      .strictObject({
        resources: Resources.default({
          requests: { cpu: "20m", memory: "150Mi" },
          limits: { cpu: "100m", memory: "300Mi" },
        }),
      })
      .prefault({}),
    /** Holds the events until then, in memory alone. */
    redis: z
      .strictObject({
        /** Official image, Debian flavour: its shell waits for the last event. */
        image: ImageReference.default("docker.io/library/redis:4.0.6"),
        resources: Resources.default({
          requests: { cpu: "15m", memory: "40Mi" },
          limits: { cpu: "30m", memory: "100Mi" },
        }),
      })
      .prefault({}),
    /** How long a pod that goes may take to send on what it holds. */
    drainSeconds: Seconds.min(30, "must be at least 30: both ends close first")
      .max(3_600)
      .default(120),
  })
  .prefault({});
/** {@inheritDoc TrackerConfig} */
export type TrackerConfig = z.infer<typeof TrackerConfig>;

/** Jobs that change the databases' schemas, before the pods that need it. */
const MigrationsConfig = z
  .strictObject({
    resources: Resources.default({
      requests: { cpu: "100m", memory: "200Mi" },
      limits: { memory: "400Mi" },
    }),
    /** Tries after the first. What fails at all is told by the Job's log and fails the run. */
    retries: z.int().min(0, "must not be negative").max(10).default(1),
  })
  .prefault({});
/** {@inheritDoc MigrationsConfig} */
export type MigrationsConfig = z.infer<typeof MigrationsConfig>;

/** Schema of `fleet:services`. */
export const PushtechServices = z
  .strictObject({
    /** How long a pod waits for what it needs before it gives up, says for what, and begins anew. */
    waitSeconds: Seconds.min(10, "must be at least 10").max(3_600).default(defaultWait),
    migrations: MigrationsConfig,
    tracker: TrackerConfig,
    storage: serving("storage"),
    website: serving("website"),
    imageserver: serving("imageserver"),
    notificationserver: serving("notificationserver"),
    offerserver: serving("offerserver"),
    "consumers-ruby": serving("consumers-ruby"),
    kafidx: serving("kafidx"),
    "consumers-nodejs-event-counter": working("consumers-nodejs-event-counter"),
    "consumers-nodejs-metadata-counter": working("consumers-nodejs-metadata-counter"),
    "consumers-nodejs-search-counter": working("consumers-nodejs-search-counter"),
    "consumers-nodejs-stats-consumer": working("consumers-nodejs-stats-consumer"),
    "consumers-ruby-worker": working("consumers-ruby-worker"),
    "offerserver-worker": working("offerserver-worker"),
  })
  .prefault({})
  .superRefine((services, context) => {
    for (const name of programNames) {
      for (const { path, message } of programFaults(services[name], services.waitSeconds)) {
        context.addIssue({ code: "custom", path: [name, ...path], message });
      }
    }
  });
/** {@inheritDoc PushtechServices} */
export type PushtechServices = z.infer<typeof PushtechServices>;

/** Config of one program. */
export type ProgramConfig = z.infer<z.ZodObject<ReturnType<typeof programFields>>>;
/** Config of one program that may serve with several processes. */
export type ServingConfig = ProgramConfig & { readonly webConcurrency?: number | undefined };

/** What contradicts itself in a program's words, or would only be found when its pods are made. */
function programFaults(config: ProgramConfig, waitSeconds: number): WorkloadFault[] {
  const { update, replicas, strategy, disruption } = config;
  const least = waitSeconds + serverStartSeconds + update.minReadySeconds;
  const late =
    update.progressDeadlineSeconds > least
      ? []
      : [
          {
            path: ["update", "progressDeadlineSeconds"],
            message: `must be above ${least}: a pod may wait ${waitSeconds} s for its stores and take ${serverStartSeconds} s to start`,
          },
        ];
  return late.length > 0
    ? late
    : workloadFaults({
        kind: "Deployment",
        replicas,
        update: { ...update, strategy },
        ...(replicas > 1 ? { disruption } : {}),
      });
}
