/**
 * Config of a node, as each of its roles gets it, and as the network publishes it. Pure.
 *
 * Source: facts/spacemesh.md 3.2, 3.3.
 */
import { type JsonObject, overlay, treeOf } from "./json.ts";
import type { MemberRole } from "./members.ts";
import type { NodeApi } from "./miner.schema.ts";
import { type NodeProfile, nodeProfiles, type NodeVersion } from "./node-profiles.ts";
import { accountScheme } from "./node-template.ts";
import { type PoetCalendar, poetSection } from "./poet-calendar.ts";

/** What of a network's genesis stands in its config. */
export interface GenesisSettings {
  /** RFC 3339. */
  readonly time: string;
  /** Miners at genesis, never counted anew; of versions that are told. */
  readonly activeSize: number | undefined;
}

/** Inputs of one config. Members with equal inputs share one. */
export interface NodeConfigInput {
  readonly version: NodeVersion;
  /** What all members share, see `nodeTemplate`. */
  readonly template: JsonObject;
  /** Undefined where the network joins another: its genesis is the other's. */
  readonly genesis: GenesisSettings | undefined;
  /** PoET, `host:port`. */
  readonly poetServer: string;
  /** Rounds of that PoET, where the node is told them. */
  readonly calendar: PoetCalendar;
  /** Peers it starts from. */
  readonly bootnodes: readonly string[];
  /** APIs that its ports serve. */
  readonly apis: readonly NodeApi[];
}

/** Addresses that bootnodes are known by. */
export interface Entrances {
  /** Address of the bootstrap node, where there is one. */
  readonly bootstrap: string | undefined;
  /** Addresses of the bootnodes, in order of their numbers. */
  readonly bootnodes: readonly string[];
  /** Addresses of the other network's, where this one joins it. */
  readonly parent: readonly string[];
}

/** Peers that a member starts from, by its role. */
export function entrancesOf(role: MemberRole, entrances: Entrances): readonly string[] {
  switch (role) {
    case "bootstrap":
      return [];
    case "bootnode":
      return entrances.bootstrap === undefined ? entrances.parent : [entrances.bootstrap];
    case "miner":
      return entrances.bootnodes;
  }
}

function poetServer(profile: NodeProfile, address: string): JsonObject {
  switch (profile.poetServer) {
    case "address":
      return { "poet-server": address };
    case "addresses":
      return { "poet-server": [address] };
    case "urls":
      // Taken for a URL, `poet-1:5000` has the scheme poet-1.
      return { "poet-server": [`http://${address}`] };
  }
}

/** Section of the APIs that the public port serves. */
export function apiSection(profile: NodeProfile, apis: readonly NodeApi[]): JsonObject {
  const names = apis.flatMap((api) => profile.apis[api] ?? []);
  return { [profile.listeners ? "grpc-public-services" : "grpc"]: names };
}

/** Config of a node. */
export function nodeConfig(input: NodeConfigInput): JsonObject {
  const profile = nodeProfiles[input.version];
  const accounts = accountScheme(input.version, input.template);
  const layers: JsonObject[] = [
    { api: apiSection(profile, input.apis) },
    { main: poetServer(profile, input.poetServer) },
    { p2p: { bootnodes: input.bootnodes } },
    ...(input.genesis === undefined
      ? []
      : [
          treeOf([profile.genesis, "genesis-time"], input.genesis.time),
          ...(input.genesis.activeSize === undefined || !profile.hasActiveSize
            ? []
            : [{ main: { "genesis-active-size": input.genesis.activeSize } }]),
        ]),
    ...(profile.knowsPoetCalendar ? [{ poet: poetSection(input.calendar) }] : []),
    ...(accounts.kind === "bech32" && profile.prefixPath !== undefined
      ? [treeOf(profile.prefixPath, accounts.prefix)]
      : []),
  ];
  return layers.reduce(overlay, input.template);
}

/** A config as the file that a node reads and the bucket shows: tabs, as the original wrote it. */
export const nodeConfigText = (config: JsonObject): string =>
  `${JSON.stringify(config, null, "\t")}\n`;
