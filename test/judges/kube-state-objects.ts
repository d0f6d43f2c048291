/** Objects of every kind that kube-state-metrics tells of: path of the API → object. */

const namespace = "shop";

const labels = (name: string): Record<string, string> => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/part-of": "shop",
});

const resources = { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } };

const template = (name: string, spec: object = {}, more: object = {}) => ({
  metadata: { labels: labels(name) },
  spec: {
    containers: [{ name, image: `docker.io/library/${name}:1`, resources, ...more }],
    ...spec,
  },
});

const controller = (name: string, more: object, spec: object = {}, container: object = {}) => ({
  metadata: { name, namespace },
  spec: {
    selector: { matchLabels: labels(name) },
    template: template(name, spec, container),
    ...more,
  },
});

const apps = `/apis/apps/v1/namespaces/${namespace}`;
const core = `/api/v1/namespaces/${namespace}`;
const batch = `/apis/batch/v1/namespaces/${namespace}`;

const disk = { storage: "1Gi" };

const withDisk = {
  volumes: [{ name: "data", persistentVolumeClaim: { claimName: "web-data" } }],
};

const once = template("once", { restartPolicy: "Never" });

/** In the order in which they are made. */
export const shopObjects: readonly (readonly [path: string, object: object])[] = [
  ["/api/v1/namespaces", { metadata: { name: namespace } }],
  [`${core}/serviceaccounts`, { metadata: { name: "default", namespace } }],
  [
    "/api/v1/persistentvolumes",
    {
      metadata: { name: "web-data" },
      spec: {
        capacity: disk,
        accessModes: ["ReadWriteOnce"],
        storageClassName: "",
        claimRef: { namespace, name: "web-data" },
        hostPath: { path: "/nowhere" },
      },
    },
  ],
  [
    `${core}/persistentvolumeclaims`,
    {
      metadata: { name: "web-data", namespace },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "",
        volumeName: "web-data",
        resources: { requests: disk },
      },
    },
  ],
  [
    `${core}/resourcequotas`,
    { metadata: { name: "pods", namespace }, spec: { hard: { pods: "50" } } },
  ],
  [
    `${apps}/deployments`,
    controller(
      "web",
      { replicas: 1 },
      {
        ...withDisk,
        initContainers: [{ name: "before", image: "docker.io/library/before:1", resources }],
      },
      { volumeMounts: [{ name: "data", mountPath: "/data" }] },
    ),
  ],
  [`${apps}/statefulsets`, controller("store", { replicas: 1, serviceName: "store" })],
  [`${apps}/daemonsets`, controller("agent", {})],
  [
    `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    {
      metadata: { name: "web", namespace },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels("web") } },
    },
  ],
  [
    `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
    {
      metadata: { name: "web", namespace },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
        minReplicas: 1,
        maxReplicas: 3,
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
          },
        ],
      },
    },
  ],
  [`${batch}/jobs`, { metadata: { name: "once", namespace }, spec: { template: once } }],
  [
    `${batch}/jobs`,
    {
      metadata: { name: "late", namespace },
      // Its pod finds no node, and is given up.
      spec: {
        activeDeadlineSeconds: 1,
        template: template("late", { restartPolicy: "Never", nodeSelector: { nowhere: "yes" } }),
      },
    },
  ],
  [
    `${batch}/cronjobs`,
    {
      metadata: { name: "nightly", namespace },
      spec: {
        // Half a day away: a run of its own would be told in place of the one that is said to have been.
        schedule: `17 ${(new Date().getUTCHours() + 12) % 24} * * *`,
        timeZone: "Etc/UTC",
        startingDeadlineSeconds: 600,
        jobTemplate: { spec: { template: once } },
      },
    },
  ],
];

const moment = "2026-11-21T03:17:00Z";

/** What befalls some of them later, by the path of their status: a backup that ran, a program that crashes. */
export const shopEvents: readonly (readonly [path: string, status: object])[] = [
  [`${batch}/cronjobs/nightly/status`, { lastScheduleTime: moment, lastSuccessfulTime: moment }],
  [
    `${core}/pods/store-0/status`,
    {
      containerStatuses: [
        {
          name: "store",
          image: "docker.io/library/store:1",
          imageID: "",
          ready: false,
          restartCount: 7,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: { reason: "OOMKilled", exitCode: 137, finishedAt: moment } },
        },
      ],
    },
  ],
];
