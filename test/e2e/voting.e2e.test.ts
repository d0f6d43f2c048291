/**
 * The voting application on a sandbox of its own: the tutorial's story (docs/tutorial.md) on the real
 * engine, API server, scheduler and controllers, and its services on a Swarm of the Docker stand-in.
 * Proves order, placement, scaling, exchange and removal; no container runs.
 *
 * The tests are one story and build on each other, in this order.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";

import { onSwarm } from "../config/voting-faults.ts";
import { draftOf } from "../config/stack-fixture.ts";
import { clone, render, type Rendered } from "../rendered.ts";
import { endpointFaults, nodeFaults, podsByWorkload, workloadFaults } from "./cluster-state.ts";
import { nodesOf } from "./live-objects.ts";
import { processesUnder } from "./processes.ts";
import { settled, testSandbox, type TestSandbox } from "./sandbox.ts";

const stackFile = join(clone, "Pulumi.voting.yaml");
const vote = ["config", "fleet:services", "vote"];

describe("the voting application in a sandbox", () => {
  let rendered: Rendered;
  let sandbox: TestSandbox;
  let output: string;

  beforeAll(async () => {
    rendered = await render("voting");
    sandbox = testSandbox("voting");
    output = await sandbox.succeed("up");
  });

  afterAll(async () => {
    await sandbox.dispose();
  });

  /** The committed file with some of its values changed, as another file. */
  function changed(...edits: (readonly [path: readonly string[], value: unknown])[]): string {
    const document = parseDocument(readFileSync(stackFile, "utf8"));
    for (const [path, value] of edits) {
      document.setIn([...path], value);
    }
    const file = join(sandbox.folder, "..", "changed.yaml");
    writeFileSync(file, document.toString());
    return file;
  }

  /** UIDs of a workload's pods. */
  const uids = async (workload: string): Promise<string[]> =>
    ((await podsByWorkload(sandbox)).get(`voting/${workload}`) ?? [])
      .map(({ metadata }) => metadata.uid)
      .sort();

  const images = async (workload: string): Promise<string[]> =>
    ((await podsByWorkload(sandbox)).get(`voting/${workload}`) ?? []).map(
      ({ spec }) => spec.containers[0]?.image.split(":").at(-1) ?? "",
    );

  test("up brings every service up and says where they are, and what Swarm's words do not do", () => {
    expect(output).toContain("http  vote  http://vote.example.org");
    expect(output).toMatch(/namespace {3}voting: 8 of 8 pods ready/);
    expect(output).toContain("worker.restart_policy.delay: has no effect");
  });

  test("every pod is ready, on nodes like the pools, and every Service and host leads to some", async () => {
    expect(await settled(() => workloadFaults(sandbox, rendered.world))).toEqual([]);
    // A name without ports leads to the pods themselves: the worker's, and its alias.
    expect(await settled(() => endpointFaults(sandbox, rendered.world))).toEqual([]);
    expect(await nodeFaults(sandbox, rendered.config.cluster)).toEqual([]);
  });

  test("pods run on workers only, the controller on its slot", async () => {
    const pools = new Map(
      (await nodesOf(sandbox)).map(({ metadata: { name, labels } }) => [
        name,
        labels["fleet/pool"],
      ]),
    );
    const groups = await podsByWorkload(sandbox);
    const places = [...groups].map(([name, pods]) => [
      name.split("/")[0],
      ...new Set(pods.map(({ spec }) => pools.get(spec.nodeName ?? ""))),
    ]);
    expect(places.length).toBe(7);
    expect(places.filter(([namespace]) => namespace === "voting")).toEqual(
      Array.from({ length: 6 }, () => ["voting", "workers"]),
    );
    expect(places.filter(([namespace]) => namespace === "ingress")).toEqual([["ingress", "edge"]]);
  });

  test("a second up changes nothing", async () => {
    const before = await uids("vote");
    expect(await sandbox.succeed("up")).toMatch(/^up: \d+ the same in /m);
    expect(await uids("vote")).toEqual(before);
  });

  test("scaling starts pods and restarts none", async () => {
    const before = await uids("vote");
    await sandbox.succeed("up", "--file", changed([[...vote, "deploy", "replicas"], 4]));
    const after = await uids("vote");
    expect(after).toHaveLength(4);
    expect(after).toEqual(expect.arrayContaining(before));
  });

  test("another image exchanges every pod of its service and of no other", async () => {
    const others = await uids("result");
    const before = await uids("vote");
    const after = "docker.io/dockersamples/examplevotingapp_vote:after";
    await sandbox.succeed("up", "--file", changed([[...vote, "image"], after]));
    expect(await images("vote")).toEqual(["after", "after"]);
    expect((await uids("vote")).filter((uid) => before.includes(uid))).toEqual([]);
    expect(await uids("result")).toEqual(others);
  });

  test("down leaves nothing behind: no disk is in the way, no folder, no process", async () => {
    await sandbox.succeed("down");
    expect(existsSync(sandbox.folder)).toBe(false);
    expect(processesUnder(sandbox.folder)).toEqual([]);
  });

  test("the same services come up on a Swarm, whose provider takes every word", async () => {
    const draft = draftOf("voting");
    onSwarm(draft);
    const file = join(sandbox.folder, "..", "swarm.yaml");
    writeFileSync(file, JSON.stringify({ config: draft.config }));
    const said = await sandbox.succeed("up", "--file", file);
    expect(said).toContain("target: swarm");
    expect(said).toContain("vote  8080  tcp");
    const listed = await sandbox.succeed(
      "exec",
      ...["--cmd", "node sandbox/standins/tell.ts list docker"],
    );
    for (const name of Object.keys(draft.config["fleet:services"] as object)) {
      expect(listed).toContain(`voting_${name}`);
    }
    expect(await sandbox.succeed("up", "--file", file)).toMatch(/^up: \d+ the same in /m);
    await sandbox.succeed("down");
  });
});
