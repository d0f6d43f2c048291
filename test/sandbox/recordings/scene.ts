/** Workloads that show every state of a rollout, and the changes that bring them there. */

const namespace = "trial";
const apps = `/apis/apps/v1/namespaces/${namespace}`;
/** Of an image: tells the sandbox how its pods behave (sandbox/stages/README.md). */
const image = (tag: string): string => `registry.example/app:${tag}`;

const template = (app: string, tag: string, spec: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: "app", image: image(tag) }], ...spec },
});

function workload(kind: string, name: string, spec: object, tag = "1", podSpec: object = {}) {
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: { app: name } },
      template: template(name, tag, podSpec),
      ...spec,
    },
  };
}

const asking = (cpu: string) => ({
  containers: [{ name: "app", image: image("1"), resources: { requests: { cpu } } }],
});

const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
});

/** Path of an object's kind → the objects. */
export const scene: readonly (readonly [string, object])[] = [
  [
    `${apps}/deployments`,
    workload("Deployment", "vote", {
      ...{ replicas: 3, progressDeadlineSeconds: 8, ...rolling(1, 0) },
    }),
  ],
  [
    `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    {
      ...{ apiVersion: "policy/v1", kind: "PodDisruptionBudget" },
      metadata: { name: "vote", namespace },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: "vote" } } },
    },
  ],
  [
    `${apps}/deployments`,
    workload("Deployment", "worker", { replicas: 4, minReadySeconds: 3, ...rolling("25%", "50%") }),
  ],
  [`${apps}/statefulsets`, workload("StatefulSet", "db", { replicas: 2, serviceName: "db" })],
  [
    `${apps}/statefulsets`,
    workload("StatefulSet", "canary", {
      ...{ replicas: 3, serviceName: "canary" },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } },
    }),
  ],
  [`${apps}/daemonsets`, workload("DaemonSet", "agent", {})],
  [
    `/apis/batch/v1/namespaces/${namespace}/jobs`,
    {
      ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name: "migrate", namespace } },
      spec: { template: template("migrate", "1", { restartPolicy: "Never" }) },
    },
  ],
];

/** Every workload of the scene gets pods of another revision; those of the tag take 3 s to be ready. */
export const changes: readonly (readonly [string, object])[] = [
  [`${apps}/deployments/vote`, { spec: { template: template("vote", "sandbox-slow-3s") } }],
  [`${apps}/deployments/worker`, { spec: { template: template("worker", "sandbox-slow-3s") } }],
  [`${apps}/statefulsets/db`, { spec: { template: template("db", "sandbox-slow-3s") } }],
  [`${apps}/statefulsets/canary`, { spec: { template: template("canary", "2") } }],
  [`${apps}/daemonsets/agent`, { spec: { template: template("agent", "sandbox-slow-3s") } }],
];

/** What will never come up, each for another reason. */
export const failures: readonly (readonly [string, object])[] = [
  [
    `${apps}/deployments`,
    workload("Deployment", "crashing", { progressDeadlineSeconds: 8 }, "sandbox-crash"),
  ],
  [
    `${apps}/deployments`,
    workload("Deployment", "nowhere", { replicas: 2 }, "1", { nodeSelector: { disk: "ssd" } }),
  ],
  [`${apps}/deployments`, workload("Deployment", "huge", {}, "1", asking("64"))],
  [
    `/apis/batch/v1/namespaces/${namespace}/jobs`,
    {
      ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name: "broken", namespace } },
      spec: {
        backoffLimit: 0,
        template: template("broken", "sandbox-fail", { restartPolicy: "Never" }),
      },
    },
  ],
];

/** The last change: vote's next revision is never ready. */
export const lastChange = [
  `${apps}/deployments/vote`,
  { spec: { template: template("vote", "sandbox-never-ready") } },
] as const;
