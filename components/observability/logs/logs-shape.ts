/** What follows from `fleet:observability.logs`: calls, requests, namespaces, who logs in. Pure. */
import { type Flow, type Peer, tcp } from "../../base/flows.ts";
import type { CapacityRequest } from "../../platform/capacity.ts";
import type { PlatformFault } from "../../platform/fault.ts";
import { storeEnd } from "../elk/access.ts";
import type { ElkConfig } from "../elk/elk.schema.ts";
import type { StoreUser } from "../elk/names.ts";
import { elkFlows, elkWorkloads, isSetUp, isWatched } from "../elk/shape.ts";
import { filebeatFlows, filebeatRequest } from "../filebeat/shape.ts";
import {
  type EveryNode,
  isOwnStore,
  vectorFaults,
  vectorFlows,
  vectorMetricsPort,
  vectorName,
  type VectorNeighbours,
  vectorRequest,
} from "../vector/shape.ts";
import type { VectorConfig } from "../vector/vector.schema.ts";
import { unknownNamespaces } from "./families.ts";
import type { LogsConfig } from "./logs.schema.ts";

/** Whom the logs' programs meet. */
export interface LogsNeighbours {
  /** Who reads metrics. */
  readonly scrapers: readonly Peer[];
  /** Who shows lines beside Kibana. */
  readonly readers: readonly Peer[];
}

/** The store with its page, where the stack has one. */
export const elkOf = ({ store, kibana }: LogsConfig): ElkConfig | undefined =>
  store === undefined ? undefined : { store, kibana };

/** Whether anything stands in the namespace of the store. */
export function hasStoreNamespace(config: LogsConfig): boolean {
  const elk = elkOf(config);
  return elk !== undefined && (elk.store.kind === "builtin" || isSetUp(elk));
}

/** Whether the shipper writes to the stack's own store. */
const shipsToStore = ({ store, shipper }: LogsConfig): boolean =>
  store !== undefined &&
  (shipper.kind === "filebeat" || Object.values(shipper.sinks).some(isOwnStore));

/** Whether the stack has a store, and Prometheus is told how it is. */
export function isStoreWatched(config: LogsConfig, metrics: boolean): boolean {
  const elk = elkOf(config);
  return elk !== undefined && isWatched(elk, metrics);
}

/**
 * Programs that log in to the store.
 *
 * @param metrics Whether there are Prometheus and Grafana.
 */
export const storeUsersOf = (config: LogsConfig, metrics: boolean): StoreUser[] => [
  ...(shipsToStore(config) ? [config.shipper.kind] : []),
  ...(metrics ? (["grafana"] as const) : []),
  ...(isStoreWatched(config, metrics) ? (["prometheus"] as const) : []),
];

const vectorPeer = ({ namespace }: VectorConfig): Peer => ({
  kind: "workload",
  name: vectorName,
  namespace,
});

const vectorNeighbours = ({ families, store, namespace }: LogsConfig): VectorNeighbours => ({
  families,
  ...(store === undefined ? {} : { store: storeEnd(store, namespace) }),
});

function shipperFlows(config: LogsConfig, scrapers: readonly Peer[]): Flow[] {
  const { shipper, store, namespace } = config;
  switch (shipper.kind) {
    case "filebeat":
      return store === undefined ? [] : filebeatFlows(shipper, storeEnd(store, namespace));
    case "vector":
      return [
        ...vectorFlows(shipper, vectorNeighbours(config)),
        ...scrapers.map((from) => ({
          from,
          to: vectorPeer(shipper),
          ports: [tcp(vectorMetricsPort)],
        })),
      ];
  }
}

/** Calls that arrive at the store are said once, by the shipper or by the store. */
const unique = (flows: readonly Flow[]): Flow[] => [
  ...new Map(flows.map((flow) => [JSON.stringify(flow), flow] as const)).values(),
];

/** Every call of the shipper, the store and its page, but for those of the ingress. */
export function logsFlows(config: LogsConfig, { scrapers, readers }: LogsNeighbours): Flow[] {
  const elk = elkOf(config);
  return unique([
    ...shipperFlows(config, scrapers),
    ...(elk === undefined ? [] : elkFlows(elk, config.namespace, { callers: readers, scrapers })),
  ]);
}

/**
 * What the pods ask of the nodes; places are relative to the section `logs`.
 *
 * @param metrics Whether anybody reads metrics.
 */
export function logsWorkloads(
  config: LogsConfig,
  nodes: EveryNode,
  metrics: boolean,
): {
  readonly path: readonly string[];
  readonly namespace: string;
  readonly request: CapacityRequest;
}[] {
  const { namespace, shipper } = config;
  const elk = elkOf(config);
  return [
    ...(elk === undefined ? [] : elkWorkloads(elk, metrics).map((one) => ({ ...one, namespace }))),
    { path: ["shipper"], namespace: shipper.namespace, request: shipperRequest(config, nodes) },
  ];
}

const shipperRequest = ({ shipper }: LogsConfig, nodes: EveryNode): CapacityRequest =>
  shipper.kind === "filebeat" ? filebeatRequest(shipper, nodes) : vectorRequest(shipper, nodes);

/**
 * Faults against the whole stack, with paths below `logs`.
 *
 * @param namespaces Every namespace of the stack.
 */
export function logsFaults(config: LogsConfig, namespaces: readonly string[]): PlatformFault[] {
  const { families, shipper } = config;
  return [
    ...unknownNamespaces(families, namespaces),
    ...(shipper.kind === "vector"
      ? vectorFaults(shipper, vectorNeighbours(config)).map(({ path, message }) => ({
          path: ["shipper", ...path],
          message,
        }))
      : []),
  ];
}
