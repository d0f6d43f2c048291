/** Prometheus' config and command line. Pure. */
import { stringify } from "yaml";

import { parseQuantity } from "../../base/quantity.ts";

/** Port of Prometheus. */
export const prometheusPort = 9090;

/** What a Prometheus is told. */
export interface PrometheusSettings {
  /** Name of the stack, for whoever compares two. */
  readonly stack: string;
  readonly intervalSeconds: number;
  /** Namespaces whose pods are read. */
  readonly namespaces: readonly string[];
}

/** Annotation of a pod as service discovery names it. */
const annotation = (name: string): string =>
  `__meta_kubernetes_pod_annotation_${name.replaceAll(/[^a-zA-Z0-9_]/g, "_")}`;

const port = annotation("fleet/metrics-port");
const path = annotation("fleet/metrics-path");

/**
 * Which pods are read, and where: those that say so themselves. A component that announces metrics is
 * read as soon as it runs; there is no list to forget it in.
 */
export const podRelabelling = [
  { source_labels: [port], action: "keep", regex: "\\d+" },
  // Discovery makes a target of each port of a pod.
  {
    source_labels: ["__meta_kubernetes_pod_container_port_number"],
    action: "keepequal",
    target_label: port,
  },
  { source_labels: ["__meta_kubernetes_pod_container_init"], action: "drop", regex: "true" },
  {
    source_labels: ["__meta_kubernetes_pod_phase"],
    action: "drop",
    regex: "Pending|Succeeded|Failed",
  },
  { source_labels: [path], regex: "(.+)", target_label: "__metrics_path__" },
  { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
  { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
  { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
  // The workload: the same for all pods of one, and for the pod that follows one.
  {
    source_labels: ["__meta_kubernetes_pod_label_app_kubernetes_io_name"],
    target_label: "workload",
  },
] as const;

/** `prometheus.yml`. */
export function prometheusFile({ stack, intervalSeconds, namespaces }: PrometheusSettings): string {
  return stringify({
    global: {
      scrape_interval: `${intervalSeconds}s`,
      scrape_timeout: `${Math.min(10, intervalSeconds)}s`,
      evaluation_interval: `${intervalSeconds}s`,
      external_labels: { stack },
    },
    scrape_configs: [
      {
        job_name: "prometheus",
        static_configs: [{ targets: [`localhost:${prometheusPort}`] }],
      },
      {
        job_name: "pods",
        kubernetes_sd_configs: [{ role: "pod", namespaces: { names: [...namespaces] } }],
        relabel_configs: podRelabelling,
      },
    ],
  });
}

/** Bytes in Prometheus' words: its units are powers of two, whatever they are called. */
export const prometheusBytes = (size: string): string =>
  `${Math.floor(parseQuantity(size) / 2 ** 20)}MB`;

/** Arguments of Prometheus. */
export function prometheusArguments(
  folders: { readonly config: string; readonly data: string },
  retention: { readonly time: string; readonly size: string },
): string[] {
  return [
    `--config.file=${folders.config}/prometheus.yml`,
    `--storage.tsdb.path=${folders.data}`,
    `--storage.tsdb.retention.time=${retention.time}`,
    `--storage.tsdb.retention.size=${prometheusBytes(retention.size)}`,
    `--web.listen-address=:${prometheusPort}`,
  ];
}
