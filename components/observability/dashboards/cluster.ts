/** The cluster: its nodes, and what they have left. */
import type { Exporter } from "../families/types.ts";
import type { Dashboard, Panel } from "./types.ts";
import { badAboveNone, graph, number, query } from "./words.ts";

const notRunning = 'phase!~"Running|Succeeded"';

const fromState: readonly Panel[] = [
  number(
    "Nodes that are not ready",
    'count(kube_node_status_condition{condition="Ready",status="true"} == 0) or vector(0)',
    badAboveNone,
  ),
  number("Pods that do not run", `sum(kube_pod_status_phase{${notRunning}})`, badAboveNone),
  number(
    "Restarts in the last hour",
    "sum(increase(kube_pod_container_status_restarts_total[1h]))",
    { bad: { from: 5 } },
  ),
  number(
    "Alerts that fire",
    'count(ALERTS{alertstate="firing",severity!="none"}) or vector(0)',
    badAboveNone,
  ),
  {
    title: "Processors asked for, of those there are",
    unit: "percentunit",
    max: 1,
    queries: [
      query(
        'sum by (node) (kube_pod_container_resource_requests{resource="cpu"}) / on (node) sum by (node) (kube_node_status_allocatable{resource="cpu"})',
        "{{node}}",
      ),
    ],
  },
  {
    title: "Memory asked for, of that there is",
    unit: "percentunit",
    max: 1,
    queries: [
      query(
        'sum by (node) (kube_pod_container_resource_requests{resource="memory"}) / on (node) sum by (node) (kube_node_status_allocatable{resource="memory"})',
        "{{node}}",
      ),
    ],
  },
];

const fromNodes: readonly Panel[] = [
  graph(
    "Processors in use",
    "percentunit",
    '1 - avg by (node) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))',
    "{{node}}",
    { max: 1 },
  ),
  graph(
    "Memory in use",
    "percentunit",
    "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
    "{{node}}",
    { max: 1 },
  ),
  graph(
    "Disks in use",
    "percentunit",
    '1 - node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs|ramfs"} / node_filesystem_size_bytes{fstype!~"tmpfs|overlay|squashfs|ramfs"}',
    "{{node}} {{mountpoint}}",
    { max: 1 },
  ),
  graph("Load", "short", "node_load5", "{{node}}"),
  graph(
    "Waiting for disks",
    "percentunit",
    "rate(node_pressure_io_waiting_seconds_total[$__rate_interval])",
    "{{node}}",
  ),
];

/** The kubelet sees the node's own network (`id="/"`); the node exporter has a network of its own. */
const fromKubelets: readonly Panel[] = [
  {
    title: "Network",
    unit: "Bps",
    queries: [
      query(
        'sum by (node) (rate(container_network_receive_bytes_total{id="/",interface!~"lo|veth.*|cali.*|cilium.*"}[$__rate_interval]))',
        "{{node}} in",
      ),
      query(
        'sum by (node) (rate(container_network_transmit_bytes_total{id="/",interface!~"lo|veth.*|cali.*|cilium.*"}[$__rate_interval]))',
        "{{node}} out",
      ),
    ],
  },
];

const fromApiServer: readonly Panel[] = [
  graph(
    "API server: requests a second",
    "reqps",
    "sum by (verb) (rate(apiserver_request_total[$__rate_interval]))",
    "{{verb}}",
  ),
  graph(
    "API server: errors a second",
    "reqps",
    'sum by (resource, code) (rate(apiserver_request_total{code=~"5.."}[$__rate_interval]))',
    "{{resource}} {{code}}",
  ),
];

/** The dashboard of the cluster, with what its stack can tell. */
export const clusterDashboard = (exporters: readonly Exporter[]): Dashboard => ({
  uid: "cluster",
  title: "Cluster",
  panels: [
    ...(exporters.includes("kube-state-metrics") ? fromState : []),
    ...(exporters.includes("node-exporter") ? fromNodes : []),
    ...(exporters.includes("cadvisor") ? fromKubelets : []),
    ...(exporters.includes("api-server") ? fromApiServer : []),
  ],
});
