/** The objects that a rollout shows in, as far as the model looks into them. */
import * as z from "zod";

const Time = z
  .string()
  .nullish()
  .transform((text) => (text == null ? undefined : Date.parse(text)));

const Metadata = z.object({
  name: z.string(),
  namespace: z.string().default("default"),
  uid: z.string(),
  generation: z.number().default(0),
  creationTimestamp: Time,
  deletionTimestamp: Time,
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  ownerReferences: z
    .array(z.object({ kind: z.string(), uid: z.string(), controller: z.boolean().default(false) }))
    .default([]),
});

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(""),
  message: z.string().default(""),
  lastTransitionTime: Time,
});
/** One of an object's conditions. */
export type Condition = z.infer<typeof Condition>;

/** A number of pods or a percentage of them. */
const Share = z.union([z.number(), z.string()]);

const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(
      z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() }),
    )
    .default([]),
});
/** Which pods an object is about. */
export type Selector = z.infer<typeof Selector>;

const count = z.number().default(0);
const conditions = z.array(Condition).default([]);
/** What a field is while the API server has not filled it in. */
const absent = {};

/** How far a controller is whose replicas are counted. */
const counted = {
  observedGeneration: count,
  replicas: count,
  updatedReplicas: count,
  availableReplicas: count,
  conditions,
};

const Deployment = z.object({
  metadata: Metadata,
  spec: z.object({
    replicas: z.number().default(1),
    paused: z.boolean().default(false),
    minReadySeconds: count,
    progressDeadlineSeconds: z.number().default(600),
    strategy: z
      .object({
        type: z.string().default("RollingUpdate"),
        rollingUpdate: z
          .object({ maxSurge: Share.default("25%"), maxUnavailable: Share.default("25%") })
          .prefault(absent),
      })
      .prefault(absent),
  }),
  status: z.object(counted).prefault(absent),
});
/** {@inheritDoc Deployment} */
export type Deployment = z.infer<typeof Deployment>;

const StatefulSet = z.object({
  metadata: Metadata,
  spec: z.object({
    replicas: z.number().default(1),
    minReadySeconds: count,
    updateStrategy: z
      .object({
        type: z.string().default("RollingUpdate"),
        rollingUpdate: z
          .object({ partition: count, maxUnavailable: Share.default(1) })
          .prefault(absent),
      })
      .prefault(absent),
  }),
  status: z.object({ ...counted, updateRevision: z.string().default("") }).prefault(absent),
});
/** {@inheritDoc StatefulSet} */
export type StatefulSet = z.infer<typeof StatefulSet>;

const DaemonSet = z.object({
  metadata: Metadata,
  spec: z.object({
    minReadySeconds: count,
    updateStrategy: z
      .object({
        type: z.string().default("RollingUpdate"),
        rollingUpdate: z
          .object({ maxSurge: Share.default(0), maxUnavailable: Share.default(1) })
          .prefault(absent),
      })
      .prefault(absent),
  }),
  status: z
    .object({
      observedGeneration: count,
      desiredNumberScheduled: count,
      currentNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
      conditions,
    })
    .prefault(absent),
});
/** {@inheritDoc DaemonSet} */
export type DaemonSet = z.infer<typeof DaemonSet>;

const Job = z.object({
  metadata: Metadata,
  spec: z.object({
    completions: z.number().nullish(),
    parallelism: z.number().default(1),
    suspend: z.boolean().default(false),
  }),
  status: z.object({ succeeded: count, failed: count, conditions }).prefault(absent),
});
/** {@inheritDoc Job} */
export type Job = z.infer<typeof Job>;

const ReplicaSet = z.object({ metadata: Metadata });
/** A Deployment's revision. */
export type ReplicaSet = z.infer<typeof ReplicaSet>;

const ControllerRevision = z.object({ metadata: Metadata, revision: z.number() });
/** A StatefulSet's or a DaemonSet's revision. */
export type ControllerRevision = z.infer<typeof ControllerRevision>;

const Told = z.object({ reason: z.string().default(""), message: z.string().default("") });
const ContainerStatus = z.object({
  name: z.string(),
  state: z.object({ waiting: Told.nullish(), terminated: Told.nullish() }).prefault(absent),
});

const Taint = z.object({
  key: z.string(),
  value: z.string().default(""),
  effect: z.string(),
});
/** What keeps pods off a node. */
export type Taint = z.infer<typeof Taint>;

const Node = z.object({
  metadata: z.object({ name: z.string(), uid: z.string() }),
  spec: z.object({ taints: z.array(Taint).default([]) }).prefault(absent),
});
/** {@inheritDoc Node} */
export type Node = z.infer<typeof Node>;

const Toleration = z.object({
  key: z.string().default(""),
  operator: z.string().default("Equal"),
  value: z.string().default(""),
  effect: z.string().default(""),
});

const NodeRequirement = z.object({
  matchExpressions: z
    .array(
      z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }),
    )
    .default([]),
});

const Pod = z.object({
  metadata: Metadata,
  spec: z
    .object({
      nodeSelector: z.record(z.string(), z.string()).default({}),
      tolerations: z.array(Toleration).default([]),
      affinity: z
        .object({
          nodeAffinity: z
            .object({
              requiredDuringSchedulingIgnoredDuringExecution: z
                .object({ nodeSelectorTerms: z.array(NodeRequirement) })
                .nullish(),
            })
            .nullish(),
        })
        .prefault(absent),
      containers: z
        .array(
          z.object({
            resources: z
              .object({ requests: z.record(z.string(), z.string()).default({}) })
              .prefault(absent),
            ports: z.array(z.object({ hostPort: z.number().optional() })).default([]),
          }),
        )
        .default([]),
    })
    .prefault(absent),
  status: z
    .object({
      phase: z.string().default("Pending"),
      conditions,
      nominatedNodeName: z.string().default(""),
      initContainerStatuses: z.array(ContainerStatus).default([]),
      containerStatuses: z.array(ContainerStatus).default([]),
    })
    .prefault(absent),
});
/** {@inheritDoc Pod} */
export type Pod = z.infer<typeof Pod>;

const Budget = z.object({
  metadata: Metadata,
  spec: z.object({ selector: Selector.nullish() }),
  status: z
    .object({ desiredHealthy: count, currentHealthy: count, disruptionsAllowed: count })
    .prefault(absent),
});
/** {@inheritDoc Budget} */
export type Budget = z.infer<typeof Budget>;

/** What is read of the cluster: the path of each kind, and its shape. */
export const kinds = {
  deployments: { path: "/apis/apps/v1/deployments", shape: Deployment },
  statefulSets: { path: "/apis/apps/v1/statefulsets", shape: StatefulSet },
  daemonSets: { path: "/apis/apps/v1/daemonsets", shape: DaemonSet },
  replicaSets: { path: "/apis/apps/v1/replicasets", shape: ReplicaSet },
  controllerRevisions: { path: "/apis/apps/v1/controllerrevisions", shape: ControllerRevision },
  jobs: { path: "/apis/batch/v1/jobs", shape: Job },
  nodes: { path: "/api/v1/nodes", shape: Node },
  pods: { path: "/api/v1/pods", shape: Pod },
  budgets: { path: "/apis/policy/v1/poddisruptionbudgets", shape: Budget },
} as const;

/** Everything that is read of a cluster, at one moment. */
export type Snapshot = {
  readonly [Kind in keyof typeof kinds]: readonly z.infer<(typeof kinds)[Kind]["shape"]>[];
};

/** The condition of a type, where an object has it. */
export function condition(
  { status }: { readonly status: { readonly conditions: readonly Condition[] } },
  type: string,
): Condition | undefined {
  return status.conditions.find((found) => found.type === type);
}
