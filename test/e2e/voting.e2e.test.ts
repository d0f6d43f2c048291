/**
 * The voting application on a sandbox of its own: the tutorial (docs/tutorial.md), typed as it is
 * written into a clone, with the real make, engine, API server, scheduler and controllers; at its end
 * the same services on a Swarm of the Docker stand-in. Proves that the tutorial works and prints what
 * it shows; order, placement, scaling, exchange, rollback and removal; and that a review against what runs
 * tells of what changes, and touches nothing. No container runs.
 *
 * The tests are one story and build on each other, in this order.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Report, type StackReport } from "../../review/model.ts";
import { run } from "../judges/tools.ts";
import type { VotingOnKubernetes } from "../../stacks/voting/schema.ts";
import { clone, render, type Rendered } from "../rendered.ts";
import { expectNoSecret } from "./canaries.ts";
import { endpointFaults, nodeFaults, podsByWorkload, workloadFaults } from "./cluster-state.ts";
import { nodesOf } from "./live-objects.ts";
import { processesUnder } from "./processes.ts";
import { sandboxSecrets, settled, testSandbox, type TestSandbox } from "./sandbox.ts";
import { TutorialReader } from "./tutorial-reader.ts";
import { everything } from "./untouched.ts";

describe("the voting application in a sandbox", () => {
  let rendered: Rendered<VotingOnKubernetes>;
  let sandbox: TestSandbox;
  let reader: TutorialReader;

  beforeAll(async () => {
    rendered = await render("voting");
    sandbox = testSandbox("voting");
    reader = new TutorialReader(sandbox);
    await reader.prepare();
  });

  afterAll(async () => {
    await sandbox.dispose();
    reader.dispose();
  });

  /** UIDs of a workload's pods. */
  const uids = async (workload: string): Promise<string[]> =>
    ((await podsByWorkload(sandbox)).get(`voting/${workload}`) ?? [])
      .map(({ metadata }) => metadata.uid)
      .sort();

  /** Tags of a workload's pods. */
  const tags = async (workload: string): Promise<string[]> =>
    ((await podsByWorkload(sandbox)).get(`voting/${workload}`) ?? []).map(
      ({ spec }) => spec.containers[0]?.image.split(":").at(-1) ?? "",
    );

  test("up brings every service up and says where they are, and what Swarm's words do not do", async () => {
    const printed = await reader.follow("Bring it up");
    expect(printed).toContain("http  vote  http://vote.example.org");
    expect(printed).toMatch(/namespace {3}voting: 8 of 8 pods ready/);
    for (const word of ["condition", "delay", "max_attempts", "window"]) {
      expect(printed).toContain(`worker.restart_policy.${word}: has no effect`);
    }
    // The second one.
    expect(printed).toMatch(/^up: \d+ the same in /m);
  });

  test("every pod is ready, on nodes like the pools, and every Service and host leads to some", async () => {
    await reader.follow("Look around");
    expect(await settled(() => workloadFaults(sandbox, rendered.world))).toEqual([]);
    // A name without ports leads to the pods themselves: the worker's, and its alias.
    expect(await settled(() => endpointFaults(sandbox, rendered.world))).toEqual([]);
    expect(await nodeFaults(sandbox, rendered.config.cluster)).toEqual([]);
  });

  test("its state keeps to every rule of the policy pack, and holds no secret in plain text", async () => {
    const { code, stdout, stderr } = await run(
      process.execPath,
      [join(clone, "ops/cli.ts"), "policy", "--stack", "voting", "--target", "sandbox"],
      { cwd: clone, env: { ...process.env, FLEET_SANDBOX_ROOT: dirname(sandbox.folder) } },
    );
    expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: "" });
    expect(stdout).toMatch(/voting: \d{2,} resources, \d+ rules: \d+ kept, 0 broken/);
  });

  test("pods run on workers only, the controller on its slot, a shipper on every node", async () => {
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
    expect(places.length).toBe(8);
    expect(places.filter(([namespace]) => namespace === "voting")).toEqual(
      Array.from({ length: 6 }, () => ["voting", "workers"]),
    );
    expect(places.filter(([namespace]) => namespace === "ingress")).toEqual([["ingress", "edge"]]);
    expect(groups.get("log-shipper/log-shipper")).toHaveLength(pools.size);
  });

  /** `make review` of the reader's file, as it is or changed meanwhile. */
  async function review(change = (text: string) => text): Promise<{
    readonly code: string;
    readonly makeCode: number | null;
    readonly stack: StackReport;
  }> {
    const { code: makeCode, stdout } = await reader.meanwhile(change, () =>
      reader.try("make review STACK=voting"),
    );
    const folder = join(reader.clone, ".review");
    expect({ stdout, there: existsSync(folder) }).toEqual({ stdout, there: true });
    expectNoSecret(folder, [...sandboxSecrets(sandbox).values()]);
    const report = readFileSync(join(folder, "report.json"), "utf8");
    const [stack] = Report.parse(JSON.parse(report)).stacks;
    if (stack === undefined) {
      throw new Error(`no stack in the report:\n${stdout}`);
    }
    return { code: readFileSync(join(folder, "exit-code"), "utf8").trim(), makeCode, stack };
  }

  test("a review of what runs says that nothing changes, and changes nothing", async () => {
    const before = await everything(sandbox);
    const { code, makeCode, stack } = await review();
    expect({ code, makeCode, items: stack.items }).toEqual({ code: "0", makeCode: 0, items: [] });
    expect(stack).toMatchObject({ outcome: "unchanged", provenance: { target: "sandbox" } });
    expect(await everything(sandbox)).toBe(before);
  });

  test("a review of another image tells of its workload alone, and changes nothing", async () => {
    const before = await everything(sandbox);
    const { code, makeCode, stack } = await review((text) =>
      text.replace("examplevotingapp_vote:before", "examplevotingapp_vote:reviewed"),
    );
    expect({ code, makeCode }).toEqual({ code: "2", makeCode: 0 });
    expect(stack.items.map(({ resource }) => resource.label).sort()).toEqual([
      "Deployment voting/vote",
      "KubernetesService vote",
    ]);
    expect(stack.items.flatMap(({ words }) => words)).toContain(
      "vote: image docker.io/dockersamples/examplevotingapp_vote: before -> reviewed",
    );
    expect(stack.ripple.map(({ workload }) => workload.label)).toEqual(["Deployment voting/vote"]);
    expect(await everything(sandbox)).toBe(before);
  });

  test("scaling starts pods and restarts none", async () => {
    const before = await uids("vote");
    await reader.follow("Scale");
    const after = await uids("vote");
    expect(after).toHaveLength(3);
    expect(after).toEqual(expect.arrayContaining(before));
  });

  test("another image exchanges every pod of its service and of no other", async () => {
    const others = await uids("result");
    const before = await uids("vote");
    await reader.follow("Update");
    expect(await tags("vote")).toEqual(["after", "after", "after"]);
    expect((await uids("vote")).filter((uid) => before.includes(uid))).toEqual([]);
    expect(await uids("result")).toEqual(others);
  });

  test("an update that fails is rolled back, the old pods serving throughout", async () => {
    const before = await uids("vote");
    const printed = await reader.follow("An update that fails");
    expect(printed).toContain("the update failed and was rolled back");
    expect(await settled(() => workloadFaults(sandbox, scaledWorld()))).toEqual([]);
    expect(await uids("vote")).toEqual(before);
  });

  test("down leaves nothing behind: no disk is in the way, no folder, no process", async () => {
    await reader.follow("Take it away");
    expect(existsSync(sandbox.folder)).toBe(false);
    expect(processesUnder(sandbox.folder)).toEqual([]);
  });

  test("a second stack starts from the first one's file", async () => {
    await reader.follow("A second stack");
  });

  test("the same services come up on a Swarm, whose provider takes every word", async () => {
    const printed = await reader.follow("The same services on a Swarm");
    for (const name of Object.keys(rendered.config.services)) {
      expect(printed).toContain(`voting_${name}`);
    }
    expect(existsSync(sandbox.folder)).toBe(false);
  });

  test("the tutorial has been followed to its end", () => {
    expect(reader.left).toEqual([]);
  });

  /** What should stand there once the tutorial has scaled. */
  const scaledWorld = () => ({
    ...rendered.world,
    pods: rendered.world.pods.map((set) => (set.name === "vote" ? { ...set, replicas: 3 } : set)),
  });
});
