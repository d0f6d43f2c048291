/**
 * Versions of the node that differ in what they are told: flags, config paths, names of APIs,
 * accounts. A profile is named by the first version that it fits.
 *
 * Source: facts/spacemesh.md 2.1, 3.3–3.5, 11.14; go-spacemesh's config and flags at d298a63
 * (v0.2.17), v0.2.18, v0.2.20 and v1.0.0.
 */
import type { JsonObject } from "./json.ts";
import type { NodeApi } from "./miner.schema.ts";
import type { PoetVersion } from "./poet-profiles.ts";

/** Profiles, oldest first. d298a63 and 38056f5 are of the first. */
export const nodeVersions = ["v0.2.17", "v0.2.18", "v0.2.20", "v1.0"] as const;

/** Name of a profile. */
export type NodeVersion = (typeof nodeVersions)[number];

/** How accounts are written. */
export type AccountScheme =
  | { readonly kind: "hex" }
  | { readonly kind: "bech32"; readonly hash: "sha256" | "blake3"; readonly prefix: string };

/** What a version of the node is told, and how. */
export interface NodeProfile {
  readonly version: NodeVersion;
  /** Section of the genesis time. */
  readonly genesis: "main" | "genesis";
  /** The config names the network by `p2p.network-id`, and its data lie in a folder of that name. */
  readonly hasNetworkId: boolean;
  /** It is told how many miners there are at genesis. */
  readonly hasActiveSize: boolean;
  /** Key of a layer's length in `main`, and whether its value is seconds or `120s`. */
  readonly layerDuration: { readonly key: string; readonly unit: "seconds" | "duration" };
  /** How `main.poet-server` is written: `host:port`, a list of such, or a list of URLs. */
  readonly poetServer: "address" | "addresses" | "urls";
  /** How its APIs are chosen: one list for its one port, or those of the public listener. */
  readonly listeners: boolean;
  /** It is told the address that peers shall dial. */
  readonly advertises: boolean;
  /** API → its name here. What is not there, it does not have. */
  readonly apis: Readonly<Partial<Record<NodeApi, string>>>;
  /** How it writes accounts, but for the prefix. */
  readonly accounts:
    | { readonly kind: "hex" }
    | { readonly kind: "bech32"; readonly hash: "sha256" | "blake3" };
  /** Place of the accounts' prefix in the config. */
  readonly prefixPath: readonly [string, string] | undefined;
  /** PoET that it works with. */
  readonly poet: PoetVersion;
  /** It is told the PoETs' calendar. */
  readonly knowsPoetCalendar: boolean;
  /** Config of a small test network: what stands in a stack file is laid over it. */
  readonly template: JsonObject;
}

const firstApis: NodeProfile["apis"] = {
  node: "node",
  mesh: "mesh",
  globalstate: "globalstate",
  transaction: "transaction",
  smesher: "smesher",
  debug: "debug",
  gateway: "gateway",
};

/** Folders under which a node works stand in its flags; these are what a small network needs beside. */
const smallNetwork: JsonObject = {
  "layers-per-epoch": 60,
  "optimistic-filtering-threshold": 100,
};

const first: NodeProfile = {
  version: "v0.2.17",
  genesis: "main",
  hasNetworkId: true,
  hasActiveSize: true,
  layerDuration: { key: "layer-duration-sec", unit: "seconds" },
  poetServer: "address",
  listeners: false,
  advertises: false,
  apis: firstApis,
  accounts: { kind: "hex" },
  prefixPath: undefined,
  poet: "v0.1",
  knowsPoetCalendar: false,
  template: {
    preset: "testnet",
    main: { "layer-duration-sec": 120, ...smallNetwork },
  },
};

const second: NodeProfile = {
  ...first,
  version: "v0.2.18",
  accounts: { kind: "bech32", hash: "sha256" },
  prefixPath: ["address", "network-hrp"],
  poet: "v0.2",
  knowsPoetCalendar: true,
};

const third: NodeProfile = {
  ...second,
  version: "v0.2.20",
  genesis: "genesis",
  hasNetworkId: false,
  hasActiveSize: false,
  poetServer: "addresses",
};

const fourth: NodeProfile = {
  ...third,
  version: "v1.0",
  layerDuration: { key: "layer-duration", unit: "duration" },
  poetServer: "urls",
  listeners: true,
  advertises: true,
  apis: {
    node: "node",
    mesh: "mesh",
    globalstate: "global",
    transaction: "transaction",
    smesher: "smesher",
    debug: "debug",
  },
  accounts: { kind: "bech32", hash: "blake3" },
  prefixPath: ["main", "network-hrp"],
  poet: "v0.9",
  template: {
    preset: "testnet",
    main: { "layer-duration": "120s", ...smallNetwork },
  },
};

/** Version → its profile. */
export const nodeProfiles: Readonly<Record<NodeVersion, NodeProfile>> = {
  "v0.2.17": first,
  "v0.2.18": second,
  "v0.2.20": third,
  "v1.0": fourth,
};

/** Prefix of accounts where no config says another. */
export const defaultPrefix = "stest";
