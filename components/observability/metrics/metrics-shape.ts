/** What follows from `fleet:observability.metrics`: names, calls, requests, whom Prometheus reads. Pure. */
import { type Flow, type FlowPort, kubeletPort, type Peer, tcp } from "../../base/flows.ts";
import type { CapacityRequest } from "../../platform/capacity.ts";
import type { Exporter } from "../families/types.ts";
import { alertmanagerPort, alertmanagerPorts } from "./alertmanager-files.ts";
import { exporterSections } from "./exporters-shape.ts";
import type { MetricsConfig } from "./metrics.schema.ts";
import { certManager, prometheusPort } from "./scrape-jobs.ts";
import { singleSignOnPorts } from "./single-sign-on.ts";

/** Workloads, which are also the Services that lead to them. */
export const metricsNames = {
  prometheus: "prometheus",
  alertmanager: "alertmanager",
  grafana: "grafana",
} as const;

const workload = (name: string, namespace: string): Peer => ({ kind: "workload", name, namespace });

/** Who draws what is measured. */
export const metricsReader = ({ namespace }: MetricsConfig): Peer =>
  workload(metricsNames.grafana, namespace);

/** Who reads metrics. */
export const metricsScraper = ({ namespace }: MetricsConfig): Peer =>
  workload(metricsNames.prometheus, namespace);

/** Calls of Prometheus, but for the reading of pods, which is a flow of what is read. */
function prometheusFlows({ namespace, prometheus, alertmanager }: MetricsConfig): Flow[] {
  const from = workload(metricsNames.prometheus, namespace);
  const { kubelets, certManager: issuer } = prometheus.cluster;
  return [
    // Where pods and nodes are, and the API server's own metrics.
    { from, to: { kind: "api-server" }, ports: [] },
    ...(kubelets ? [{ from, to: { kind: "nodes" } as const, ports: [tcp(kubeletPort)] }] : []),
    ...(issuer === undefined
      ? []
      : certManager.workloads.map((name) => ({
          from,
          to: workload(name, issuer.namespace),
          ports: [tcp(certManager.port)],
        }))),
    // One port for alerts and for its metrics.
    ...(alertmanager === undefined
      ? []
      : [
          {
            from,
            to: workload(metricsNames.alertmanager, namespace),
            ports: [tcp(alertmanagerPort)],
          },
        ]),
  ];
}

const outside = (from: Peer, ports: readonly number[]): Flow[] =>
  ports.length === 0 ? [] : [{ from, to: { kind: "internet" }, ports: ports.map(tcp) }];

function grafanaFlows({ namespace, alertmanager, grafana }: MetricsConfig): Flow[] {
  const from = workload(metricsNames.grafana, namespace);
  const calls = (name: string, ...ports: FlowPort[]): Flow => ({
    from,
    to: workload(name, namespace),
    ports,
  });
  return [
    calls(metricsNames.prometheus, tcp(prometheusPort)),
    ...(alertmanager === undefined
      ? []
      : [calls(metricsNames.alertmanager, tcp(alertmanagerPort))]),
    ...outside(
      from,
      grafana.singleSignOn === undefined ? [] : singleSignOnPorts(grafana.singleSignOn),
    ),
  ];
}

/**
 * Calls of Prometheus, Alertmanager and Grafana. The reading of metrics, and Grafana's of logs and
 * profiles, are flows of what is read.
 */
export const metricsFlows = (config: MetricsConfig): Flow[] => [
  ...prometheusFlows(config),
  ...grafanaFlows(config),
  ...(config.alertmanager === undefined
    ? []
    : outside(
        workload(metricsNames.alertmanager, config.namespace),
        alertmanagerPorts(config.alertmanager),
      )),
];

/** What each asks of the nodes, by its section. */
export function metricsRequests(
  config: MetricsConfig,
): { readonly section: keyof typeof metricsNames; readonly request: CapacityRequest }[] {
  return (["prometheus", "alertmanager", "grafana"] as const).flatMap((section) => {
    const found = config[section];
    return found === undefined
      ? []
      : [
          {
            section,
            request: {
              workload: metricsNames[section],
              replicas: 1,
              ...found.resources.requests,
              placement: found.placement ?? {},
              disks: 1,
            },
          },
        ];
  });
}

/** What an operator should know of his choice. */
export const metricsWarnings = ({ alertmanager }: Pick<MetricsConfig, "alertmanager">): string[] =>
  alertmanager === undefined || alertmanager.deadMan !== undefined
    ? []
    : [
        "fleet:observability.metrics.alertmanager has no deadMan: when Prometheus or Alertmanager itself is silent, nobody learns of it. Name a receiver of something outside the cluster that raises the alarm when messages stay away, e.g. deadMan: { receiver: watchdog }.",
      ];

const sectionExporters = {
  pushGateway: "push-gateway",
  kubeState: "kube-state-metrics",
  nodes: "node-exporter",
  statsd: "statsd",
} as const satisfies Record<string, Exporter>;

/** Whom Prometheus reads, in the words of the catalogue of metrics, beside the system's own programs. */
export function metricsExporters(config: MetricsConfig): Exporter[] {
  const { cluster } = config.prometheus;
  return [
    "prometheus",
    ...(config.alertmanager === undefined ? [] : (["alertmanager"] as const)),
    ...(cluster.kubelets ? (["kubelet", "cadvisor"] as const) : []),
    ...(cluster.apiServer ? (["api-server"] as const) : []),
    ...(cluster.certManager === undefined ? [] : (["cert-manager"] as const)),
    ...exporterSections(config).map((section) => sectionExporters[section]),
  ];
}
