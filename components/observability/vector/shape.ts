/** What follows from a stack's LogShipper: calls, and rules across sections. Pure. */
import { type Flow, type Peer, tcp } from "../../base/flows.ts";
import type { CapacityRequest } from "../../platform/capacity.ts";
import type { PlatformFault } from "../../platform/fault.ts";
import type { Toleration } from "../../workload/workload.schema.ts";
import type { StoreEnd } from "../elk/access.ts";
import type { LogFamilies } from "../logs/families.ts";
import type { VectorConfig, VectorSink } from "./vector.schema.ts";

/** Name of the DaemonSet. */
export const vectorName = "log-shipper";

/** Port of the pods' own metrics, which tell as well that they run. */
export const vectorMetricsPort = 9598;

/** What a shipper has to do with the rest of the stack. */
export interface VectorNeighbours {
  readonly families: LogFamilies;
  /** The stack's own Elasticsearch, where it has one. */
  readonly store?: StoreEnd | undefined;
}

/** The sinks by name, in the order of the names: what is made of them does not follow the file's. */
export const sinksOf = ({ sinks }: VectorConfig): (readonly [name: string, sink: VectorSink])[] =>
  Object.entries(sinks).sort(([one], [other]) => (one < other ? -1 : 1));

/** Whether it is the stack's own Elasticsearch that a sink writes to. */
export const isOwnStore = (sink: VectorSink): boolean =>
  sink.kind === "elasticsearch" && sink.url === undefined;

const portOf = (url: string): number => Number(new URL(url).port || 443);

/** Port of the internet that a sink dials. */
function outsidePort(sink: VectorSink): number | undefined {
  switch (sink.kind) {
    case "elasticsearch":
      return sink.url === undefined ? undefined : portOf(sink.url);
    case "http":
      return portOf(sink.url);
    case "s3":
      return sink.endpoint === undefined ? 443 : portOf(sink.endpoint);
    case "console":
      return undefined;
  }
}

/** Nodes of the cluster. */
export interface EveryNode {
  readonly count: number;
  /** Of all taints that they have: see `tolerateAll`. */
  readonly tolerations: readonly Toleration[];
}

/** What the shipper asks of the nodes: a pod on each of them. */
export const vectorRequest = (
  { resources, placement }: VectorConfig,
  nodes: EveryNode,
): CapacityRequest => ({
  workload: vectorName,
  ...resources.requests,
  replicas: nodes.count,
  onEachNode: true,
  placement: {
    podAntiAffinity: "required",
    spread: "none",
    ...placement,
    tolerations: [...nodes.tolerations, ...(placement?.tolerations ?? [])],
  },
});

/** Every call of the shipper but that of whoever reads its metrics. */
export function vectorFlows(config: VectorConfig, { store }: VectorNeighbours): Flow[] {
  const from: Peer = { kind: "workload", name: vectorName, namespace: config.namespace };
  const sinks = Object.values(config.sinks);
  const outside = new Set(sinks.flatMap((sink) => outsidePort(sink) ?? []));
  return [
    // Which pods run on its node, and what they are called.
    { from, to: { kind: "api-server" }, ports: [] },
    ...(store !== undefined && sinks.some(isOwnStore)
      ? [{ from, to: store.peer, ports: [tcp(store.port)] }]
      : []),
    ...(outside.size === 0
      ? []
      : [
          {
            from,
            to: { kind: "internet" } as const,
            ports: [...outside].sort((one, other) => one - other).map(tcp),
          },
        ]),
  ];
}

/** Faults across sections, with paths below `logs.shipper`. */
export function vectorFaults(
  config: VectorConfig,
  { families, store }: VectorNeighbours,
): PlatformFault[] {
  return sinksOf(config).flatMap(([name, sink]) => [
    ...(isOwnStore(sink) && store === undefined
      ? [
          {
            path: ["sinks", name, "url"],
            message:
              "must be there: this stack has no Elasticsearch of its own (logs.store), name one with url and account",
          },
        ]
      : []),
    ...(sink.families ?? []).flatMap((family, index) =>
      Object.hasOwn(families, family)
        ? []
        : [
            {
              path: ["sinks", name, "families", index],
              message: `must be a family of logs.families: ${Object.keys(families).join(", ")}`,
            },
          ],
    ),
  ]);
}
