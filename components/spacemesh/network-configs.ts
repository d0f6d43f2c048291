/** The configs of a network's members: few, as all whose config is the same share one. Pure. */
import {
  bootnodeNumbers,
  bootstrapNumber,
  type Member,
  type MemberRole,
  publishedPoet,
} from "./members.ts";
import { type JsonObject, valueAt } from "./json.ts";
import { multiaddress } from "./multiaddress.ts";
import type { NodeApi } from "./miner.schema.ts";
import type { NetworkSections } from "./network-rules.ts";
import {
  type Entrances,
  entrancesOf,
  type GenesisSettings,
  nodeConfig,
  nodeConfigText,
} from "./node-config.ts";
import { nodeProfiles } from "./node-profiles.ts";
import { type NetworkTimes, networkTimes, nodeTemplate } from "./node-template.ts";
import { type PoetCalendar, poetCalendar } from "./poet-calendar.ts";
import type { PoetInput } from "./poet-files.ts";
import { poetProfiles } from "./poet-profiles.ts";

/** What makes one config differ from another. */
export interface ConfigShape {
  readonly role: MemberRole;
  /** Number of its PoET. */
  readonly poet: number;
  readonly isGateway: boolean;
}

/** Name of a config: the same for members whose config is the same. */
export const configName = ({ role, poet, isGateway }: ConfigShape): string =>
  `${role}${isGateway ? "-gateway" : ""}-poet-${poet}-config`;

/** The configs that members need, each once, by their names. */
export function configShapes(members: readonly Member[]): Map<string, ConfigShape> {
  return new Map(members.map((member) => [configName(member), member]));
}

/** What all configs have in common. */
export interface CommonSettings {
  readonly template: JsonObject;
  readonly times: NetworkTimes;
  readonly genesis: GenesisSettings | undefined;
  /** RFC 3339; of the network that this one joins, where it joins one. */
  readonly genesisTime: string;
  /** Whether PoETs hand their proofs to members. */
  readonly broadcasts: boolean;
}

/**
 * Reads them off the sections.
 *
 * @throws Error where no genesis is said: the rules of the stack tell of it before.
 */
export function commonSettings({ network }: Pick<NetworkSections, "network">): CommonSettings {
  const { node, genesis, extends: parent } = network;
  const profile = nodeProfiles[node.version];
  const template = nodeTemplate(node, parent?.config);
  const inherited = valueAt(template, [profile.genesis, "genesis-time"]);
  const genesisTime = genesis.time ?? (typeof inherited === "string" ? inherited : undefined);
  if (genesisTime === undefined) {
    throw new Error(`network ${network.name} has no genesis: make genesis writes its time`);
  }
  return {
    template,
    times: networkTimes(node.version, template),
    genesis:
      genesis.time === undefined
        ? undefined
        : { time: genesis.time, activeSize: genesis.activeSize },
    genesisTime,
    broadcasts: poetProfiles[profile.poet].broadcasts,
  };
}

/** Rounds of a PoET. */
const calendarOf = (
  { poets }: Pick<NetworkSections, "poets">,
  { template, times }: CommonSettings,
  poet: number,
): PoetCalendar => poetCalendar(template, times, poet - 1, poets.phaseShiftSeconds);

/** What a PoET is told. */
export function poetInput(
  sections: NetworkSections,
  common: CommonSettings,
  poet: number,
  gateways: readonly string[],
): PoetInput {
  const { network, poets } = sections;
  return {
    version: nodeProfiles[network.node.version].poet,
    times: common.times,
    calendar: calendarOf(sections, common, poet),
    genesisTime: common.genesisTime,
    genesisDelayMinutes: network.bootstrap ? network.genesis.delayMinutes : 0,
    index: poet - 1,
    shiftSeconds: poets.phaseShiftSeconds,
    gateways,
  };
}

/** A pinned member as its peers know it. */
export interface PinnedPeer {
  readonly number: number;
  /** Address of its slot, or a name that leads there. */
  readonly host: string;
  readonly port: number;
  readonly peerId: string;
}

/** Addresses that members begin with. */
export function entrancesFrom(
  { network, miners }: Pick<NetworkSections, "network" | "miners">,
  peers: readonly PinnedPeer[],
): Entrances {
  const addresses = new Map(peers.map((peer) => [peer.number, multiaddress(peer)]));
  const plan = { bootstrap: network.bootstrap, bootnodes: miners.bootnodes };
  return {
    bootstrap: network.bootstrap ? addresses.get(bootstrapNumber) : undefined,
    bootnodes: bootnodeNumbers(plan).flatMap((number) => addresses.get(number) ?? []),
    parent: network.extends?.bootnodes ?? [],
  };
}

/** What a config says of others: whom it dials. */
interface Dialled {
  readonly poetServer: string;
  readonly entrances: Entrances;
}

/** Text of a config. */
export function configText(
  sections: NetworkSections,
  common: CommonSettings,
  shape: ConfigShape,
  dialled: Dialled,
): string {
  const { publicApis } = sections.miners;
  const isServing = shape.isGateway && common.broadcasts;
  return textWith(sections, common, shape, {
    ...dialled,
    apis: isServing ? withApi(publicApis, "gateway") : publicApis,
  });
}

/**
 * Text of the config that nodes at home join with. A wallet writes it down as it is, starts the node beside it with
 * nothing else, and has it smesh over its API (spacemeshos/smapp, desktop/main/NodeConfig.ts at 9297601a): without
 * that API nobody at home can. What the members here serve to the world is another matter. Nodes with listeners
 * serve it on a private one, whatever this list says.
 */
export const publishedText = (
  sections: NetworkSections,
  common: CommonSettings,
  dialled: Dialled,
): string => {
  const { publicApis } = sections.miners;
  const isPrivate = nodeProfiles[sections.network.node.version].listeners;
  return textWith(
    sections,
    common,
    { role: "miner", poet: publishedPoet, isGateway: false },
    { ...dialled, apis: isPrivate ? publicApis : withApi(publicApis, "smesher") },
  );
};

const withApi = (apis: readonly NodeApi[], api: NodeApi): readonly NodeApi[] =>
  apis.includes(api) ? apis : [...apis, api];

const textWith = (
  sections: NetworkSections,
  common: CommonSettings,
  { role, poet }: ConfigShape,
  { poetServer, entrances, apis }: Dialled & { readonly apis: readonly NodeApi[] },
): string =>
  nodeConfigText(
    nodeConfig({
      version: sections.network.node.version,
      template: common.template,
      genesis: common.genesis,
      poetServer,
      calendar: calendarOf(sections, common, poet),
      bootnodes: entrancesOf(role, entrances),
      apis,
    }),
  );
