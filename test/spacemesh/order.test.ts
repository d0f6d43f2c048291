import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Member } from "../../components/spacemesh/members.ts";
import {
  orderTerms,
  type OrderTerms,
  type Turn,
  turnsOf,
} from "../../components/spacemesh/order.ts";
import { membersOf, sectionsOf } from "./network-fixture.ts";

const terms = (over: Partial<OrderTerms> = {}): OrderTerms => ({
  phase: "new",
  atOnce: 2,
  pauseSeconds: 120,
  ...over,
});

const edges = (turns: readonly Turn[]): Record<string, readonly string[]> =>
  Object.fromEntries(turns.map(({ member, after }) => [member.name, after]));

/** Runs turns as the engine does: whoever has nobody left to wait for goes. Most at work at once. */
function play(turns: readonly Turn[]): { readonly waves: string[][]; readonly most: number } {
  const done = new Set<string>();
  const waves: string[][] = [];
  while (done.size < turns.length) {
    const wave = turns
      .filter(
        ({ member: { name }, after }) => !done.has(name) && after.every((one) => done.has(one)),
      )
      .map(({ member: { name } }) => name);
    if (wave.length === 0) {
      throw new Error("they wait for each other");
    }
    wave.forEach((name) => done.add(name));
    waves.push(wave);
  }
  return { waves, most: Math.max(...waves.map(({ length }) => length)) };
}

describe("order of members", () => {
  it("of a new network: whoever is dialled comes before those who dial", () => {
    expect(play(turnsOf(membersOf(), terms())).waves).toEqual([
      ["miner-1"],
      ["miner-2", "miner-3", "miner-4", "miner-5", "miner-6"],
      // Waits for the other bootnodes, so that each miner need only wait for it.
      ["miner-7"],
      ["miner-8", "miner-9"],
      ["miner-10"],
    ]);
  });

  it("of one that runs: miners at most so many at a time, bootnodes one by one, the bootstrap node last", () => {
    const turns = turnsOf(membersOf(), terms({ phase: "running" }));
    expect(play(turns).waves).toEqual([
      ["miner-8", "miner-9"],
      ["miner-10"],
      ["miner-2"],
      ["miner-3"],
      ["miner-4"],
      ["miner-5"],
      ["miner-6"],
      ["miner-7"],
      ["miner-1"],
    ]);
  });

  it("pauses only while others live on the network: before genesis there is nothing to disturb", () => {
    const pauses = (phase: OrderTerms["phase"]) => [
      ...new Set(turnsOf(membersOf(), terms({ phase })).map(({ pauseSeconds }) => pauseSeconds)),
    ];
    expect(pauses("new")).toEqual([0]);
    expect(pauses("running")).toEqual([120]);
  });

  it("of a parked network is that of a running one: parking changes nothing but what runs", () => {
    expect(turnsOf(membersOf(), terms({ phase: "parked" }))).toEqual(
      turnsOf(membersOf(), terms({ phase: "running" })),
    );
  });

  it.each([
    [10, 1],
    [50, 5],
    [100, 10],
  ])(
    "leaves the network its weight: of %i members at most %i are exchanged at a time",
    (count, most) => {
      const given = { miners: { numbers: [`1-${count}`] } };
      const turns = turnsOf(membersOf(given), orderTerms(sectionsOf(given)));
      expect(play(turns).most).toBe(most);
    },
  );

  it("makes a new network as fast as its file says, and exchanges as many as it says", () => {
    const miners = { madeAtOnce: 7, upgrade: { atOnce: 3 } };
    const termsIn = (phase: OrderTerms["phase"]): OrderTerms =>
      orderTerms(sectionsOf({ network: { phase }, miners }));
    expect(termsIn("new")).toEqual({ phase: "new", atOnce: 7, pauseSeconds: 120 });
    expect(termsIn("running")).toEqual({ phase: "running", atOnce: 3, pauseSeconds: 120 });
  });

  it("goes without a bootstrap node, and without miners", () => {
    const joining = {
      network: {
        bootstrap: false,
        genesis: {},
        extends: {
          bootnodes: [
            "/ip4/192.0.2.1/tcp/5002/p2p/12D3KooWRJhBCUtgVNyQd4jqzM9sVXBAYqqTUfbFdZYhdGmR8Gsj",
          ],
          config: { main: { "genesis-time": "2026-01-01T00:00:00Z" } },
        },
      },
    };
    expect(
      play(turnsOf(membersOf({ ...joining, miners: { bootnodes: 1 } }), terms())).waves[0],
    ).toEqual(["miner-1"]);
    const seven = membersOf({ miners: { numbers: ["1-7"] } });
    expect(edges(turnsOf(seven, terms({ phase: "running" })))["miner-2"]).toEqual([]);
    expect(turnsOf(seven, terms())).toHaveLength(7);
  });

  it.each<OrderTerms["phase"]>(["new", "running"])(
    "%s: everyone has one turn, never more at once than allowed, and about one edge each",
    (phase) => {
      const shape = fc.record({
        miners: fc.integer({ min: 0, max: 200 }),
        bootnodes: fc.integer({ min: 1, max: 12 }),
        atOnce: fc.integer({ min: 1, max: 40 }),
        gap: fc.integer({ min: 0, max: 30 }),
      });
      fc.assert(
        fc.property(shape, ({ miners, bootnodes, atOnce, gap }) => {
          const first = bootnodes + 1;
          const members: Member[] = membersOf({
            slots: 13,
            miners: {
              bootnodes,
              numbers: [
                `1-${first}`,
                ...(miners === 0 ? [] : [`${first + 1 + gap}-${first + gap + miners}`]),
              ],
            },
          });
          const turns = turnsOf(members, terms({ phase, atOnce }));
          const { waves, most } = play(turns);
          expect(new Set(waves.flat()).size).toBe(members.length);
          expect(most).toBeLessThanOrEqual(
            phase === "new" ? Math.max(atOnce, bootnodes) : Math.max(atOnce, 1),
          );
          const count = turns.reduce((sum, { after }) => sum + after.length, 0);
          expect(count).toBeLessThanOrEqual(members.length + bootnodes + atOnce);
        }),
        { numRuns: 60 },
      );
    },
  );

  // A member that goes must not hand its turn to others: only those of its own lane have a new one before.
  it("lists whom each waits for before it, so that they can be made in this order", () => {
    for (const phase of ["new", "running"] as const) {
      const seen = new Set<string>();
      for (const { member, after } of turnsOf(
        membersOf({ miners: { numbers: ["1-60"] } }),
        terms({ phase }),
      )) {
        expect(after.filter((name) => !seen.has(name))).toEqual([]);
        seen.add(member.name);
      }
    }
  });
});
