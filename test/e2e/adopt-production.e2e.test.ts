/**
 * `make adopt STACK=prod` on a production that somebody made by hand: its cluster with its pools, balancers, firewalls, the
 * zones' bucket and the name server at Linode; namespaces, disks, Services and pods in the cluster. Proves, on the real API
 * server and in the stand-in's state, that everything is told before anything happens, that what is in the way stops it
 * whole, that what can be taken stays the very thing it was through the update that follows, that keyed pods hand
 * over and others roll side by side, and that an interrupted run is done again. It proves nothing about Linode.
 *
 * The tests are one story and build on each other, in this order.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { open } from "../../sandbox/commands/open.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import {
  balancerType,
  bucketType,
  clusterType,
  deviceType,
  firewallType,
  instanceType,
  poolType,
} from "../../sandbox/standins/rules/linode/types.ts";
import type { KubernetesObject } from "../../policy/graph/objects.ts";
import { type Finished, run } from "../judges/tools.ts";
import { clone } from "../rendered.ts";
import { linodeOf } from "./cloud-state.ts";
import { podFaults, podsOf } from "./live-objects.ts";
import { watchPods } from "./pod-events.ts";
import {
  another,
  byHand,
  fillLinode,
  messLinode,
  nameServerId,
  obstacles,
  oldPassword,
  productionFile,
} from "./production-by-hand.ts";
import { settled, testSandbox, type TestSandbox } from "./sandbox.ts";

const kinds = ["namespaces", "services", "persistentvolumeclaims", "deployments", "statefulsets"];
const lasting = [
  ...[balancerType, bucketType, clusterType, deviceType, firewallType],
  ...[instanceType, poolType],
];

const nameOf = ({ kind, metadata }: KubernetesObject): string =>
  `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;

describe("a production that somebody made by hand", () => {
  let sandbox: TestSandbox;
  let file: string;
  let mendLinode: () => Promise<void>;
  let before: ReadonlyMap<string, string>;
  let things: readonly string[];

  beforeAll(async () => {
    sandbox = testSandbox("prod");
    file = join(dirname(sandbox.folder), "found.yaml");
    writeFileSync(file, productionFile());
    const opened = await open({
      place: sandboxPlace("prod", { clone, root: dirname(sandbox.folder) }),
      outer: process.env,
      say: () => undefined,
      options: { stack: "prod", file, fast: false, refresh: false, verbose: false },
    });
    opened.sandbox.api.close();
    const balancer = await fillLinode(sandbox);
    mendLinode = await messLinode(sandbox);
    await apply([...byHand(balancer), ...obstacles.map(({ made }) => made)]);
    await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "whitelist" } }]);
    const theirs = ["--server-side", "--field-manager", "pulumi-kubernetes-0badcafe"];
    await apply([another], ...theirs);
    expect(await settled(async () => (await oldPods()).flatMap(podFaults))).toEqual([]);
    before = await identities();
    things = standing();
  });

  afterAll(async () => {
    await sandbox.dispose();
  });

  async function apply(items: readonly object[], ...words: string[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    const { code, stderr } = await sandbox.kubectl(["apply", ...words, "-f", "-"], list);
    expect([code, stderr]).toEqual([0, ""]);
  }

  const command = [join(clone, "ops", "cli.ts"), "adopt", "--stack", "prod", "--target", "sandbox"];
  const words = (): string[] => [...command, "--yes", "yes", "--file", file];
  const environment = (): NodeJS.ProcessEnv => ({
    ...process.env,
    FLEET_SANDBOX_ROOT: dirname(sandbox.folder),
  });
  const adopt = (): Promise<Finished> =>
    run(process.execPath, words(), { cwd: clone, env: environment() });

  const oldPods = async () =>
    (await podsOf(sandbox)).filter(({ spec }) => JSON.stringify(spec).includes("example/old:1"));

  /** Who is who: kind and name → uid, and what the object's makers wrote. */
  const identities = async (): Promise<ReadonlyMap<string, string>> =>
    new Map(
      (await sandbox.objects(...kinds)).map((object) => [
        nameOf(object),
        String((object.metadata as { uid?: string }).uid),
      ]),
    );

  /** What stands at Linode, by type and number. */
  const standing = (): readonly string[] =>
    lasting
      .flatMap((type) => linodeOf(sandbox).all(type))
      .map(({ type, id }) => `${type} ${id}`)
      .sort();

  const stateFile = (): string => join(sandbox.folder, "backend/.pulumi/stacks/fleet/prod.json");

  test("is left alone, whole, while one thing is in the way; each is told with what mends it", async () => {
    const versions = async () =>
      (await sandbox.objects(...kinds)).map((object) => [
        nameOf(object),
        (object.metadata as { generation?: number }).generation,
        JSON.stringify(object.metadata.labels),
      ]);
    const cloud = readFileSync(join(sandbox.folder, "standins", "linode.json"), "utf8");
    const objects = await versions();
    const { code, stdout, stderr } = await adopt();
    expect([code, stderr]).toEqual([1, expect.stringContaining("nothing was touched")]);
    const inTheWay = stdout.split("\n").filter((line) => line.startsWith("in the way"));
    const said = (what: string): string | undefined => inTheWay.find((line) => line.includes(what));
    expect(said("redis-dmsg-discovery-data")).toMatch(
      /its size is 5Gi, the stack says 10Gi: say 5Gi in the stack file/,
    );
    expect(said("redis-address-resolver-data")).toMatch(/500Gi.*a disk never gets smaller/);
    expect(said("Service skywire/dmsg-server-5")).toMatch(
      /its node port 30085\/TCP is Service kube-public\/old-dmsg's/,
    );
    expect(said("Deployment skywire/old-postgres")).toMatch(
      /writes to its claim postgres-data: scale it to 0 first/,
    );
    expect(said("Service whitelist/whitelist")).toMatch(
      /another Pulumi stack applies it \(field manager pulumi-kubernetes-0badcafe\).*fleet\/adopt=prod/,
    );
    expect(said("Firewall prod-nodes")).toMatch(/there are 2 of this name \(\d+, 99\)/);
    expect(said("ObjectStorageBucket skycoin-zones")).toMatch(
      /its region is eu-central, the stack says ap-south/,
    );
    expect(said("LkeNodePool dmsg slot 6")).toMatch(
      /has no tag fleet: the cluster's next update would delete it with its nodes/,
    );
    expect(inTheWay).toHaveLength(8);
    expect(readFileSync(join(sandbox.folder, "standins", "linode.json"), "utf8")).toBe(cloud);
    expect(await versions()).toEqual(objects);
    expect(existsSync(stateFile()) ? readFileSync(stateFile(), "utf8") : "").not.toContain("urn:");
  });

  test("is taken as it is, in one run and the rest of one that was interrupted", async () => {
    await mendLinode();
    for (const { made, mended } of obstacles) {
      const where = [made.kind, made.metadata.name, "-n", made.metadata.namespace ?? ""];
      const line = mended === "delete" ? ["delete", ...where] : ["scale", ...where, "--replicas=0"];
      expect((await sandbox.kubectl(line)).stderr).toBe("");
    }
    const consent = ["service", "whitelist", "-n", "whitelist", "fleet/adopt=prod"];
    expect((await sandbox.kubectl(["annotate", ...consent])).stderr).toBe("");
    things = standing();

    // The cluster and its cloud are in state, the objects are not.
    const first = await interrupted(/^\d+ taken into state\.$/m);
    expect(first).toMatch(/^adopted +LkeCluster skycoin-prod +the next update changes its pools$/m);
    expect(first).toMatch(
      /^adopted +LkeNodePool general \(\d+,\d+\) +the next update changes its/m,
    );
    expect(first).toMatch(/^adopted +NodeBalancer ccm-0a1b2c3d4e5f +as it is$/m);
    expect(first).toMatch(/^adopted +Firewall prod-nodes +the next update changes its inbounds$/m);
    expect(first.split("taken into state")).toHaveLength(2);

    const { code, stdout, stderr } = await adopt();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).not.toMatch(/^\w+ +(LkeCluster|LkeNodePool|Firewall) /m);
    expect(stdout).toMatch(/^adopted +PersistentVolumeClaim skywire\/postgres-data /m);
    expect(stdout).toMatch(/^adopted +Service skywire\/dmsg-server-1 /m);
    expect(stdout).toMatch(/^replaced +Deployment skywire\/dmsg-server-1 .*old pod stops before/m);
    expect(stdout).toMatch(/^handed over +StatefulSet skywire\/postgres /m);
    expect(stdout).toMatch(/^side by side +Deployment skywire\/dmsg-discovery-keyless /m);
    expect(stdout).toMatch(/^adopted +Deployment skywire\/route-finder /m);
    expect(stdout).toMatch(/^untouched +Deployment skywire\/reward-bot /m);
    expect(stdout).toMatch(/^Next, make up STACK=prod: .* 2 to replace\.$/m);
    // The table stands before the first thing that is done.
    expect(stdout.indexOf("resources that the state has not")).toBeLessThan(
      stdout.indexOf("taken into state"),
    );
    expect(standing()).toEqual(things);
    const gone = await lost(before);
    expect(gone).toEqual([
      "Deployment skywire/config-bootstrapper",
      "Deployment skywire/dmsg-discovery-keyless",
      "PersistentVolumeClaim skywire/redis-address-resolver-data",
      "PersistentVolumeClaim skywire/redis-dmsg-discovery-data",
      "Service kube-public/old-dmsg",
      "StatefulSet skywire/postgres",
    ]);
    expect((await oldPods()).flatMap(podFaults)).toEqual([]);
    expect(readFileSync(stateFile(), "utf8")).not.toContain(oldPassword);
  });

  /** Objects that are not what they were. */
  const lost = async (known: ReadonlyMap<string, string>): Promise<readonly string[]> => {
    const now = await identities();
    return [...known.keys()].filter((key) => now.get(key) !== known.get(key)).sort();
  };

  /** Ctrl-C as soon as a line is there. */
  const interrupted = (line: RegExp): Promise<string> =>
    new Promise((settle) => {
      const child = spawn(process.execPath, words(), { cwd: clone, env: environment() });
      let text = "";
      let asked = false;
      child.stdout.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        // Once: whoever is asked twice ends as it stands.
        if (!asked && line.test(text)) {
          asked = true;
          child.kill("SIGINT");
        }
      });
      child.on("close", () => {
        settle(text);
      });
    });

  test("is changed by the next update and not made anew; keyed pods hand over, others never leave", async () => {
    const old = new Set((await oldPods()).map(({ metadata }) => metadata.name));
    const known = await identities();
    const watch = await watchPods(sandbox, "skywire");
    await sandbox.succeed("up", "--file", file);
    await watch.end();
    const lines = watch.lines();
    for (const name of ["dmsg-server-1", "uptime-tracker", "postgres"]) {
      // But for the pods of its backups, which the clock starts.
      const course = lines.filter((line) => new RegExp(` ${name}-(?!backup-)[^ ]*$`).test(line));
      const gone = course.findIndex((line) => line.startsWith("DELETED"));
      // The pod of a StatefulSet has the name of the one before it.
      const made = course.findIndex(
        (line, index) => line.startsWith("ADDED") && index > 0 && isNew(line, name, old),
      );
      expect({ name, course, order: [gone >= 0, made > gone] }).toEqual({
        ...{ name, course },
        order: [true, true],
      });
    }
    for (const name of ["dmsg-discovery-keyless", "config-bootstrapper"]) {
      const left = lines.filter((line) => line.startsWith(`DELETED ${name}-`));
      expect({ name, left }).toEqual({ name, left: [] });
    }
    const replaced = ["Deployment skywire/dmsg-server-1", "Deployment skywire/uptime-tracker"];
    expect(await lost(known)).toEqual(replaced);
    // Firewalls that were missing came beside; nothing that was there is another one, or has lost what was in it.
    const now = standing();
    expect(things.filter((thing) => !now.includes(thing))).toEqual([]);
    expect(now.filter((thing) => /NodeBalancer|Lke|Instance|Bucket/.test(thing))).toEqual(
      things.filter((thing) => /NodeBalancer|Lke|Instance|Bucket/.test(thing)),
    );
    const linode = linodeOf(sandbox);
    const pools = linode.all(poolType).map(({ inputs }) => JSON.stringify(inputs["labels"]));
    expect(pools.filter((labels) => labels.includes('"fleet/pool":"general"'))).toHaveLength(1);
    expect(linode.find(instanceType, nameServerId)?.inputs["label"]).toBe("ns1");
  });

  /** Whether a pod's line is of one that was not there before, or is so again. */
  const isNew = (line: string, name: string, old: ReadonlySet<string>): boolean =>
    name === "postgres" || !old.has(line.split(" ")[1] ?? "");

  test("loses its old keyless pods at the next adopt, and then there is nothing to do", async () => {
    const { code, stdout } = await adopt();
    expect(code).toBe(0);
    expect(stdout.match(/^removed +ReplicaSet skywire\//gm)).toHaveLength(2);
    const isLeft = async (): Promise<readonly string[]> =>
      (await oldPods())
        .map(({ metadata }) => metadata.name)
        .filter((name) => !name.startsWith("reward-bot-"));
    expect(await settled(isLeft)).toEqual([]);
    const known = await identities();
    const said = await sandbox.succeed("up", "--file", file);
    expect(/^up: .*$/m.exec(said)?.[0]).toMatch(/^up: \d+ the same in /);
    expect(await lost(known)).toEqual([]);
  });
});
