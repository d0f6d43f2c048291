/**
 * Members of a network: numbers, roles, slots, PoETs, ports. Pure functions over data.
 *
 * A number is a member's name for good: miner-1 is the bootstrap node, the next ones are the
 * bootnodes, the rest ordinary (facts/spacemesh.md 2.1). All that a member gets follows from its own
 * number and never from its place among the others, so that adding or removing one moves no other.
 */
import { slotOfMember } from "../platform/slots.ts";
import { peerPort } from "./ports.ts";

/** What a member is to the others. */
export type MemberRole = "bootstrap" | "bootnode" | "miner";

/** What the members of a network follow from. */
export interface MembersPlan {
  /** Numbers of the miners, each once. */
  readonly numbers: readonly number[];
  /** Whether miner-1 is the bootstrap node; without, the bootnodes begin at 1. */
  readonly bootstrap: boolean;
  /** How many bootnodes there are. */
  readonly bootnodes: number;
  /** How many PoETs there are. */
  readonly poets: number;
  /** How many miners, from the first on, hand the PoETs' proofs to the network. */
  readonly gateways: number;
  /** Slots of the cluster, in order. Empty: nobody is pinned, and no address is published. */
  readonly slots: readonly number[];
  /** Host port of a pinned member is this and its number. */
  readonly hostBase: number;
}

/** One member of a network. */
export interface Member {
  readonly number: number;
  /** `miner-<number>`: its Deployment, Service and claim, and its name in logs and alerts. */
  readonly name: string;
  readonly role: MemberRole;
  /** Number of its PoET, from 1. */
  readonly poet: number;
  /** PoETs broadcast through it: it serves the gateway API. */
  readonly isGateway: boolean;
  /** The node it is pinned to; undefined for whoever runs anywhere. */
  readonly slot: number | undefined;
  /** Peer-to-peer port that it listens on, and that its host answers where it is pinned. */
  readonly peerPort: number;
}

/** Name of a miner: of its objects, its logs and its alerts. */
export const minerName = (number: number): string => `miner-${number}`;

/** Name of a PoET, numbered from 1. */
export const poetName = (number: number): string => `poet-${number}`;

/** Number of the bootstrap node. */
export const bootstrapNumber = 1;

/** Numbers of the bootnodes: 2 … bootnodes + 1, or 1 … bootnodes without a bootstrap node. */
export function bootnodeNumbers(plan: Pick<MembersPlan, "bootstrap" | "bootnodes">): number[] {
  const first = plan.bootstrap ? bootstrapNumber + 1 : bootstrapNumber;
  return Array.from({ length: plan.bootnodes }, (_, index) => first + index);
}

/** What a number is in a network. */
function roleOf(number: number, plan: Pick<MembersPlan, "bootstrap" | "bootnodes">): MemberRole {
  if (plan.bootstrap && number === bootstrapNumber) {
    return "bootstrap";
  }
  return number <= pinnedCount(plan) ? "bootnode" : "miner";
}

/** How many members are pinned: the bootstrap node and the bootnodes. */
export const pinnedCount = (plan: Pick<MembersPlan, "bootstrap" | "bootnodes">): number =>
  plan.bootnodes + (plan.bootstrap ? 1 : 0);

/** Number of the PoET of a miner: round robin from PoET 1 at miner-1 on (facts/spacemesh.md 3.2). */
const poetOf = (number: number, poets: number): number => ((number - 1) % poets) + 1;

/** One member by its number. */
function memberOf(number: number, plan: Omit<MembersPlan, "numbers">): Member {
  const role = roleOf(number, plan);
  const slot = role === "miner" ? undefined : slotOfMember(plan.slots, number - 1);
  return {
    number,
    name: minerName(number),
    role,
    poet: poetOf(number, plan.poets),
    isGateway: number <= plan.gateways,
    slot,
    peerPort: role === "miner" ? peerPort : plan.hostBase + number,
  };
}

/** All members, in order of their numbers. */
export function planMembers(plan: MembersPlan): Member[] {
  return [...plan.numbers]
    .sort((left, right) => left - right)
    .map((number) => memberOf(number, plan));
}

/** Number of the PoET that home smeshers are told: the first (facts/spacemesh.md 10). */
export const publishedPoet = 1;
