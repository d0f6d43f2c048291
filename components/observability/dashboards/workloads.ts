/** Workloads: what runs, what it uses, what restarts; of all namespaces or of some. */
import type { Exporter } from "../families/types.ts";
import type { Dashboard, Panel, Variable } from "./types.ts";
import { badAboveNone, graph, query } from "./words.ts";

/** Panels from the objects of namespaces. */
const stateOf = (where: string): readonly Panel[] => [
  {
    title: "Restarts in the last hour",
    kind: "table",
    queries: [
      query(
        `sum by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total{${where}}[1h])) > 0`,
      ),
    ],
  },
  {
    title: "Pods short of what is wanted",
    ...badAboveNone,
    queries: [
      query(
        `kube_deployment_spec_replicas{${where}} - kube_deployment_status_replicas_available{${where}}`,
        "{{namespace}}/{{deployment}}",
      ),
      query(
        `kube_statefulset_replicas{${where}} - kube_statefulset_status_replicas_ready{${where}}`,
        "{{namespace}}/{{statefulset}}",
      ),
      query(
        `kube_daemonset_status_desired_number_scheduled{${where}} - kube_daemonset_status_number_ready{${where}}`,
        "{{namespace}}/{{daemonset}}",
      ),
    ],
  },
  graph(
    "Why containers wait",
    "short",
    `sum by (namespace, pod, reason) (kube_pod_container_status_waiting_reason{${where}})`,
    "{{namespace}}/{{pod}} {{reason}}",
  ),
];

/** Panels from what containers use. The containers of a pod's own network have no name. */
const useOf = (where: string): readonly Panel[] => [
  graph(
    "Processors",
    "short",
    `sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{${where},container!=""}[$__rate_interval]))`,
    "{{namespace}}/{{pod}}",
  ),
  graph(
    "Memory",
    "bytes",
    `sum by (namespace, pod) (container_memory_working_set_bytes{${where},container!=""})`,
    "{{namespace}}/{{pod}}",
  ),
  graph(
    "Share of time held back at the limit of processors",
    "percentunit",
    `sum by (namespace, pod) (rate(container_cpu_cfs_throttled_periods_total{${where}}[$__rate_interval])) / sum by (namespace, pod) (rate(container_cpu_cfs_periods_total{${where}}[$__rate_interval]))`,
    "{{namespace}}/{{pod}}",
    { max: 1 },
  ),
  {
    title: "Network",
    unit: "Bps",
    queries: [
      query(
        `sum by (namespace, pod) (rate(container_network_receive_bytes_total{${where}}[$__rate_interval]))`,
        "{{namespace}}/{{pod}} in",
      ),
      query(
        `sum by (namespace, pod) (rate(container_network_transmit_bytes_total{${where}}[$__rate_interval]))`,
        "{{namespace}}/{{pod}} out",
      ),
    ],
  },
];

/** Memory against its limit needs both sides. */
const nearLimit = (where: string): Panel =>
  graph(
    "Memory, of its limit",
    "percentunit",
    `sum by (namespace, pod, container) (container_memory_working_set_bytes{${where},container!=""}) / on (namespace, pod, container) sum by (namespace, pod, container) (kube_pod_container_resource_limits{${where},resource="memory"})`,
    "{{namespace}}/{{pod}} {{container}}",
    { max: 1, bad: { from: 0.9 } },
  );

const panelsOf = (exporters: readonly Exporter[], where: string): Panel[] => [
  ...(exporters.includes("kube-state-metrics") ? stateOf(where) : []),
  ...(exporters.includes("cadvisor") ? useOf(where) : []),
  ...(exporters.includes("kube-state-metrics") && exporters.includes("cadvisor")
    ? [nearLimit(where)]
    : []),
];

const namespaces = (exporters: readonly Exporter[]): Variable => ({
  name: "namespace",
  title: "Namespace",
  selector: exporters.includes("kube-state-metrics")
    ? "kube_pod_info"
    : "container_memory_working_set_bytes",
  label: "namespace",
});

/** The dashboard of all workloads, with a choice of namespaces. */
export const workloadsDashboard = (exporters: readonly Exporter[]): Dashboard => ({
  uid: "workloads",
  title: "Workloads",
  variables: [namespaces(exporters)],
  panels: panelsOf(exporters, 'namespace=~"$namespace"'),
});

/** Panels of the workloads of a system, for its own dashboard. */
export const systemPanels = (
  exporters: readonly Exporter[],
  systemNamespaces: readonly string[],
): Panel[] => panelsOf(exporters, `namespace=~"${systemNamespaces.join("|")}"`);
