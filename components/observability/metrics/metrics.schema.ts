/** What a stack file says about its metrics: who collects them, who draws them. */
import * as z from "zod";

import { ImageReference } from "../../base/images.ts";
import { parseQuantity } from "../../base/quantity.ts";
import { Bytes, DnsLabel, Hostname } from "../../base/scalars.ts";
import { reference } from "../../base/secrets.ts";
import { Storage } from "../../data/storage.schema.ts";
import { Placement, Resources } from "../../workload/workload.schema.ts";

/** Share of the disk that the size of what is kept may have: logs of writes and compactions come on top. */
const kept = 0.85;

/** Prometheus: one pod with a disk. */
const PrometheusConfig = z
  .strictObject({
    image: ImageReference.default("docker.io/prom/prometheus:v3.13.2"),
    resources: Resources.prefault({
      requests: { cpu: "250m", memory: "1Gi" },
      limits: { memory: "2Gi" },
    }),
    placement: Placement.optional(),
    storage: Storage.prefault({ size: "50Gi" }),
    /** Samples go when either is passed. */
    retention: z
      .strictObject({
        days: z
          .int("must be whole days, e.g. 15")
          .min(1, "must be at least 1")
          .max(3650)
          .default(15),
        size: Bytes.default("40Gi"),
      })
      .prefault({}),
    /** Seconds between two readings of a program. */
    intervalSeconds: z
      .int("must be whole seconds, e.g. 30")
      .min(5, "must be at least 5")
      .max(300, "must be at most 300: Prometheus shows nothing of what is older than five minutes")
      .default(30),
  })
  .superRefine(({ retention, storage }, context) => {
    if (parseQuantity(retention.size) > kept * parseQuantity(storage.size)) {
      context.addIssue({
        code: "custom",
        path: ["retention", "size"],
        message: `must be at most 85 % of the disk of ${storage.size} (storage.size): a full disk stops Prometheus`,
      });
    }
  });
/** {@inheritDoc PrometheusConfig} */
export type PrometheusConfig = z.infer<typeof PrometheusConfig>;

/** Grafana: one pod with a disk, on which what people add by hand is kept. */
const GrafanaConfig = z.strictObject({
  image: ImageReference.default("docker.io/grafana/grafana:12.4.8"),
  host: Hostname.default("grafana.skycoin.com"),
  /** Of the user `admin`, when Grafana first starts; later it is changed in Grafana. */
  adminPassword: reference("password").prefault("grafana-admin"),
  resources: Resources.prefault({
    requests: { cpu: "100m", memory: "256Mi" },
    limits: { memory: "512Mi" },
  }),
  placement: Placement.optional(),
  storage: Storage.prefault({}),
});
/** {@inheritDoc GrafanaConfig} */
export type GrafanaConfig = z.infer<typeof GrafanaConfig>;

/** `fleet:extras.metrics`. */
export const MetricsConfig = z.strictObject({
  namespace: DnsLabel.default("metrics"),
  prometheus: PrometheusConfig.prefault({}),
  grafana: GrafanaConfig.prefault({}),
});
/** {@inheritDoc MetricsConfig} */
export type MetricsConfig = z.infer<typeof MetricsConfig>;
