/** The node's config before its members are known: a profile's template, and what a file says. Pure. */
import { parseDuration } from "./durations.ts";
import { isObject, type JsonObject, overlay, valueAt } from "./json.ts";
import {
  type AccountScheme,
  defaultPrefix,
  type NodeProfile,
  nodeProfiles,
  type NodeVersion,
} from "./node-profiles.ts";

/** What a stack file says of the node's config. */
export interface NodeSettings {
  readonly version: NodeVersion;
  /** A whole config in place of the profile's. */
  readonly template?: JsonObject | undefined;
  /** Laid over the template. */
  readonly config: JsonObject;
}

/** Something wrong with a node's config. */
export interface TemplateFault {
  /** Path under the node's settings. */
  readonly path: readonly string[];
  readonly message: string;
}

/** What is told of a network by its config alone. */
export interface NetworkTimes {
  /** Seconds of a layer. */
  readonly layerSeconds: number;
  readonly layersPerEpoch: number;
  /** Seconds of an epoch. */
  readonly epochSeconds: number;
}

/**
 * Config that all members share.
 *
 * @param parent Published config of the network that this one joins; in place of any template.
 */
export function nodeTemplate(settings: NodeSettings, parent?: JsonObject): JsonObject {
  const base = parent ?? settings.template ?? nodeProfiles[settings.version].template;
  return overlay(base, settings.config);
}

/** A place that every config must have filled in. */
interface RequiredPath {
  readonly path: readonly string[];
  /** What must stand there, with an example. */
  readonly what: string;
  readonly isRight: (value: unknown) => boolean;
}

const isCount = (value: unknown): boolean =>
  typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 0xffff_ffff;

const isDuration = (value: unknown): boolean =>
  typeof value === "string" && (parseDuration(value) ?? 0) > 0;

const isExtraData = (value: unknown): boolean =>
  typeof value === "string" && value.length > 0 && value.length <= 255;

/** What a version's config must have, wherever it comes from (facts/spacemesh.md 3.3). */
function requiredPaths(profile: NodeProfile): readonly RequiredPath[] {
  const { key, unit } = profile.layerDuration;
  return [
    unit === "seconds"
      ? { path: ["main", key], what: "whole seconds, e.g. 120", isRight: isCount }
      : { path: ["main", key], what: "a duration, e.g. 120s", isRight: isDuration },
    { path: ["main", "layers-per-epoch"], what: "a whole number, e.g. 60", isRight: isCount },
    profile.hasNetworkId
      ? {
          path: ["p2p", "network-id"],
          what: "the network's number, e.g. 227",
          isRight: isCount,
        }
      : {
          path: ["genesis", "genesis-extra-data"],
          what: "a text of up to 255 letters that no other network has",
          isRight: isExtraData,
        },
  ];
}

/** Paths that the program writes itself: in a file they would say nothing. */
function ownedPaths(profile: NodeProfile): readonly (readonly string[])[] {
  return [
    [profile.genesis, "genesis-time"],
    ["main", "genesis-active-size"],
    ["main", "poet-server"],
    ["p2p", "bootnodes"],
    ...(profile.listeners
      ? [
          ["api", "grpc-public-services"],
          ["api", "grpc-public-listener"],
          ["api", "grpc-json-listener"],
        ]
      : [["api", "grpc"]]),
  ];
}

/** Faults of a node's config: what it lacks, and what it says of things that are decided elsewhere. */
export function templateFaults(settings: NodeSettings, parent?: JsonObject): TemplateFault[] {
  const profile = nodeProfiles[settings.version];
  const template = nodeTemplate(settings, parent);
  const missing = requiredPaths(profile).flatMap(({ path, what, isRight }) =>
    isRight(valueAt(template, path))
      ? []
      : [
          {
            path: ["config", ...path],
            message: `must be ${what}: a node of ${profile.version} needs it, and neither template nor config has it`,
          },
        ],
  );
  const owned = ownedPaths(profile).flatMap((path) =>
    valueAt(settings.config, path) === undefined
      ? []
      : [{ path: ["config", ...path], message: "is written by the program: take it out" }],
  );
  const sections = Object.entries(template).flatMap(([key, value]) =>
    key === "preset" || isObject(value)
      ? []
      : [{ path: ["config", key], message: "must be a section of the node's config, a map" }],
  );
  return [...missing, ...owned, ...sections];
}

/** Layers and epochs of a config without {@link templateFaults}. */
export function networkTimes(version: NodeVersion, template: JsonObject): NetworkTimes {
  const { key, unit } = nodeProfiles[version].layerDuration;
  const value = valueAt(template, ["main", key]);
  const layerSeconds =
    unit === "seconds"
      ? Number(value)
      : (parseDuration(typeof value === "string" ? value : "") ?? 0);
  const layersPerEpoch = Number(valueAt(template, ["main", "layers-per-epoch"]));
  return { layerSeconds, layersPerEpoch, epochSeconds: layerSeconds * layersPerEpoch };
}

/** Number of the network, where its config has one: in discovery lists, and before v0.2.20 on disk. */
export function networkId(template: JsonObject): number | undefined {
  const id = valueAt(template, ["p2p", "network-id"]);
  return typeof id === "number" ? id : undefined;
}

/** How the members' accounts are written. */
export function accountScheme(version: NodeVersion, template: JsonObject): AccountScheme {
  const { accounts, prefixPath } = nodeProfiles[version];
  if (accounts.kind === "hex" || prefixPath === undefined) {
    return { kind: "hex" };
  }
  const prefix = valueAt(template, prefixPath);
  return { ...accounts, prefix: typeof prefix === "string" ? prefix : defaultPrefix };
}
