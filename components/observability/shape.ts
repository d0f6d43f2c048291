/** What follows from `fleet:observability`: hosts, namespaces, calls, requests. Pure. */
import { type Flow, type Peer, tcp } from "../base/flows.ts";
import type { CapacityRequest } from "../platform/capacity.ts";
import { type ClusterConfig, clusterNodes } from "../platform/cluster.schema.ts";
import { controllerMetrics, entryFlows } from "../platform/controller-shape.ts";
import { type GuardedHost, tlsAlone } from "../platform/guards.schema.ts";
import type { IngressConfig } from "../platform/ingress.schema.ts";
import type { PodSecurityLevel } from "../platform/namespace.ts";
import { tolerateAll } from "../platform/node-keeper-plan.ts";
import { elkHosts } from "./elk/shape.ts";
import { elkOf, hasStoreNamespace, logsFlows, logsWorkloads } from "./logs/logs-shape.ts";
import type { LogsConfig } from "./logs/logs.schema.ts";
import { type EveryNode, exporterFlows, exporterRequests } from "./metrics/exporters-shape.ts";
import { grafanaPort } from "./metrics/grafana-files.ts";
import {
  metricsFlows,
  metricsNames,
  metricsReader,
  metricsRequests,
  metricsScraper,
} from "./metrics/metrics-shape.ts";
import type { MetricsConfig } from "./metrics/metrics.schema.ts";
import { prometheusPort } from "./metrics/scrape-jobs.ts";
import type { ObservabilityConfig } from "./observability.schema.ts";
import type { SystemCallers } from "./parts.ts";
import { profilesFlows, profilesWorkloads } from "./profiles/shape.ts";

/** Place in the stack file, e.g. `["observability", "metrics", "grafana"]`. */
export type SectionPath = readonly string[];

/** A public host, which leads to one workload. */
export interface PublicPage {
  /** Name of the workload, its Service and its Ingress. */
  readonly name: string;
  readonly host: string;
  /** Its place in the stack file. */
  readonly path: SectionPath;
  readonly namespace: string;
  /** Port of the pods. */
  readonly port: number;
  /** Path that answers 200 while all is well, where there is one. */
  readonly check?: string;
}

/** A namespace, by the part that it belongs to. */
export interface PartNamespace {
  readonly part: "metrics" | "logs" | "logShipper" | "profiles";
  readonly path: SectionPath;
  readonly name: string;
  readonly podSecurity: PodSecurityLevel;
}

/** What a workload asks of the nodes. */
export interface PartWorkload {
  readonly path: SectionPath;
  readonly namespace: string;
  readonly request: CapacityRequest;
}

const place = (...steps: readonly string[]): SectionPath => ["observability", ...steps];

const metricsPages = ({ namespace, grafana, prometheus }: MetricsConfig): PublicPage[] => [
  {
    name: metricsNames.grafana,
    host: grafana.host,
    path: place("metrics", "grafana", "host"),
    namespace,
    port: grafanaPort,
    check: "/api/health",
  },
  // No check: it answers nobody without a password.
  ...(prometheus.host === undefined
    ? []
    : [
        {
          name: metricsNames.prometheus,
          host: prometheus.host,
          path: place("metrics", "prometheus", "host"),
          namespace,
          port: prometheusPort,
        },
      ]),
];

function logsPages(logs: LogsConfig): PublicPage[] {
  const elk = elkOf(logs);
  return elk === undefined
    ? []
    : elkHosts(elk).map((page) => ({
        ...page,
        path: place("logs", ...page.path),
        namespace: logs.namespace,
      }));
}

/** The public hosts. */
export const pagesOf = ({ metrics, logs }: ObservabilityConfig): PublicPage[] => [
  ...(metrics === undefined ? [] : metricsPages(metrics)),
  ...(logs === undefined ? [] : logsPages(logs)),
];

/**
 * What is checked before the pages: that whoever comes by HTTP goes on by TLS, where there is some. People enter
 * passwords at each, and Prometheus takes one with every request.
 */
export const pageGuards = (
  config: ObservabilityConfig,
  { tls }: Pick<IngressConfig, "tls">,
): readonly GuardedHost[] =>
  tls.kind === "none" ? [] : tlsAlone(pagesOf(config).map(({ host }) => host));

const logsNamespaces = (logs: LogsConfig): PartNamespace[] => [
  ...(hasStoreNamespace(logs)
    ? [
        {
          part: "logs",
          path: place("logs", "namespace"),
          name: logs.namespace,
          podSecurity: "restricted",
        } as const,
      ]
    : []),
  {
    part: "logShipper",
    path: place("logs", "shipper", "namespace"),
    name: logs.shipper.namespace,
    // Folders of the node.
    podSecurity: "privileged",
  },
];

/** The namespaces. */
export const partNamespaces = ({
  metrics,
  logs,
  profiles,
}: ObservabilityConfig): PartNamespace[] => [
  ...(metrics === undefined
    ? []
    : [
        {
          part: "metrics",
          path: place("metrics", "namespace"),
          name: metrics.namespace,
          // The node exporter reads folders of the node.
          podSecurity: metrics.nodes === undefined ? "restricted" : "privileged",
        } as const,
      ]),
  ...(logs === undefined ? [] : logsNamespaces(logs)),
  ...(profiles === undefined
    ? []
    : [
        {
          part: "profiles",
          path: place("profiles", "namespace"),
          name: profiles.namespace,
          podSecurity: "restricted",
        } as const,
      ]),
];

/** Who draws what is measured. */
const readersOf = ({ metrics }: ObservabilityConfig): Peer[] =>
  metrics === undefined ? [] : [metricsReader(metrics)];

/** Who reads metrics. */
export const scrapersOf = ({ metrics }: ObservabilityConfig): Peer[] =>
  metrics === undefined ? [] : [metricsScraper(metrics)];

function entryPoints(config: ObservabilityConfig, ingress: IngressConfig): Flow[] {
  const scrapers = scrapersOf(config);
  return [
    ...pagesOf(config).flatMap(({ name, host, namespace, port }) =>
      entryFlows(ingress, host, { kind: "workload", name, namespace }, port),
    ),
    ...scrapers.flatMap((from) =>
      controllerMetrics(ingress).map(({ peer, port }) => ({ from, to: peer, ports: [tcp(port)] })),
    ),
  ];
}

/** Every call but the reading of the system's metrics, which is a flow of what is read. */
export function observabilityFlows(
  config: ObservabilityConfig,
  ingress: IngressConfig,
  callers: SystemCallers = { metrics: [], profiles: [] },
): Flow[] {
  const { metrics, logs, profiles } = config;
  const neighbours = { scrapers: scrapersOf(config), readers: readersOf(config) };
  return [
    ...(metrics === undefined
      ? []
      : [
          ...metricsFlows(metrics),
          ...exporterFlows(metrics, {
            ...neighbours,
            pushers: callers.metrics,
            statsdClients: callers.statsd ?? [],
          }),
        ]),
    ...(logs === undefined ? [] : logsFlows(logs, neighbours)),
    ...(profiles === undefined
      ? []
      : profilesFlows(profiles, { ...neighbours, pushers: callers.profiles })),
    ...entryPoints(config, ingress),
  ];
}

const metricsWorkloads = (metrics: MetricsConfig, nodes: EveryNode): PartWorkload[] =>
  [...metricsRequests(metrics), ...exporterRequests(metrics, nodes)].map(
    ({ section, request }) => ({
      path: place("metrics", section),
      namespace: metrics.namespace,
      request,
    }),
  );

/** Every workload. */
export function observabilityWorkloads(
  { metrics, logs, profiles }: ObservabilityConfig,
  cluster: ClusterConfig,
): PartWorkload[] {
  const nodes = { count: clusterNodes(cluster).length, tolerations: tolerateAll(cluster) };
  return [
    ...(metrics === undefined ? [] : metricsWorkloads(metrics, nodes)),
    ...(logs === undefined
      ? []
      : logsWorkloads(logs, nodes, metrics !== undefined).map((one) => ({
          ...one,
          path: place("logs", ...one.path),
        }))),
    ...(profiles === undefined
      ? []
      : profilesWorkloads(profiles).map(({ path, request }) => ({
          path: place("profiles", ...path),
          namespace: profiles.namespace,
          request,
        }))),
  ];
}
