import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { MemberNumbers } from "../../components/spacemesh/member-numbers.ts";
import {
  bootnodeNumbers,
  type MembersPlan,
  pinnedCount,
  planMembers,
} from "../../components/spacemesh/members.ts";

const mini: MembersPlan = {
  numbers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  bootstrap: true,
  bootnodes: 6,
  poets: 3,
  gateways: 4,
  slots: [0, 1, 2, 3, 4, 5, 6],
  hostBase: 5000,
};

/** Plans with all the numbers that others have in their config, and any others. */
const plans = fc
  .record({
    bootstrap: fc.boolean(),
    bootnodes: fc.integer({ min: 1, max: 12 }),
    poets: fc.integer({ min: 1, max: 7 }),
    gateways: fc.integer({ min: 1, max: 8 }),
    slots: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 12 }),
    others: fc.uniqueArray(fc.integer({ min: 20, max: 2_000 }), { maxLength: 40 }),
  })
  .map(({ others, ...rest }): MembersPlan => {
    const fixed = Math.max(pinnedCount(rest), rest.gateways);
    const numbers = [...Array.from({ length: fixed }, (_, index) => index + 1), ...others];
    return { ...rest, numbers, hostBase: 5000 };
  });

describe("members", () => {
  it("has the bootstrap node first, then the bootnodes, then the rest", () => {
    const roles = planMembers(mini).map(({ name, role }) => `${name} ${role}`);
    expect(roles).toEqual([
      "miner-1 bootstrap",
      ...[2, 3, 4, 5, 6, 7].map((number) => `miner-${number} bootnode`),
      ...[8, 9, 10].map((number) => `miner-${number} miner`),
    ]);
  });

  it("begins with the bootnodes where there is no bootstrap node", () => {
    const plan = { ...mini, bootstrap: false };
    expect(bootnodeNumbers(plan)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(planMembers(plan).map(({ role }) => role)).toEqual([
      ...Array<string>(6).fill("bootnode"),
      ...Array<string>(4).fill("miner"),
    ]);
  });

  it("gives PoETs round robin from the bootstrap node on, and slots to who is pinned", () => {
    const members = planMembers({ ...mini, slots: [0, 1, 2] });
    expect(members.map(({ poet }) => poet)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3, 1]);
    expect(members.map(({ slot }) => slot)).toEqual([
      ...[0, 1, 2, 0, 1, 2, 0],
      ...[undefined, undefined, undefined],
    ]);
  });

  it("listens on the host's port where it is pinned: what is advertised must be what listens", () => {
    const ports = planMembers(mini).map(({ peerPort }) => peerPort);
    expect(ports).toEqual([5001, 5002, 5003, 5004, 5005, 5006, 5007, 7513, 7513, 7513]);
  });

  it("puts no two of them on one slot while slots suffice", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const slots = planMembers(plan).flatMap(({ slot }) => slot ?? []);
        expect(slots).toHaveLength(pinnedCount(plan));
        expect(new Set(slots).size).toBe(Math.min(slots.length, plan.slots.length));
      }),
    );
  });

  it("spreads members over PoETs and slots evenly, whatever numbers are missing above", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const pinned = planMembers(plan).filter(({ role }) => role !== "miner");
        const loads = (values: readonly (number | undefined)[]): number[] =>
          [...new Set(values)].map((value) => values.filter((other) => other === value).length);
        const slots = loads(pinned.map(({ slot }) => slot));
        const poets = loads(pinned.map(({ poet }) => poet));
        expect(Math.max(...slots) - Math.min(...slots)).toBeLessThanOrEqual(1);
        expect(Math.max(...poets) - Math.min(...poets)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("moves no other when one is removed or added: all of a member follows from its number", () => {
    fc.assert(
      fc.property(plans, fc.nat(), (plan, at) => {
        const gone = plan.numbers[at % plan.numbers.length];
        const rest = { ...plan, numbers: plan.numbers.filter((number) => number !== gone) };
        const before = planMembers(plan).filter(({ number }) => number !== gone);
        expect(planMembers(rest)).toEqual(before);
      }),
    );
  });

  it("does not depend on the order of the file", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const turned = { ...plan, numbers: plan.numbers.toReversed() };
        expect(planMembers(turned)).toEqual(planMembers(plan));
      }),
    );
  });
});

describe("numbers of miners in a file", () => {
  const messages = (items: unknown): string[] => {
    const { error } = MemberNumbers.safeParse(items);
    return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
  };

  it.each([
    [["1-10"], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [
      ["1-6", "8-10"],
      [1, 2, 3, 4, 5, 6, 8, 9, 10],
    ],
    [
      ["1-3", 11, "20"],
      [1, 2, 3, 11, 20],
    ],
    [["7-7"], [7]],
  ])("reads %j", (items, numbers) => {
    expect(MemberNumbers.parse(items)).toEqual(numbers);
  });

  it.each([
    [["1-6", "3"], "1: must name each miner once: 3 is in 1-6 too"],
    [["5", 5], "1: must name each miner once: 5 is in 5 too"],
    [["1-10", "9-12"], "1: must name each miner once: 9 is in 1-10 too"],
  ])("refuses %j, a number used twice, and names both places", (items, message) => {
    expect(messages(items)).toEqual([message]);
  });

  it.each([
    [["0"]],
    [["6-1"]],
    [["1 - 3"]],
    [["-3"]],
    [["1-99999"]],
    [["01"]],
    [["miner-1"]],
    [[""]],
    [[1.5]],
    [[null]],
    [[["1"]]],
  ])("refuses %j with an example", (items) => {
    expect(messages(items)).toEqual([
      expect.stringMatching(/^0: must be a miner's number .*"1-10"/),
    ]);
  });

  it("refuses no miner at all", () => {
    expect(messages([])).toEqual([": must name at least one miner"]);
  });

  it("reads every number of a range, and no other", () => {
    const number = fc.integer({ min: 1, max: 9_999 });
    fc.assert(
      fc.property(number, number, (one, other) => {
        const first = Math.min(one, other);
        const last = Math.max(one, other);
        const read = MemberNumbers.parse([`${first}-${last}`]);
        expect([read[0], read.at(-1), new Set(read).size]).toEqual([first, last, last - first + 1]);
      }),
    );
  });
});
