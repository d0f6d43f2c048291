/**
 * A stack whose cluster the program makes: the voting application on Linode's Kubernetes, whose stand-in
 * hands out the sandbox's own control plane. Proves on the real engine that pools, provider and objects
 * come in the order they must, that the cluster keeps the pools it did not declare, and that slots are exchanged one
 * after the other. It proves nothing about Linode.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";

import { clusterType, poolType } from "../../sandbox/standins/rules/linode/types.ts";
import { clone } from "../rendered.ts";
import { linodeOf } from "./cloud-state.ts";
import { nodesOf } from "./live-objects.ts";
import { testSandbox, type TestSandbox } from "./sandbox.ts";

const smallest = { type: "g6-standard-1", cpu: "1", memory: "2Gi" };
const larger = { type: "g6-standard-2", cpu: "2", memory: "4Gi" };

/** Voting's own file with a cluster that is to be made. */
function lkeStack(version = "1.34", edge = smallest): string {
  const document = parseDocument(readFileSync(join(clone, "Pulumi.voting.yaml"), "utf8"));
  const taints = [{ key: "fleet/slot", value: "true", effect: "NoSchedule" }];
  document.setIn(["config", "fleet:cluster"], {
    kind: "lke",
    label: "voting",
    version,
    linode: { region: "ap-south" },
    pools: {
      // The smallest machines: the number of them is computed from what the services ask for.
      workers: { ...smallest, size: "auto" },
      edge: {
        ...{ ...edge, taints, data: "delete" },
        slots: Object.fromEntries(
          ["0", "1"].map((slot) => [
            slot,
            { address: { kind: "dns", name: `edge-${slot}.example.org` } },
          ]),
        ),
      },
    },
  });
  return document.toString();
}

describe("a stack on a cluster that it makes", () => {
  let sandbox: TestSandbox;
  let file: string;

  beforeAll(async () => {
    sandbox = testSandbox("voting");
    file = join(sandbox.folder, "..", "lke.yaml");
    writeFileSync(file, lkeStack());
    await sandbox.succeed("up", "--file", file);
  });

  afterAll(async () => {
    await sandbox.dispose();
  });

  test("has its cluster and a pool for each slot at Linode, and its pods on the pools' nodes", async () => {
    const linode = linodeOf(sandbox);
    expect(linode.all(clusterType).map(({ inputs }) => inputs["label"])).toEqual(["voting"]);
    const pools = linode
      .all(poolType)
      .map(({ inputs: { labels, nodeCount } }) => [labels, nodeCount]);
    expect(pools).toHaveLength(3);
    // Three, as each has a pod that ships its logs. They are enough for the scheduler, too: every pod is ready, or up
    // would have failed.
    expect(pools).toContainEqual([{ "fleet/pool": "workers" }, 3]);
    expect(pools).toContainEqual([{ "fleet/pool": "edge", "fleet/slot": "0" }, 1]);
    expect(pools).toContainEqual([{ "fleet/pool": "edge", "fleet/slot": "1" }, 1]);
    const nodes = (await nodesOf(sandbox)).map(({ metadata: { labels } }) => labels["fleet/pool"]);
    expect(nodes.sort()).toEqual(["base", "edge", "edge", "workers", "workers", "workers"]);
  });

  test("changes nothing in a second run, and keeps the kubeconfig's key out of state", async () => {
    const kubeconfig = join(sandbox.folder, "kubeconfig");
    const state = join(sandbox.folder, "backend", ".pulumi", "stacks", "fleet", "voting.json");
    const key = /client-key-data: (\S{40})/.exec(readFileSync(kubeconfig, "utf8"))?.[1];
    expect(key).toBeDefined();
    expect(readFileSync(state, "utf8")).not.toContain(key);
    const preview = await sandbox.succeed("preview", "--file", file);
    expect(preview).toContain("preview: no change");
  });

  test("keeps its pools when the cluster itself is changed in place", async () => {
    const before = linodeOf(sandbox)
      .all(poolType)
      .map(({ id }) => id);
    writeFileSync(file, lkeStack("1.33"));
    await sandbox.succeed("up", "--file", file);
    const after = linodeOf(sandbox);
    expect(after.all(poolType).map(({ id }) => id)).toEqual(before);
    expect(after.all(clusterType).map(({ inputs }) => inputs["k8sVersion"])).toEqual(["1.33"]);
  });

  test("exchanges the machines of slots one after the other: what is dialled there is never away at once", async () => {
    writeFileSync(file, lkeStack("1.33", larger));
    const said = await sandbox.succeed("up", "--file", file, "--verbose");
    const steps = said
      .split("\n")
      .flatMap(
        (line) =>
          /(deleted|made anew) LkeNodePool \S+-(slot-\d)$/.exec(line)?.slice(1).join(" ") ?? [],
      );
    expect(steps).toEqual([
      "deleted slot-0",
      "made anew slot-0",
      "deleted slot-1",
      "made anew slot-1",
    ]);
    const machines = linodeOf(sandbox)
      .all(poolType)
      .map(({ inputs: { labels, type } }) => [labels, type]);
    expect(machines).toHaveLength(3);
    expect(machines).toContainEqual([{ "fleet/pool": "workers" }, smallest.type]);
    expect(machines).toContainEqual([{ "fleet/pool": "edge", "fleet/slot": "0" }, larger.type]);
    expect(machines).toContainEqual([{ "fleet/pool": "edge", "fleet/slot": "1" }, larger.type]);
  });
});
