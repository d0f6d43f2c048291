/** What a stack file says about the programs that tell Prometheus of others: pushed, cluster, nodes, StatsD. */
import * as z from "zod";

import { ImageReference } from "../../base/images.ts";
import { DnsLabel } from "../../base/scalars.ts";
import { Storage } from "../../workload/storage.schema.ts";
import { Placement, Resources } from "../../workload/workload.schema.ts";

/** Workloads of the stack that may call beside those that its system knows of, by their names. */
export const Callers = z.record(DnsLabel, z.strictObject({ namespace: DnsLabel })).default({});
/** {@inheritDoc Callers} */
export type Callers = z.infer<typeof Callers>;

/** The push gateway: keeps what programs push that end before anybody could read them. */
export const PushGatewayConfig = z.strictObject({
  image: ImageReference.default("docker.io/prom/pushgateway:v1.11.4"),
  resources: Resources.prefault({
    requests: { cpu: "25m", memory: "64Mi" },
    limits: { memory: "256Mi" },
  }),
  placement: Placement.optional(),
  /** Who may push. */
  pushers: Callers,
  /** What was pushed outlives its pod. */
  storage: Storage.prefault({ size: "1Gi" }),
});
/** {@inheritDoc PushGatewayConfig} */
export type PushGatewayConfig = z.infer<typeof PushGatewayConfig>;

/** kube-state-metrics: the cluster's objects as metrics. */
export const KubeStateConfig = z.strictObject({
  image: ImageReference.default("registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.18.0"),
  resources: Resources.prefault({
    requests: { cpu: "50m", memory: "128Mi" },
    limits: { memory: "512Mi" },
  }),
  placement: Placement.optional(),
});
/** {@inheritDoc KubeStateConfig} */
export type KubeStateConfig = z.infer<typeof KubeStateConfig>;

/** The node exporter: a pod on every node of the pools, whatever taints it has, and so without placement. */
export const NodesConfig = z.strictObject({
  image: ImageReference.default("docker.io/prom/node-exporter:v1.12.1"),
  resources: Resources.prefault({
    requests: { cpu: "25m", memory: "32Mi" },
    limits: { memory: "128Mi" },
  }),
});
/** {@inheritDoc NodesConfig} */
export type NodesConfig = z.infer<typeof NodesConfig>;
