/** What follows from the log store's config: its host, calls, requests, warnings. Pure. */
import { type Flow, type Peer, tcp } from "../../base/flows.ts";
import type { CapacityRequest } from "../../platform/capacity.ts";
import { storeEnd } from "./access.ts";
import { type ElkConfig, type StoreConfig } from "./elk.schema.ts";
import { placementOfMembers } from "./members.ts";
import { elkNames, exporterPort, kibanaPort, transportPort } from "./names.ts";
import { setUpResources } from "./set-up-plan.ts";

const inside = (name: string, namespace: string): Peer => ({ kind: "workload", name, namespace });

/** Whether the set-up has anything to do: an external store without an administrator is left alone. */
export const isSetUp = ({ store }: ElkConfig): boolean =>
  store.kind === "builtin" || store.administrator !== undefined;

/** Whether the store is watched: whoever reads metrics is there, and the set-up has made the exporter's user. */
export const isWatched = (config: ElkConfig, metrics: boolean): boolean =>
  metrics && isSetUp(config);

/** Whom the store's parts meet. */
export interface ElkNeighbours {
  /** Who calls Elasticsearch from elsewhere: Grafana. */
  readonly callers: readonly Peer[];
  /** Who reads metrics. */
  readonly scrapers: readonly Peer[];
}

/** Calls of the log store's parts, and to them. */
export function elkFlows(
  config: ElkConfig,
  namespace: string,
  { callers, scrapers }: ElkNeighbours,
): Flow[] {
  const { store, kibana } = config;
  const end = storeEnd(store, namespace);
  const page = inside(elkNames.kibana, namespace);
  const setUp = inside(elkNames.setUp, namespace);
  const exporter = inside(elkNames.exporter, namespace);
  const to = (from: Peer): Flow => ({ from, to: end.peer, ports: [tcp(end.port)] });
  return [
    ...callers.map(to),
    ...(store.kind === "builtin" ? memberFlows(store.members, end.peer) : []),
    ...(kibana === undefined ? [] : [to(page)]),
    ...(isSetUp(config)
      ? [
          to(setUp),
          ...(kibana === undefined ? [] : [{ from: setUp, to: page, ports: [tcp(kibanaPort)] }]),
        ]
      : []),
    ...(isWatched(config, scrapers.length > 0)
      ? [
          to(exporter),
          ...scrapers.map((from) => ({ from, to: exporter, ports: [tcp(exporterPort)] })),
        ]
      : []),
  ];
}

/** Members find one another by the transport's port, and a newcomer asks by the other. */
const memberFlows = (members: number, peer: Peer): Flow[] =>
  members === 1 ? [] : [{ from: peer, to: peer, ports: [tcp(transportPort)] }];

/** The public host, where there is a Kibana. */
export const elkHosts = ({
  kibana,
}: ElkConfig): {
  readonly name: string;
  readonly host: string;
  /** Place relative to the section `logs`. */
  readonly path: readonly string[];
  readonly port: number;
  /** Path that answers 200 while all is well. */
  readonly check: string;
}[] =>
  kibana === undefined
    ? []
    : [
        {
          name: elkNames.kibana,
          host: kibana.host,
          path: ["kibana", "host"],
          port: kibanaPort,
          check: "/api/status",
        },
      ];

/**
 * What the pods ask of the nodes; places are relative to the section `logs`.
 *
 * @param metrics Whether anybody reads metrics.
 */
export function elkWorkloads(
  config: ElkConfig,
  metrics: boolean,
): { readonly path: readonly string[]; readonly request: CapacityRequest }[] {
  const { store, kibana } = config;
  return [
    ...(store.kind === "builtin"
      ? [
          {
            path: ["store"],
            request: {
              workload: elkNames.elasticsearch,
              replicas: store.members,
              ...store.resources.requests,
              placement: placementOfMembers(store),
              disks: 1,
            },
          },
        ]
      : []),
    ...(kibana === undefined
      ? []
      : [
          {
            path: ["kibana"],
            request: {
              workload: elkNames.kibana,
              replicas: 1,
              ...kibana.resources.requests,
              placement: kibana.placement ?? {},
            },
          },
        ]),
    ...(isSetUp(config)
      ? [
          {
            path: ["store"],
            request: {
              workload: elkNames.setUp,
              replicas: 1,
              ...setUpResources.requests,
              placement: {},
            },
          },
        ]
      : []),
    ...(isWatched(config, metrics)
      ? [
          {
            path: ["store", "exporter"],
            request: {
              workload: elkNames.exporter,
              replicas: 1,
              ...store.exporter.resources.requests,
              placement: store.exporter.placement ?? {},
            },
          },
        ]
      : []),
  ];
}

/** What an operator of production should know of his choice. */
export const elkWarnings = (store: StoreConfig): string[] =>
  store.kind === "builtin" && store.members > 1
    ? [
        `fleet:observability.logs.store is a cluster of ${store.members} members that this stack runs by itself: upgrades, full disks and lost members are yours to see to. A managed one (kind: external) spares that.`,
      ]
    : [];
