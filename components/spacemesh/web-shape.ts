/** What follows from `fleet:webServices`: names, hosts, calls, requests. Pure. */
import { type Flow, type FlowPort, type Peer, tcp } from "../base/flows.ts";
import { formatCpu, parseQuantity } from "../base/quantity.ts";
import type { CapacityRequest } from "../platform/capacity.ts";
import { entryFlows } from "../platform/controller-shape.ts";
import type { IngressConfig } from "../platform/ingress.schema.ts";
import type { Resources } from "../workload/workload.schema.ts";
import { toNodes } from "./flows.ts";
import { hostOf, isProxied, type WebHost, webHosts } from "./names.ts";
import type { WebServicesConfig } from "./web-services.schema.ts";

/** Workloads, by the names that operators know (facts/spacemesh.md 2.10 to 2.12). */
export const webWorkloads = {
  api: "spacemesh-api",
  explorer: "spacemesh-explorer-api",
  collector: "spacemesh-explorer-collector",
  dashboard: "spacemesh-dash",
} as const;

/** Services before them, by the names that others dial. */
export const webServiceNames = {
  /** gRPC, JSON and metrics of the public nodes, as before. */
  api: "spacemesh-api",
  /** gRPC alone: what a controller is told of a backend's protocol, it is told of a whole Service. */
  grpc: "spacemesh-api-grpc",
  explorer: "spacemesh-explorer",
  mongo: "spacemesh-explorer-mongo",
  collector: "spacemesh-explorer-collector",
  dashboard: "spacemesh-dash",
} as const;

/** Ports of the programs, inside their pods. */
export const webPorts = {
  grpc: 9092,
  json: 9093,
  metrics: 1010,
  explorer: 5000,
  mongo: 27_017,
  dashboard: 8080,
  /** Of the check beside a node. */
  sync: 8090,
} as const;

/** How long a gRPC stream and the dashboard's WebSocket may be silent (facts/spacemesh.md 5.2). */
const streamSeconds = 600;

/** A public host, and what it leads to. */
export interface WebPage {
  readonly name: WebHost;
  readonly host: string;
  /** Place in the file that makes it what it is. */
  readonly path: readonly string[];
  readonly workload: string;
  /** Port of the pods. */
  readonly port: number;
  readonly service: string;
  readonly servicePort: number;
  readonly protocol: "http" | "grpc";
  /** How long its connections may be silent. Default: as any other's. */
  readonly streamSeconds?: number;
  /** Whether Cloudflare's proxy stands before it. */
  readonly proxied: boolean;
}

type Target = Omit<WebPage, "name" | "host" | "path" | "proxied">;

/** What each public host leads to, whatever it is called. */
export const webTargets: Readonly<Record<WebHost, Target>> = {
  api: {
    workload: webWorkloads.api,
    port: webPorts.grpc,
    service: webServiceNames.grpc,
    servicePort: webPorts.grpc,
    protocol: "grpc",
    streamSeconds,
  },
  "api-json": {
    workload: webWorkloads.api,
    port: webPorts.json,
    service: webServiceNames.api,
    servicePort: webPorts.json,
    protocol: "http",
  },
  "dash-api": {
    workload: webWorkloads.dashboard,
    port: webPorts.dashboard,
    service: webServiceNames.dashboard,
    servicePort: 80,
    protocol: "http",
    // A WebSocket that is told of each layer.
    streamSeconds,
  },
  "explorer-api": {
    workload: webWorkloads.explorer,
    port: webPorts.explorer,
    service: webServiceNames.explorer,
    servicePort: webPorts.explorer,
    protocol: "http",
  },
};

/** The four public hosts. */
export const webPages = (network: string, domain: string): WebPage[] =>
  webHosts.map((name) => ({
    name,
    host: hostOf(name, network, domain),
    path: ["webServices"],
    proxied: isProxied(name),
    ...webTargets[name],
  }));

/** What of a stack decides the calls of its web services. */
export interface WebShape {
  readonly namespace: string;
  readonly network: string;
  readonly domain: string;
  readonly ingress: IngressConfig;
  /** Who reads metrics. */
  readonly scrapers: readonly Peer[];
  /** Members that their nodes dial inside the cluster, beside all that are dialled over the internet. */
  readonly members: readonly { readonly peer: Peer; readonly ports: readonly FlowPort[] }[];
  /** Ports of this cluster's nodes on which the published config's bootnodes are dialled. */
  readonly entrances: readonly FlowPort[];
}

/** Every call of the web services. */
export function webFlows(shape: WebShape): Flow[] {
  const { namespace, network, domain, ingress, scrapers, members, entrances } = shape;
  const peer = (name: string): Peer => ({ kind: "workload", name, namespace });
  const nodes = [webWorkloads.api, webWorkloads.collector].map(peer);
  const readers = [webWorkloads.explorer, webWorkloads.dashboard].map(peer);
  return [
    ...webPages(network, domain).flatMap(({ host, workload, port }) =>
      entryFlows(ingress, host, peer(workload), port),
    ),
    ...readers.map((from) => ({
      from,
      to: peer(webWorkloads.collector),
      ports: [tcp(webPorts.mongo)],
    })),
    ...nodes.flatMap((node) => [
      // Bootnodes at their public addresses, and whoever else has joined, on ports of their own.
      { from: node, to: { kind: "internet" } as const, ports: [] },
      ...toNodes(node, entrances),
      ...members.map(({ peer: to, ports }) => ({ from: node, to, ports })),
      ...scrapers.map((from) => ({ from, to: node, ports: [tcp(webPorts.metrics)] })),
    ]),
  ];
}

/** Requests of a pod: those of all its containers. */
function together(containers: readonly Resources[]): { cpu: string; memory: string } {
  const cpus = containers.reduce((sum, { requests }) => sum + parseQuantity(requests.cpu), 0);
  return { cpu: formatCpu(cpus), memory: mebibytes(containers.map((one) => one.requests.memory)) };
}

/** The sum of quantities of bytes. */
const mebibytes = (quantities: readonly string[]): string =>
  `${Math.ceil(quantities.reduce((sum, one) => sum + parseQuantity(one), 0) / 2 ** 20)}Mi`;

/** A workload with its place in the file. */
export interface WebWorkload {
  readonly path: readonly string[];
  readonly request: CapacityRequest;
}

/** What the web services ask of the nodes; a rolling update has one pod more for a while. */
export function webRequests({
  publicApi,
  explorer: { api, collector },
  dashboard,
  syncCheck,
}: WebServicesConfig): WebWorkload[] {
  const one = (
    path: readonly string[],
    workload: string,
    { replicas, placement }: Pick<typeof api, "replicas" | "placement">,
    containers: readonly Resources[],
    scratch: readonly string[] = [],
  ): WebWorkload => ({
    path: ["webServices", ...path],
    request: {
      ...{ workload, replicas: replicas + 1, ...together(containers), placement },
      ...(scratch.length === 0 ? {} : { scratch: mebibytes(scratch) }),
    },
  });
  return [
    one(
      ["publicApi"],
      webWorkloads.api,
      publicApi,
      [publicApi.node.resources, syncCheck.resources],
      [publicApi.node.scratch],
    ),
    one(["explorer", "api"], webWorkloads.explorer, api, [api.resources]),
    one(
      ["explorer", "collector"],
      webWorkloads.collector,
      collector,
      [collector.resources, collector.node.resources, collector.mongo.resources],
      [collector.node.scratch, collector.mongo.scratch],
    ),
    one(["dashboard"], webWorkloads.dashboard, dashboard, [dashboard.resources]),
  ];
}
