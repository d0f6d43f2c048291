/**
 * The list of networks on a sandbox: two networks come, and one goes. Proves that the list's stack reads what
 * the networks' own stacks tell, and that what it writes is one object from first to last, new versions of
 * which take the place of old ones. Who reads it, and how Google serves it, is not proven.
 *
 * The networks are mini's of two members each, with their web services and without what watches them.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { networksFile, readEntries } from "../../components/spacemesh/discovery-entry.ts";
import { objectType } from "../../sandbox/standins/rules/gcp/common.ts";
import { testSandbox, type TestSandbox } from "./sandbox.ts";
import { ChangedFile, googleIn, outputsOf } from "./spacemesh.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-discovery-"));
const mini = testSandbox("spacemesh-mini", {}, root);
const devnet = testSandbox("spacemesh-devnet", {}, root);
const list = testSandbox("spacemesh-discovery", {}, root);
const file = new ChangedFile("spacemesh-discovery");

/** A network as small as there is one. */
async function comeUp(sandbox: TestSandbox, name: string): Promise<void> {
  const small = new ChangedFile("spacemesh-mini");
  small.say(["fleet:network", "name"], name);
  small.say(["fleet:network", "genesis", "activeSize"], 2);
  small.say(["fleet:miners", "numbers"], ["1-2"]);
  small.say(["fleet:miners", "bootnodes"], 1);
  small.say(["fleet:miners", "ports"], { public: { kind: "in-cluster" } });
  small.say(["fleet:poets", "gateways"], 2);
  small.say(["fleet:cluster", "pools", "bootnodes", "slots"], { "0": {}, "1": {} });
  small.say(["fleet:observability"], {});
  await sandbox.succeed("up", "--file", small.path);
}

/** Brings the list up with these networks. */
const publish = (networks: readonly TestSandbox[]) => {
  file.say(
    ["fleet:networks"],
    networks.map(({ stack }) => stack),
  );
  return list.command("up", "--file", file.path);
};

/** The one object, as the bucket has it. */
function published() {
  const objects = googleIn(list).all(objectType);
  const [object, ...others] = objects;
  if (object === undefined || others.length > 0) {
    throw new Error(`the bucket has ${objects.length} objects`);
  }
  return object;
}

/** What each network's stack tells. */
const told = new Map<TestSandbox, Awaited<ReturnType<typeof outputsOf>>>();

/** What the list must be, from what the networks' stacks tell. */
function expected(networks: readonly TestSandbox[]): string {
  const entries = readEntries(networks.map((one) => [one.stack, told.get(one)?.discovery]));
  if ("faults" in entries) {
    throw new Error(entries.faults.join("\n"));
  }
  return createHash("md5").update(networksFile(entries)).digest("base64");
}

beforeAll(async () => {
  await Promise.all([comeUp(mini, "mininet"), comeUp(devnet, "devnet")]);
  for (const one of [mini, devnet]) {
    told.set(one, await outputsOf(one));
  }
});

afterAll(async () => {
  await Promise.all([mini, devnet, list].map((sandbox) => sandbox.dispose()));
  rmSync(root, { recursive: true, force: true });
});

it("has the networks that have come, newest first, and not the one that has gone", async () => {
  const steps = [[mini], [devnet, mini], [devnet]];
  const seen: { birth: number; id: string; generation: number }[] = [];
  for (const networks of steps) {
    const { code, stdout, stderr } = await publish(networks);
    expect(code, stdout + stderr).toBe(0);
    const { birth, id, facts } = published();
    expect(facts["md5"]).toBe(expected(networks));
    seen.push({ birth, id, generation: Number(facts["generation"]) });
  }
  const { discovery, network } = told.get(devnet) ?? {};
  expect(discovery).toMatchObject({
    netName: "devnet",
    netID: 205,
    grpcAPI: "https://api-devnet.spacemesh.io/",
    conf: network?.config,
  });
  // One object all along, that was never away: each version has taken the place of the one before.
  expect(new Set(seen.map(({ birth, id }) => `${id} ${birth}`)).size).toBe(1);
  const generations = seen.map(({ generation }) => generation);
  expect(generations).toEqual([...new Set(generations)].sort());
});

it("stays as it is where a network cannot be listed", async () => {
  const before = published();
  const { code, stdout, stderr } = await publish([devnet, list]);
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain("stack spacemesh-discovery tells of no web services");
  expect(published()).toEqual(before);
});
