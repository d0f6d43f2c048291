/** `fleet:observability.metrics.prometheus`. */
import * as z from "zod";

import { ImageReference } from "../../base/images.ts";
import { parseQuantity } from "../../base/quantity.ts";
import { Bytes, DnsLabel, Hostname } from "../../base/scalars.ts";
import { reference } from "../../base/secrets.ts";
import { Storage } from "../../workload/storage.schema.ts";
import { Placement, Resources } from "../../workload/workload.schema.ts";
import { LabelName, Retention } from "./words.ts";

/** Share of the disk that the size of what is kept may have: logs of writes and compactions come on top. */
const kept = 0.85;

/**
 * Seconds between two readings, at most. Prometheus forgets what is older than five minutes, and makes no rate of fewer
 * than two readings: one may fail.
 */
export const slowestSeconds = 120;

/** User by which the stack's own programs log in to Prometheus. */
export const programsUser = "fleet";

/**
 * Who may ask Prometheus anything. It asks for the password itself, so that it holds inside the cluster,
 * too, whatever stands before it.
 */
const PrometheusLogin = z.strictObject({
  /** Name of each person → password. */
  users: z
    .record(
      z
        .string()
        .regex(/^[a-z][-a-z0-9._]{0,62}$/, "must be the name of a user, e.g. alice")
        .refine(
          (name) => name !== programsUser,
          `must not be ${programsUser}: the stack's own programs have that name`,
        ),
      reference("password"),
    )
    .refine((users) => Object.keys(users).length > 0, "must name at least one user")
    .prefault({ admin: "prometheus-admin" }),
  /** Password of Grafana, and of Prometheus when it reads its own metrics. */
  programs: reference("password").prefault("prometheus-programs"),
});

/** What of the cluster itself is read, beside the pods that announce metrics. */
const ClusterMetrics = z
  .strictObject({
    /** Of each node's kubelet: volumes, and what containers use. */
    kubelets: z.boolean().default(true),
    /** Of the API server: calls, their failures and how long they take. */
    apiServer: z.boolean().default(true),
    /** Of a cert-manager that stands in the cluster: when certificates end. */
    certManager: z.strictObject({ namespace: DnsLabel.default("cert-manager") }).optional(),
  })
  .prefault({});

/** Prometheus: one pod with a disk. */
export const PrometheusConfig = z
  .strictObject({
    image: ImageReference.default("docker.io/prom/prometheus:v3.13.2"),
    /** Public host. Default: none. Only with `login`. */
    host: Hostname.optional(),
    login: PrometheusLogin.optional(),
    resources: Resources.prefault({
      requests: { cpu: "250m", memory: "1Gi" },
      limits: { memory: "2Gi" },
    }),
    placement: Placement.optional(),
    storage: Storage.prefault({ size: "50Gi" }),
    /** Samples go when either is passed. */
    retention: z
      .strictObject({ time: Retention.default("15d"), size: Bytes.default("40Gi") })
      .prefault({}),
    /** Seconds between two readings of a program, and between two looks at the alerts. */
    intervalSeconds: z
      .int("must be whole seconds, e.g. 30")
      .min(5, "must be at least 5")
      .max(
        slowestSeconds,
        `must be at most ${slowestSeconds}: of slower readings rates over five minutes show nothing, so that alerts stay silent`,
      )
      .default(30),
    /** Labels of whatever leaves Prometheus: alerts, above all. `stack` is always one. */
    externalLabels: z
      .record(
        LabelName.refine(
          (name) => name !== "stack",
          "must not be stack: that is the stack's own name",
        ),
        z.string('must be a quoted text, e.g. "eu"').min(1, "must not be empty"),
      )
      .prefault({}),
    cluster: ClusterMetrics,
  })
  .superRefine(({ retention, storage, host, login }, context) => {
    if (parseQuantity(retention.size) > kept * parseQuantity(storage.size)) {
      context.addIssue({
        code: "custom",
        path: ["retention", "size"],
        message: `must be at most 85 % of the disk of ${storage.size} (storage.size): a full disk stops Prometheus`,
      });
    }
    if (host !== undefined && login === undefined) {
      context.addIssue({
        code: "custom",
        path: ["host"],
        message:
          "needs users: without prometheus.login whoever finds the name reads everything; say login: {} for one named admin",
      });
    }
  });
/** {@inheritDoc PrometheusConfig} */
export type PrometheusConfig = z.infer<typeof PrometheusConfig>;
