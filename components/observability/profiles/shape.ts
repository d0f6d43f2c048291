/** What follows from the profiled workloads: calls, requests, faults. Pure. */
import { type Flow, type Peer, tcp } from "../../base/flows.ts";
import type { CapacityRequest } from "../../platform/capacity.ts";
import type { PlatformFault } from "../../platform/fault.ts";
import { namedFaults } from "../named-workloads.ts";
import type { ProfilesConfig } from "./profiles.schema.ts";

/** Names of the workloads. */
export const profilesNames = { server: "pyroscope", scraper: "profile-scraper" } as const;

/** Port on which profiles are pushed and asked for. */
export const pyroscopePort = 4040;

/** Port of the scraper's own metrics. */
export const scraperPort = 12_345;

/** A workload whose pods are asked for profiles. */
export interface ScrapeTarget {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
}

/** Whoever is asked, in the order of the names: what is made of them does not follow the file's. */
export const scrapeTargets = ({ workloads }: ProfilesConfig): ScrapeTarget[] =>
  Object.entries(workloads)
    .flatMap(([name, profiled]) =>
      profiled.kind === "scrape"
        ? [{ name, namespace: profiled.namespace, port: profiled.port }]
        : [],
    )
    .sort((one, other) => (one.name < other.name ? -1 : 1));

/** Pyroscope as an end of flows. */
const pyroscopePeer = ({ namespace }: ProfilesConfig): Peer => ({
  kind: "workload",
  name: profilesNames.server,
  namespace,
});

/** Where Pyroscope is dialled inside the cluster. */
export const pyroscopeUrl = ({ namespace }: ProfilesConfig): string =>
  `http://${profilesNames.server}.${namespace}.svc:${pyroscopePort}`;

/** Whom Pyroscope meets. */
export interface ProfilesNeighbours {
  /** The system's own programs that push profiles. */
  readonly pushers: readonly Peer[];
  /** Who reads metrics. */
  readonly scrapers: readonly Peer[];
  /** Who draws profiles. */
  readonly readers: readonly Peer[];
}

/** Every call to and of Pyroscope and its scraper. */
export function profilesFlows(
  config: ProfilesConfig,
  { pushers: own, scrapers, readers }: ProfilesNeighbours,
): Flow[] {
  const server = pyroscopePeer(config);
  const scraper: Peer = {
    kind: "workload",
    name: profilesNames.scraper,
    namespace: config.namespace,
  };
  const targets = scrapeTargets(config);
  const pushers = Object.entries(config.workloads).flatMap(([name, { kind, namespace }]): Peer[] =>
    kind === "push" ? [{ kind: "workload", name, namespace }] : [],
  );
  const callers = [
    ...own,
    ...pushers,
    ...readers,
    ...scrapers,
    ...(targets.length > 0 ? [scraper] : []),
  ];
  return [
    ...callers.map((from) => ({ from, to: server, ports: [tcp(pyroscopePort)] })),
    ...(targets.length === 0
      ? []
      : [
          // Where the pods are.
          { from: scraper, to: { kind: "api-server" } as const, ports: [] },
          ...scrapers.map((from) => ({ from, to: scraper, ports: [tcp(scraperPort)] })),
        ]),
    ...targets.map(({ name, namespace, port }) => ({
      from: scraper,
      to: { kind: "workload", name, namespace } as const,
      ports: [tcp(port)],
    })),
  ];
}

/** What the pods ask of the nodes; places are relative to the section `profiles`. */
export function profilesWorkloads(
  config: ProfilesConfig,
): { readonly path: readonly string[]; readonly request: CapacityRequest }[] {
  const { resources, placement = {}, scraper } = config;
  const one = (workload: string, requests: typeof resources.requests) => ({
    workload,
    replicas: 1,
    ...requests,
  });
  return [
    {
      path: [],
      request: { ...one(profilesNames.server, resources.requests), placement, disks: 1 },
    },
    ...(scrapeTargets(config).length === 0
      ? []
      : [
          {
            path: ["scraper"],
            request: {
              ...one(profilesNames.scraper, scraper.resources.requests),
              // Its successor runs before it goes.
              replicas: 2,
              placement: scraper.placement ?? {},
            },
          },
        ]),
  ];
}

/**
 * Profiled workloads that the stack does not have, and a Pyroscope for nobody, with paths below `profiles`.
 *
 * @param known Every workload of the stack, as `namespace/name`.
 * @param hasOthers Whether the system has programs that push profiles, or had some to look back at.
 */
export const profilesFaults = (
  { workloads }: ProfilesConfig,
  known: readonly string[],
  hasOthers = false,
): PlatformFault[] =>
  Object.keys(workloads).length === 0 && !hasOthers
    ? [
        {
          path: ["workloads"],
          message: "must list at least one workload: of nobody, nothing is kept",
        },
      ]
    : namedFaults(["workloads"], workloads, known);
