/**
 * `rewards` against servers that are generated from the node's own published protocol, of both generations:
 * accounts as bytes (up to v0.2.17) and as texts. Proves that what is asked and read is what the protocol
 * says; not what a node answers.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test, vi } from "vitest";

import { NodeApi } from "../../ops/spacemesh/rewards/node-api.ts";
import { rewardsReport } from "../../ops/spacemesh/rewards/rewards.ts";
import { runRewards } from "../../ops/spacemesh/run.ts";
import { readStackFile } from "../../ops/stack-file.ts";
import { projectName } from "../../sandbox/engine.ts";
import { clone } from "../rendered.ts";
import { toolPath } from "./tools.ts";

interface Account {
  readonly address: string;
  readonly balance: string;
  readonly rewards?: readonly { readonly layer: number; readonly total: string }[];
}

/** Runs something against a server that tells of some accounts. */
async function withNode<Result>(
  binary: string,
  told: { readonly debug: boolean; readonly accounts: readonly Account[] },
  work: (api: NodeApi, endpoint: string) => Promise<Result>,
): Promise<Result> {
  const node = spawn(toolPath(binary), [JSON.stringify(told)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(node, "close");
  const [port] = (await once(node.stdout, "data")) as [Buffer];
  const endpoint = `127.0.0.1:${port.toString().trim()}`;
  const api = new NodeApi({ target: endpoint, tls: false });
  try {
    return await work(api, endpoint);
  } finally {
    api.close();
    node.stdin.end();
    await ended;
  }
}

const generations = [
  {
    binary: "node-api-bytes",
    own: `0x${"a1".repeat(20)}`,
    other: `0x${"0b".repeat(20)}`,
    // The server reads bytes as base64.
    sent: (address: string) => Buffer.from(address.slice(2), "hex").toString("base64"),
  },
  {
    binary: "node-api",
    own: "stest1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqgx9k7zj",
    other: "stest1qqqqqqrs60l66w5uksxzmaznwq6xnhqfv56c28qlkm4a5",
    sent: (address: string) => address,
  },
];

describe.each(generations)("$binary", ({ binary, other, own, sent }) => {
  const accounts: readonly Account[] = [
    {
      address: sent(own),
      // More than a number holds, and than a signed one.
      balance: "18446744073709551615",
      rewards: [
        { layer: 12, total: "9007199254740993" },
        { layer: 12, total: "1" },
        { layer: 13, total: "477618397593" },
      ],
    },
    { address: sent(other), balance: "100000000000000000" },
  ];

  test("rewards of an account are added up to the last smidge, and its layers counted", async () => {
    const found = await withNode(binary, { debug: false, accounts }, (api) => api.rewards(own));
    expect(found).toEqual({
      ...{ balance: 18446744073709551615n, layers: 2 },
      total: 9007199254740993n + 1n + 477618397593n,
    });
  });

  test("an account that was never paid has nothing", async () => {
    const found = await withNode(binary, { debug: false, accounts: [] }, (api) => api.rewards(own));
    expect(found).toEqual({ balance: 0n, layers: 0, total: 0n });
  });

  test("every account is told by DebugService, and only where the node serves it", async () => {
    const all = await withNode(binary, { debug: true, accounts }, (api) => api.accounts());
    expect(all).toEqual([
      { address: own, balance: 18446744073709551615n },
      { address: other, balance: 100000000000000000n },
    ]);
    await expect(
      withNode(binary, { debug: false, accounts }, (api) => api.accounts()),
    ).rejects.toThrow(/does not serve DebugService: fleet:miners.publicApis must list debug/);
  });

  test("totals of both sides stand under the accounts", async () => {
    const report = await withNode(binary, { debug: true, accounts }, (api) =>
      rewardsReport({
        ...{ api, debug: true, node: "miner-1" },
        managed: [{ address: own.replace("0xa1", "0xA1"), miners: ["miner-1", "miner-4"] }],
      }),
    );
    expect(report).toContain(
      "managed: 1 accounts, balances of 18446744073709551615, rewards of 9007676873138587",
    );
    expect(report).toContain(
      "not managed: 1 accounts, balances of 100000000000000000, rewards of 0",
    );
  });
});

test("the command asks a node for the accounts that the stack's last update left in its outputs", async () => {
  const root = mkdtempSync(join(tmpdir(), "fleet-rewards-"));
  const stack = "spacemesh-mini";
  const folder = join(root, stack, "backend", ".pulumi", "stacks", projectName(clone));
  mkdirSync(folder, { recursive: true });
  const own = `0x${"a1".repeat(20)}`;
  const outputs = {
    network: {
      ...{ name: "mininet", phase: "running", config: "https://bucket.example/c", image: "a/b:1" },
      miners: [{ name: "miner-1", grpc: "miner-1.spacemesh.svc:6000", coinbase: own }],
    },
  };
  const resources = [{ urn: "urn:x", type: "pulumi:pulumi:Stack", outputs }];
  const state = { version: 3, checkpoint: { latest: { resources } } };
  writeFileSync(join(folder, `${stack}.json`), JSON.stringify(state));
  vi.stubEnv("FLEET_SANDBOX_ROOT", root);
  const printed = vi.spyOn(console, "log").mockReturnValue();
  try {
    const file = readStackFile(clone, stack);
    await expect(runRewards(clone, file, "sandbox", undefined)).rejects.toThrow(
      /ENDPOINT=host:port/,
    );
    const [address] = [Buffer.from(own.slice(2), "hex").toString("base64")];
    const accounts = [{ address, balance: "5", rewards: [{ layer: 3, total: "7" }] }];
    await withNode("node-api-bytes", { debug: false, accounts }, async (_, endpoint) => {
      expect(await runRewards(clone, file, "sandbox", endpoint)).toBe(0);
    });
    expect(printed.mock.calls.join("\n")).toMatch(
      /managed: 1 accounts, balances of 5, rewards of 7/,
    );
  } finally {
    printed.mockRestore();
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  }
});

test("a thousand accounts come in one answer", async () => {
  const accounts = Array.from({ length: 1000 }, (_, index) => ({
    address: `stest1${`${index}`.padStart(40, "q")}`,
    balance: `${index}`,
  }));
  const all = await withNode("node-api", { debug: true, accounts }, (api) => api.accounts());
  expect(all).toHaveLength(1000);
});
