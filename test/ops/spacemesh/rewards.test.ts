/** What `rewards` says. The protocol itself is judged in test/judges/rewards.test.ts. */
import { describe, expect, test } from "vitest";

import { readNodeAddress } from "../../../ops/spacemesh/rewards/node-api.ts";
import { type RewardsApi, rewardsReport } from "../../../ops/spacemesh/rewards/rewards.ts";

const paid: Readonly<Record<string, bigint>> = { "0xaa": 50n, "0xbb": 70n, "0xcc": 5n };
const api = (isDebugOn: boolean): RewardsApi => ({
  rewards: (address) =>
    Promise.resolve({ balance: 100n, layers: 2, total: paid[address.toLowerCase()] ?? 0n }),
  accounts: () =>
    isDebugOn
      ? Promise.resolve(["0xaa", "0xcc"].map((address) => ({ address, balance: 1n })))
      : Promise.reject(new Error("was asked although it is off")),
});
const managed = [
  { address: "0xAA", miners: ["miner-1", "miner-9"] },
  { address: "0xbb", miners: ["miner-2"] },
];

describe("rewards", () => {
  test("without debug, asks for the stack's own accounts only, and says why", async () => {
    const report = await rewardsReport({ managed, api: api(false), node: "miner-1", debug: false });
    expect(report.split("\n")).toEqual([
      "Asked miner-1: GlobalStateService, which fleet:miners.publicApis serves as globalstate.",
      "Accounts that are not the stack's own are told by DebugService only, which is off: debug in fleet:miners.publicApis turns it on.",
      "",
      "ACCOUNT  SMESHED FOR BY   BALANCE  REWARDS  LAYERS",
      "0xbb     miner-2          100      70       2",
      "0xAA     miner-1,miner-9  100      50       2",
      "",
      "managed: 2 accounts, balances of 200, rewards of 120",
      "Amounts are in smidge.",
    ]);
  });

  test("with debug, tells the others' too: an account is managed in whatever case it is written", async () => {
    const report = await rewardsReport({ managed, api: api(true), node: "miner-1", debug: true });
    expect(report).toContain("0xcc     -                100      5        2");
    expect(report).toContain("managed: 2 accounts, balances of 200, rewards of 120");
    expect(report).toContain("not managed: 1 accounts, balances of 100, rewards of 5");
  });
});

describe("the address of a node", () => {
  test.each([
    ["203.0.113.7:30001", { target: "203.0.113.7:30001", tls: false }],
    ["miner-1:6000", { target: "miner-1:6000", tls: false }],
    ["[2001:db8::1]:6000", { target: "[2001:db8::1]:6000", tls: false }],
    ["https://api-mininet.spacemesh.io/", { target: "api-mininet.spacemesh.io:443", tls: true }],
    [
      "https://api-mininet.spacemesh.io:8443",
      { target: "api-mininet.spacemesh.io:8443", tls: true },
    ],
  ])("%s", (text, address) => {
    expect(readNodeAddress("HOST", text)).toEqual(address);
  });

  test.each([
    "miner-1",
    "miner-1:0",
    "miner-1:70000",
    "http://miner-1:6000",
    "unix:/socket",
    "a b:1",
    "",
  ])("%j is none", (text) => {
    expect(() => readNodeAddress("HOST", text)).toThrow(/HOST must be host:port/);
  });
});
