/** What follows from `fleet:observability`: hosts, namespaces, calls, requests. Pure. */
import { type Flow, type Peer, tcp } from "../base/flows.ts";
import type { CapacityRequest } from "../platform/capacity.ts";
import { entryFlows } from "../platform/controllers.ts";
import type { IngressConfig } from "../platform/ingress.schema.ts";
import { grafanaPort } from "./metrics/grafana-files.ts";
import { prometheusPort } from "./metrics/prometheus-files.ts";
import type { ObservabilityConfig } from "./observability.schema.ts";
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

/** A namespace, by the section that it belongs to. */
export interface PartNamespace {
  /** Name of the part, e.g. `metrics`. */
  readonly part: string;
  readonly path: SectionPath;
  readonly name: string;
}

/** What a workload asks of the nodes. */
export interface PartWorkload {
  readonly path: SectionPath;
  readonly namespace: string;
  readonly request: CapacityRequest;
}

const workload = (name: string, namespace: string): Peer => ({ kind: "workload", name, namespace });

/** The public hosts. */
export const pagesOf = ({ metrics }: ObservabilityConfig): PublicPage[] =>
  metrics === undefined
    ? []
    : [
        {
          name: "grafana",
          host: metrics.grafana.host,
          path: ["observability", "metrics", "grafana", "host"],
          namespace: metrics.namespace,
          port: grafanaPort,
          check: "/api/health",
        },
      ];

/** The namespaces. */
export const partNamespaces = ({ metrics, profiles }: ObservabilityConfig): PartNamespace[] =>
  Object.entries({ metrics, profiles }).flatMap(([part, config]) =>
    config === undefined
      ? []
      : [{ part, path: ["observability", part, "namespace"], name: config.namespace }],
  );

/** Who draws what is measured. */
const readersOf = ({ metrics }: ObservabilityConfig): Peer[] =>
  metrics === undefined ? [] : [workload("grafana", metrics.namespace)];

/** Who reads metrics. */
export const scrapersOf = ({ metrics }: ObservabilityConfig): Peer[] =>
  metrics === undefined ? [] : [workload("prometheus", metrics.namespace)];

function metricsFlows({ metrics }: ObservabilityConfig): Flow[] {
  if (metrics === undefined) {
    return [];
  }
  const prometheus = workload("prometheus", metrics.namespace);
  const grafana = workload("grafana", metrics.namespace);
  return [
    { from: prometheus, to: { kind: "api-server" }, ports: [] },
    { from: grafana, to: prometheus, ports: [tcp(prometheusPort)] },
  ];
}

/** Every call but the reading of the system's metrics, which is a flow of what is read. */
export const observabilityFlows = (config: ObservabilityConfig, ingress: IngressConfig): Flow[] => [
  ...metricsFlows(config),
  ...(config.profiles === undefined
    ? []
    : profilesFlows(config.profiles, {
        scrapers: scrapersOf(config),
        readers: readersOf(config),
      })),
  ...pagesOf(config).flatMap(({ name, host, namespace, port }) =>
    entryFlows(ingress, host, workload(name, namespace), port),
  ),
];

function metricsWorkloads({ metrics }: ObservabilityConfig): PartWorkload[] {
  if (metrics === undefined) {
    return [];
  }
  return (["prometheus", "grafana"] as const).map((name) => {
    const { resources, placement = {} } = metrics[name];
    return {
      path: ["observability", "metrics", name],
      namespace: metrics.namespace,
      request: { workload: name, replicas: 1, ...resources.requests, placement },
    };
  });
}

/** Every workload. */
export function observabilityWorkloads(config: ObservabilityConfig): PartWorkload[] {
  const { profiles } = config;
  return [
    ...metricsWorkloads(config),
    ...(profiles === undefined
      ? []
      : profilesWorkloads(profiles).map(({ path, request }) => ({
          path: ["observability", "profiles", ...path],
          namespace: profiles.namespace,
          request,
        }))),
  ];
}
