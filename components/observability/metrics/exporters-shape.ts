/** What follows from the exporters that a stack has: their names, ports, calls and requests. Pure. */
import { type Flow, type Peer, tcp, udp } from "../../base/flows.ts";
import type { CapacityRequest } from "../../platform/capacity.ts";
import type { Resources, Toleration } from "../../workload/workload.schema.ts";
import type { PlatformFault } from "../../platform/fault.ts";
import { namedFaults } from "../named-workloads.ts";
import type {
  Callers,
  KubeStateConfig,
  NodesConfig,
  PushGatewayConfig,
} from "./exporters.schema.ts";
import type { StatsdConfig } from "./statsd.schema.ts";

/** The exporters of a stack, as `fleet:observability.metrics` says them: each runs where its section stands. */
export interface ExportersConfig {
  readonly namespace: string;
  readonly pushGateway?: PushGatewayConfig | undefined;
  readonly kubeState?: KubeStateConfig | undefined;
  readonly nodes?: NodesConfig | undefined;
  readonly statsd?: StatsdConfig | undefined;
}

/** Section of an exporter. */
export type ExporterSection = Exclude<keyof ExportersConfig, "namespace">;

/** Section → name of its workload and, where it has one, of its Service. */
export const exporterNames = {
  pushGateway: "push-gateway",
  kubeState: "kube-state-metrics",
  nodes: "node-exporter",
  statsd: "statsd",
} as const satisfies Record<ExporterSection, string>;

/** Section → port of the pods on which Prometheus reads, and by which programs push. */
export const exporterPorts = {
  pushGateway: 9091,
  kubeState: 8080,
  nodes: 9100,
  statsd: 9102,
} as const satisfies Record<ExporterSection, number>;

/** UDP ports of StatsD: the pods' own, and the one of the Service, to which clients send by default. */
export const statsdPorts = { pods: 9125, service: 8125 } as const;

/** Whom the exporters of a stack meet. */
export interface ExporterNeighbours {
  /** Who reads metrics. */
  readonly scrapers: readonly Peer[];
  /** The system's own programs that push metrics. */
  readonly pushers: readonly Peer[];
  /** The system's own programs that send to StatsD. */
  readonly statsdClients: readonly Peer[];
}

const sections = Object.keys(exporterNames) as ExporterSection[];

/** The exporters that a stack has. */
export const exporterSections = (config: ExportersConfig): ExporterSection[] =>
  sections.filter((section) => config[section] !== undefined);

/** An exporter as an end of flows. */
const exporterPeer = (section: ExporterSection, namespace: string): Peer => ({
  kind: "workload",
  name: exporterNames[section],
  namespace,
});

const named = (callers: Callers = {}): Peer[] =>
  Object.entries(callers).map(([name, { namespace }]) => ({ kind: "workload", name, namespace }));

/** Every call to and of the exporters. */
export function exporterFlows(
  config: ExportersConfig,
  { scrapers, pushers, statsdClients }: ExporterNeighbours,
): Flow[] {
  const found = exporterSections(config);
  const peer = (section: ExporterSection): Peer => exporterPeer(section, config.namespace);
  const calls = (callers: readonly Peer[], section: ExporterSection, port: Flow["ports"]): Flow[] =>
    found.includes(section)
      ? callers.map((from) => ({ from, to: peer(section), ports: port }))
      : [];
  return [
    ...found.flatMap((section) => calls(scrapers, section, [tcp(exporterPorts[section])])),
    ...calls([...pushers, ...named(config.pushGateway?.pushers)], "pushGateway", [
      tcp(exporterPorts.pushGateway),
    ]),
    ...calls([...statsdClients, ...named(config.statsd?.clients)], "statsd", [
      udp(statsdPorts.pods),
    ]),
    ...(found.includes("kubeState")
      ? [{ from: peer("kubeState"), to: { kind: "api-server" } as const, ports: [] }]
      : []),
  ];
}

/** Nodes on which a pod each of the node exporter runs. */
export interface EveryNode {
  readonly count: number;
  /** Of all taints that nodes have: see `tolerateAll`. */
  readonly tolerations: readonly Toleration[];
}

/** What an exporter asks of the nodes, by its section. */
export interface ExporterRequest {
  readonly section: ExporterSection;
  readonly request: CapacityRequest;
}

const asked = (section: ExporterSection, resources: Resources) => ({
  workload: exporterNames[section],
  ...resources.requests,
});

/** What the exporters ask of the nodes. */
export function exporterRequests(
  config: ExportersConfig,
  { count, tolerations }: EveryNode,
): ExporterRequest[] {
  const { pushGateway, kubeState, nodes, statsd } = config;
  const single = { pushGateway, kubeState, statsd };
  return [
    ...(["pushGateway", "kubeState", "statsd"] as const).flatMap((section) => {
      const found = single[section];
      return found === undefined
        ? []
        : [
            {
              section,
              request: {
                ...asked(section, found.resources),
                replicas: 1,
                placement: found.placement ?? {},
                disks: section === "pushGateway" ? 1 : 0,
              },
            },
          ];
    }),
    ...(nodes === undefined
      ? []
      : [
          {
            section: "nodes" as const,
            request: {
              ...asked("nodes", nodes.resources),
              replicas: count,
              placement: {
                podAntiAffinity: "required" as const,
                spread: "none" as const,
                tolerations: [...tolerations],
              },
            },
          },
        ]),
  ];
}

/**
 * Callers that the stack does not have, with paths below `metrics`.
 *
 * @param known Every workload of the stack, as `namespace/name`.
 */
export const exporterFaults = (
  { pushGateway, statsd }: ExportersConfig,
  known: readonly string[],
): PlatformFault[] => [
  ...namedFaults(["pushGateway", "pushers"], pushGateway?.pushers ?? {}, known),
  ...namedFaults(["statsd", "clients"], statsd?.clients ?? {}, known),
];
