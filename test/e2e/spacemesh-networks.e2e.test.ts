/**
 * Networks from the very files that the clouds get, on sandboxes: devnet and mini. Proves that every pod runs
 * where it should, and that what is advertised is what answers; no node program runs.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { settled, testSandbox } from "./sandbox.ts";
import { Members, outputsOf, standingFaults } from "./spacemesh.ts";

const numbers = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

const networks: [stack: string, miners: number][] = [
  ["spacemesh-devnet", 50],
  ["spacemesh-mini", 10],
];

describe.each(networks)("%s", (stack, miners) => {
  const sandbox = testSandbox(stack);
  let members: Members;

  beforeAll(async () => {
    await sandbox.succeed("up");
    expect(await settled(() => standingFaults(sandbox))).toEqual([]);
    members = await Members.of(sandbox);
  });

  afterAll(async () => {
    await sandbox.dispose();
  });

  test("has every member and its PoET running", () => {
    const wanted = [...numbers(miners).map((number) => `miner-${number}`), "poet-1"];
    expect([...members.pods.keys()].sort()).toEqual(wanted.sort());
  });

  test("has bootstrap node and bootnodes on a slot each, in order, and all others on the other nodes", () => {
    const slots = numbers(miners).map((number) => members.slot(`miner-${number}`));
    expect(slots.slice(0, 7)).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
    expect(slots.slice(7).filter((slot) => slot !== undefined)).toEqual([]);
  });

  test("advertises the addresses and ports where its bootnodes really answer, as who they are", async () => {
    const { bootstrap, bootnodes, network } = await outputsOf(sandbox);
    const identities = new Map(network?.miners.map(({ name, peerId }) => [name, peerId]));
    const real = numbers(7).map((number) => {
      const { hosts, ports } = members.entrance(`miner-${number}`);
      const peer = identities.get(`miner-${number}`) ?? "";
      expect(hosts).toHaveLength(1);
      return `/ip4/${hosts.join()}/tcp/${ports.join()}/p2p/${peer}`;
    });
    expect([bootstrap, ...bootnodes]).toEqual(real);
    expect(new Set(real).size).toBe(7);
    // Nobody else takes a port of a node.
    const others = numbers(miners).slice(7);
    expect(others.flatMap((number) => members.entrance(`miner-${number}`).ports)).toEqual([]);
  });

  test("changes nothing in a second run", async () => {
    expect(await sandbox.succeed("preview")).toContain("preview: no change");
  });
});
