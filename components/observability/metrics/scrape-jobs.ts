/** Whom Prometheus reads: jobs of its config. Pure. */
import {
  metricsLabelsAnnotation,
  metricsPathAnnotation,
  metricsPortAnnotation,
} from "../../base/announce.ts";
import { elkNames } from "../elk/names.ts";
import { elasticsearch } from "../families/elasticsearch.ts";
import { apiServer, kubelet } from "../families/kubernetes.ts";
import type { Family } from "../families/types.ts";

/** Port of Prometheus. */
export const prometheusPort = 9090;

/** Labels by which cert-manager's chart names its pods, and where each of them tells of itself and of certificates. */
export const certManager = {
  workloads: ["cert-manager", "webhook", "cainjector"],
  port: 9402,
} as const;

/** A job of `scrape_configs`, as far as it is looked at here. */
export interface ScrapeJob {
  readonly job_name: string;
  readonly [setting: string]: unknown;
}

/** Whom the jobs are for. */
export interface ScrapeSettings {
  /** Namespaces whose pods are read. */
  readonly namespaces: readonly string[];
  readonly kubelets: boolean;
  readonly apiServer: boolean;
  /** Whether there is an exporter of Elasticsearch. Default: none. */
  readonly elasticsearch?: boolean;
  /** Namespace of a cert-manager. */
  readonly certManager?: string | undefined;
  /** How Prometheus logs in to itself. */
  readonly self?: { readonly username: string; readonly password_file: string } | undefined;
}

/** Annotation of a pod as service discovery names it. */
const annotation = (name: string): string =>
  `__meta_kubernetes_pod_annotation_${name.replaceAll(/[^a-zA-Z0-9_]/g, "_")}`;

const port = annotation(metricsPortAnnotation);
const path = annotation(metricsPathAnnotation);
const labels = annotation(metricsLabelsAnnotation);

/** The workload: the same for all pods of one, and for the pod that follows one. */
const workloadLabel = {
  source_labels: ["__meta_kubernetes_pod_label_app_kubernetes_io_name"],
  target_label: "workload",
};

/** Which pods are read, and where: those that say so themselves. */
const announced = [
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
];

/**
 * Pods that announce metrics about themselves. A component that announces metrics is read as soon as it
 * runs; there is no list to forget it in.
 */
export const podRelabelling = [
  ...announced,
  { source_labels: [labels], action: "drop", regex: "own" },
  { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
  { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
  { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
  workloadLabel,
];

/**
 * Pods whose metrics tell of others: their series say themselves of which namespace, pod and job they are,
 * and those without any, as of a node, must not get the exporter's own.
 */
export const exporterRelabelling = [
  ...announced,
  { source_labels: [labels], action: "keep", regex: "own" },
  workloadLabel,
];

const podsOf = (namespaces: readonly string[]) => [
  { role: "pod", namespaces: { names: [...namespaces] } },
];

const account = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The pod's own account, which may read these metrics and little else. */
const authorization = { credentials_file: `${account}/token` };

const kubeletTarget = {
  scheme: "https",
  authorization,
  // Kubelets make their certificates themselves, and most clusters never sign them: there is nothing to
  // prove them by. What they could learn from the token is where pods are.
  tls_config: { insecure_skip_verify: true },
  kubernetes_sd_configs: [{ role: "node" }],
  relabel_configs: [{ source_labels: ["__meta_kubernetes_node_name"], target_label: "node" }],
};

const dropped = (names: string) => ({
  source_labels: ["__name__"],
  action: "drop",
  regex: names,
});

/** Names of a family's series, as one pattern. */
const seriesPattern = (family: Family): string =>
  Object.entries(family)
    .map(([name, { kind }]) => (kind === "histogram" ? `${name}_(bucket|count|sum)` : name))
    .join("|");

/** Of Elasticsearch's exporter what the catalogue knows: it shows a hundred series of every index, and one more a day. */
const elasticsearchRelabelling = [
  {
    source_labels: ["workload", "__name__"],
    regex: `${elkNames.exporter};(${seriesPattern(elasticsearch)})`,
    target_label: "__known",
    replacement: "known",
  },
  { source_labels: ["workload", "__known"], action: "drop", regex: `${elkNames.exporter};` },
  { action: "labeldrop", regex: "__known" },
];

const kubeletJobs: readonly ScrapeJob[] = [
  {
    job_name: "kubelet",
    ...kubeletTarget,
    // Thousands of series a node, of the kubelet's inner life, but for those that the catalogue knows.
    metric_relabel_configs: [
      {
        source_labels: ["__name__"],
        regex: seriesPattern(kubelet),
        target_label: "__known",
        replacement: "known",
      },
      { source_labels: ["__name__", "__known"], action: "drop", regex: ".+_bucket;" },
      { action: "labeldrop", regex: "__known" },
    ],
  },
  {
    job_name: "cadvisor",
    ...kubeletTarget,
    metrics_path: "/metrics/cadvisor",
    metric_relabel_configs: [
      dropped(
        "container_(tasks_state|memory_failures_total|blkio_device_usage_total|network_(tcp|tcp6|udp|udp6|advance_tcp_stats)_.+|hugetlb_.+|ulimits_soft)",
      ),
      // Sums over a slice of the node: the same bytes as those of its containers, a second time. Only of the
      // network the whole node has more than its pods: nobody else tells of it.
      {
        source_labels: ["__name__", "pod", "id"],
        action: "drop",
        regex: "container_.+;;/.+|container_([^n]|n[^e]).*;;/",
      },
    ],
  },
];

const apiServerJob: ScrapeJob = {
  job_name: "apiserver",
  scheme: "https",
  authorization,
  tls_config: { ca_file: `${account}/ca.crt` },
  static_configs: [{ targets: ["kubernetes.default.svc:443"] }],
  // It has tens of thousands of series: those that the catalogue knows are kept.
  metric_relabel_configs: [
    { source_labels: ["__name__"], action: "keep", regex: seriesPattern(apiServer) },
  ],
};

const certManagerJob = (namespace: string): ScrapeJob => ({
  job_name: "cert-manager",
  // Its series say of which namespace the certificate is.
  honor_labels: true,
  kubernetes_sd_configs: podsOf([namespace]),
  relabel_configs: [
    {
      source_labels: ["__meta_kubernetes_pod_label_app_kubernetes_io_name"],
      action: "keep",
      regex: certManager.workloads.join("|"),
    },
    {
      source_labels: ["__meta_kubernetes_pod_container_port_number"],
      action: "keep",
      regex: `${certManager.port}`,
    },
    workloadLabel,
  ],
});

/** Every job of a Prometheus. */
export function scrapeJobs(settings: ScrapeSettings): ScrapeJob[] {
  const { namespaces, self } = settings;
  // Discovery without any namespace would mean all of them.
  const pods: ScrapeJob[] =
    namespaces.length === 0
      ? []
      : [
          {
            job_name: "pods",
            kubernetes_sd_configs: podsOf(namespaces),
            relabel_configs: podRelabelling,
          },
          {
            job_name: "exporters",
            honor_labels: true,
            kubernetes_sd_configs: podsOf(namespaces),
            relabel_configs: exporterRelabelling,
            ...(settings.elasticsearch === true
              ? { metric_relabel_configs: elasticsearchRelabelling }
              : {}),
          },
        ];
  return [
    {
      job_name: "prometheus",
      ...(self === undefined ? {} : { basic_auth: { ...self } }),
      static_configs: [
        { targets: [`localhost:${prometheusPort}`], labels: { workload: "prometheus" } },
      ],
    },
    ...pods,
    ...(settings.kubelets ? kubeletJobs : []),
    ...(settings.apiServer ? [apiServerJob] : []),
    ...(settings.certManager === undefined ? [] : [certManagerJob(settings.certManager)]),
  ];
}
