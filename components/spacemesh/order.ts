/**
 * In which order the members of a network are made, and exchanged when image or config changes. Pure.
 *
 * A new network begins with its bootstrap node and its bootnodes, whom all others dial. One that runs
 * is upgraded the other way round: the members that everybody dials go last, one by one. Each waits
 * for few others, never for all of a batch: a thousand miners have about a thousand edges.
 *
 * Source: facts/spacemesh.md 3.1, 3.9.
 */
import type { NetworkPhase } from "./genesis.ts";
import type { Member, MemberRole } from "./members.ts";
import type { MinersConfig } from "./miner.schema.ts";

/** A member, and after whom it is its turn. */
export interface Turn {
  readonly member: Member;
  /** Names of members that must be ready before. */
  readonly after: readonly string[];
  /** How long it must have been ready before the next one goes. */
  readonly pauseSeconds: number;
}

/** The parts of a stack file that decide the order. */
export interface OrderSections {
  readonly network: { readonly phase: NetworkPhase };
  readonly miners: Pick<MinersConfig, "numbers" | "madeAtOnce" | "upgrade">;
}

/** How fast a network is made and upgraded. */
export interface OrderTerms {
  readonly phase: NetworkPhase;
  /** Miners at a time. */
  readonly atOnce: number;
  /** Pause after each, once the network runs. */
  readonly pauseSeconds: number;
}

/** Share of a network's members that may be away at a time, where its file says no number. */
const exchangedShare = 1 / 10;

/** How fast, as a stack file says it. */
export const orderTerms = ({
  network: { phase },
  miners: { numbers, madeAtOnce, upgrade },
}: OrderSections): OrderTerms => ({
  phase,
  atOnce:
    phase === "new"
      ? madeAtOnce
      : (upgrade.atOnce ?? Math.max(1, Math.floor(numbers.length * exchangedShare))),
  pauseSeconds: upgrade.pauseSeconds,
});

type Names = readonly string[];

/** After whom each goes where so many go at a time: the i-th after the one that many before it. */
const lanes = (names: Names, atOnce: number, first: Names): Map<string, Names> =>
  new Map(
    names.map((name, index) => {
      const before = names[index - atOnce];
      return [name, before === undefined ? first : [before]];
    }),
  );

/** One after the other. */
const chain = (names: Names, first: Names): Map<string, Names> => lanes(names, 1, first);

/** The last of each lane, or what came before where there are none. */
const ends = (names: Names, atOnce: number, first: Names): Names =>
  names.length === 0 ? first : names.slice(-atOnce);

/** Bootstrap node, then bootnodes, then miners. */
function making(of: (role: MemberRole) => Names, atOnce: number): Map<string, Names> {
  const bootstrap = of("bootstrap");
  const bootnodes = of("bootnode");
  // The last bootnode waits for the others, so that who waits for it waits for them all.
  const last = bootnodes.slice(-1);
  const others = bootnodes.slice(0, -1);
  return new Map([
    ...lanes(bootstrap, 1, []),
    ...lanes(others, Math.max(1, others.length), bootstrap),
    ...chain(last, others.length === 0 ? bootstrap : others),
    ...lanes(of("miner"), atOnce, last),
  ]);
}

/** Miners, then bootnodes one by one, then the bootstrap node. */
function exchanging(of: (role: MemberRole) => Names, atOnce: number): Map<string, Names> {
  const miners = of("miner");
  const bootnodes = of("bootnode");
  const afterMiners = ends(miners, atOnce, []);
  return new Map([
    ...lanes(miners, atOnce, []),
    ...chain(bootnodes, afterMiners),
    ...chain(of("bootstrap"), ends(bootnodes, 1, afterMiners)),
  ]);
}

/**
 * Turns of all members, in such an order that nobody comes before whom it waits for.
 *
 * A network that is parked has the turns of one that runs: parking changes nothing but what runs.
 */
export function turnsOf(
  members: readonly Member[],
  { phase, atOnce, pauseSeconds }: OrderTerms,
): Turn[] {
  const of = (role: MemberRole): Names =>
    members.filter((member) => member.role === role).map(({ name }) => name);
  const isNew = phase === "new";
  const after = isNew ? making(of, atOnce) : exchanging(of, atOnce);
  const byName = new Map(members.map((member) => [member.name, member]));
  return [...after].flatMap(([name, names]): Turn[] => {
    const member = byName.get(name);
    return member === undefined
      ? []
      : [{ member, after: names, pauseSeconds: isNew ? 0 : pauseSeconds }];
  });
}
