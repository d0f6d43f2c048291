import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { peerKeyOf } from "../../components/base/peer-key.ts";
import { SecretStore } from "../../components/base/secret-store.ts";
import { SecretReference } from "../../components/base/secrets.ts";
import { accountAddress, accountFault } from "../../components/spacemesh/accounts.ts";
import { bech32, readBech32 } from "../../components/spacemesh/bech32.ts";
import { type IdentitySource, memberIdentity } from "../../components/spacemesh/identity.ts";
import type { AccountScheme } from "../../components/spacemesh/node-profiles.ts";

const secret = "5e".repeat(32);
const imported = peerKeyOf(Buffer.alloc(32, 9));

/** Value of an output of the test's own making. */
const valueOf = (output: pulumi.Output<string> | undefined): Promise<string> =>
  new Promise((resolve) => {
    output?.apply(resolve);
  });

const store = (network = secret): SecretStore =>
  new SecretStore(
    new Map([
      ["network", network],
      ["miner-3", imported.file],
    ]),
  );

const source = (
  over: Partial<IdentitySource> = {},
  accounts: AccountScheme = { kind: "hex" },
): IdentitySource => ({
  secrets: store(),
  secret: new SecretReference("seed", "network"),
  accounts,
  imported: {},
  ...over,
});

describe("identities of members", () => {
  it("are the same in every run, and for ever: another label would be another network", () => {
    const { peer, coinbase } = memberIdentity(1, source());
    expect(peer.peerId).toBe("12D3KooWRJhBCUtgVNyQd4jqzM9sVXBAYqqTUfbFdZYhdGmR8Gsj");
    expect(coinbase.address).toBe("0x0de0bee7d00517febcac613b169a678fdd47d147");
  });

  it("differ from member to member, from network to network, and from its own account", async () => {
    const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
    const all = numbers.map((number) => memberIdentity(number, source()));
    const other = memberIdentity(1, source({ secrets: store("5f".repeat(32)) }));
    expect(new Set([...all, other].map(({ peer }) => peer.peerId)).size).toBe(201);
    expect(new Set([...all, other].map(({ coinbase }) => coinbase.address)).size).toBe(201);
    const [first] = all;
    const file = JSON.parse(await valueOf(first?.peer.keyFile)) as { Key: string };
    const seed = await valueOf(first?.coinbase.key?.seed);
    expect(Buffer.from(file.Key, "base64").subarray(4, 36).toString("hex")).not.toBe(seed);
  });

  it("depend on the number alone: those of the others stay when one goes", () => {
    const one = memberIdentity(8, source()).peer.peerId;
    const among = [1, 2, 8].map((number) => memberIdentity(number, source()).peer.peerId);
    expect(among[2]).toBe(one);
  });

  it("show their public halves and keep the others secret", async () => {
    const { peer, coinbase } = memberIdentity(1, source());
    expect(await pulumi.isSecret(peer.keyFile)).toBe(true);
    expect(await pulumi.isSecret(coinbase.key?.seed as pulumi.Output<string>)).toBe(true);
    expect(peer.peerId).toMatch(/^12D3KooW/);
  });

  it("are the imported ones where a file names them, each by itself", async () => {
    const imports = {
      "3": { identity: new SecretReference("p2p-key", "miner-3") },
      "4": { coinbase: "0x8868600d2835019249a0f756f754d5a5ab17ebf0" },
    };
    const third = memberIdentity(3, source({ imported: imports }));
    expect(third.peer.peerId).toBe(imported.peerId);
    expect(await valueOf(third.peer.keyFile)).toBe(imported.file);
    expect(third.coinbase.address).toBe(memberIdentity(3, source()).coinbase.address);
    const fourth = memberIdentity(4, source({ imported: imports }));
    expect(fourth.peer.peerId).toBe(memberIdentity(4, source()).peer.peerId);
    expect(fourth.coinbase).toEqual({
      address: "0x8868600d2835019249a0f756f754d5a5ab17ebf0",
      key: undefined,
    });
  });
});

describe("accounts", () => {
  const key = Buffer.from(
    "136d3aee6442288da85f936f7fe6822186f1d3c63c050721c66bcb7a2095655d",
    "hex",
  );

  it("is the end of the public key until v0.2.17", () => {
    expect(accountAddress(key, { kind: "hex" })).toBe("0x7fe6822186f1d3c63c050721c66bcb7a2095655d");
  });

  // Known answers: addresses that the Ledger app for Spacemesh shows for its test keys.
  it.each([
    [
      "136d3aee6442288da85f936f7fe6822186f1d3c63c050721c66bcb7a2095655d",
      "sm1qqqqqqyjdl0e9t6s3cxx3pqgtmxh998w5l74v5syjt6w5",
    ],
    [
      "b7ec1a92bf5fd19cff888c2b7a278ceb6d649f5b678b89fb5c29bb1546f4a594",
      "sm1qqqqqqp6qjvvlg7h9z748an72kcx3sjqyjcvrkg0jfst2",
    ],
  ])("is what the wallet of the key spends from in v1.0", (publicKey, address) => {
    const scheme: AccountScheme = { kind: "bech32", hash: "blake3", prefix: "sm" };
    expect(accountAddress(Buffer.from(publicKey, "hex"), scheme)).toBe(address);
    expect(accountFault(address, scheme)).toBeUndefined();
  });

  // Known answers: the accounts of the node's preset `testnet`, before and after v0.2.18.
  it.each([
    [
      "8868600d2835019249a0f756f754d5a5ab17ebf0",
      "stest1qqqqqqygdpsq62p4qxfyng8h2mm4f4d94vt7huqqu9mz3",
    ],
    [
      "ff083c9a22e05d3459b03f3dbed61c7ad6e0a209",
      "stest1qqqqqq8lpq7f5ghqt569nvpl8kldv8r66ms2yzgudsd5t",
    ],
  ])("writes %s as the node does", (account, address) => {
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(account, "hex")]);
    expect(bech32("stest", bytes)).toBe(address);
    expect(readBech32(address)?.prefix).toBe("stest");
  });

  const stest: AccountScheme = { kind: "bech32", hash: "sha256", prefix: "stest" };
  it.each([
    ["a letter is wrong", "stest1qqqqqqygdpsq62p4qxfyng8h2mm4f4d94vt7huqqu9mz4", stest],
    ["it is another network's", "sm1qqqqqqyjdl0e9t6s3cxx3pqgtmxh998w5l74v5syjt6w5", stest],
    ["it is of an older version", "0x8868600d2835019249a0f756f754d5a5ab17ebf0", stest],
    ["its first bytes are not zero", bech32("stest", Buffer.alloc(24, 1)), stest],
    ["it is too short", bech32("stest", Buffer.alloc(20)), stest],
    ["it is empty", "", stest],
    ["it is a key and no account", `0x${"ab".repeat(33)}`, { kind: "hex" } as const],
  ])("refuses an account where %s", (_, address, scheme) => {
    expect(accountFault(address, scheme)).toMatch(/^must be an account of/);
  });
});
