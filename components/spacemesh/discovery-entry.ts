/**
 * What explorers, dashboards and wallets are told of a network: one element of `networks.json`. Pure.
 *
 * Fields and their order are the original's (facts/spacemesh.md 4.2): its readers know no others.
 */
import { parseImage } from "../base/images.ts";
import { hostOf } from "./names.ts";
import type { WebServicesConfig } from "./web-services.schema.ts";

/** Output by which the stack of a network hands its entry over; the list's stack reads it. */
export const entryOutput = "discovery";

/** A network in the list. */
export interface DiscoveryEntry {
  readonly netName: string;
  readonly netID: number;
  /** Address of the config that nodes join with. */
  readonly conf: string;
  /** The same: the explorer's page reads another field. */
  readonly explorerConf: string;
  readonly grpcAPI: string;
  readonly jsonAPI: string;
  readonly explorer: string;
  readonly explorerAPI: string;
  readonly explorerVersion: string;
  readonly dash: string;
  readonly dashAPI: string;
  readonly dashVersion: string;
  /** Repository of the node's image. */
  readonly repository: string;
  readonly minNodeVersion: string;
  readonly maxNodeVersion: string;
  readonly minSmappRelease: string;
  readonly latestSmappRelease: string;
  readonly smappBaseDownloadUrl: string;
  readonly nodeBaseDownloadUrl: string;
}

/** What of a stack decides its entry. */
export interface ListedNetwork {
  readonly network: string;
  readonly domain: string;
  /** `p2p.network-id` of the node config, or what `listing.networkId` says in its place. */
  readonly networkId: number;
  /** Where its config is published. */
  readonly configUrl: string;
  /** Image of its nodes, with its tag. */
  readonly nodeImage: string;
  readonly web: Pick<WebServicesConfig, "explorer" | "dashboard" | "listing">;
}

/** The entry of a network. */
export function discoveryEntry(listed: ListedNetwork): DiscoveryEntry {
  const { network, domain, networkId, configUrl, web } = listed;
  const { listing } = web;
  const { repository, tag } = parseImage(listed.nodeImage);
  const downloads = listing.downloads ?? `https://downloads.${domain}`;
  return {
    netName: network,
    netID: networkId,
    conf: configUrl,
    explorerConf: configUrl,
    grpcAPI: `https://${hostOf("api", network, domain)}/`,
    jsonAPI: `https://${hostOf("api-json", network, domain)}/`,
    explorer: listing.explorer ?? `https://explorer.${domain}/`,
    explorerAPI: `https://${hostOf("explorer-api", network, domain)}/`,
    explorerVersion: parseImage(web.explorer.api.image).tag,
    dash: listing.dashboard ?? `https://dash.${domain}/`,
    dashAPI: `wss://${hostOf("dash-api", network, domain)}/ws`,
    dashVersion: parseImage(web.dashboard.image).tag,
    repository,
    minNodeVersion: tag,
    maxNodeVersion: tag,
    minSmappRelease: listing.smapp,
    latestSmappRelease: listing.smapp,
    smappBaseDownloadUrl: downloads,
    nodeBaseDownloadUrl: downloads,
  };
}

const fields = [
  "netName",
  "netID",
  "conf",
  "explorerConf",
  "grpcAPI",
  "jsonAPI",
  "explorer",
  "explorerAPI",
  "explorerVersion",
  "dash",
  "dashAPI",
  "dashVersion",
  "repository",
  "minNodeVersion",
  "maxNodeVersion",
  "minSmappRelease",
  "latestSmappRelease",
  "smappBaseDownloadUrl",
  "nodeBaseDownloadUrl",
] as const satisfies readonly (keyof DiscoveryEntry)[];

/** An entry as another stack hands it over, in the order of its fields; or why it is none. */
function readEntry(stack: string, value: unknown): DiscoveryEntry | string {
  if (typeof value !== "object" || value === null) {
    return `stack ${stack} tells of no web services: bring them up there (fleet:webServices), or take it out of fleet:networks`;
  }
  const given = value as Readonly<Record<string, unknown>>;
  const missing = fields.filter(
    (field) => typeof given[field] !== (field === "netID" ? "number" : "string"),
  );
  return missing.length > 0
    ? `stack ${stack} tells of its web services without ${missing.join(", ")}: bring it up with this version of Fleet`
    : (Object.fromEntries(
        fields.map((field) => [field, given[field]]),
      ) as unknown as DiscoveryEntry);
}

/**
 * Entries as stacks hand them over.
 *
 * @param told Stack → its output, in the order of the list.
 * @returns Them, or why there are none: every fault at once.
 */
export function readEntries(
  told: readonly (readonly [stack: string, value: unknown])[],
): readonly DiscoveryEntry[] | { readonly faults: readonly string[] } {
  const read = told.map(([stack, value]) => readEntry(stack, value));
  const names = read.map((one) => (typeof one === "string" ? undefined : one.netName));
  const twice = names.filter((name, index) => name !== undefined && names.indexOf(name) < index);
  const faults = [
    ...read.filter((one) => typeof one === "string"),
    ...twice.map(
      (name) =>
        `two stacks of fleet:networks are the network ${name ?? ""}: its readers would show either`,
    ),
  ];
  return faults.length > 0 ? { faults } : read.filter((one) => typeof one !== "string");
}

/** `networks.json`: the list as it is published, newest network first. */
export const networksFile = (entries: readonly DiscoveryEntry[]): string =>
  JSON.stringify(entries, null, 2);
