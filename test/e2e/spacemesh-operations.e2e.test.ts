/**
 * What an operator does to a network, each a change of the stack file, on a sandbox: a machine exchanged,
 * a miner added and one deleted, an upgrade, a PoET restarted, the network parked and resumed, and taken
 * away from under its logs. Proves what is touched and what is not, in which order, and where it runs; no
 * node program runs, so that nothing of what they tell each other is proven.
 *
 * The network is mini's, but with five bootnodes, so that miner 7 is nobody's bootnode, and two PoETs.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import { addressType, poolType } from "../../sandbox/standins/rules/gcp/common.ts";
import { asText, type Properties } from "../../sandbox/standins/values.ts";
import { nodesOf, podsOf } from "./live-objects.ts";
import { settled, testSandbox, type TestSandbox } from "./sandbox.ts";
import {
  ChangedFile,
  googleIn,
  Members,
  outputsOf,
  type Picture,
  pictureOf,
  standingFaults,
  touched,
} from "./spacemesh.ts";

const stack = "spacemesh-mini";
const bootnodes = [2, 3, 4, 5, 6].map((number) => `miner-${number}`);
const pinned = ["miner-1", ...bootnodes];

/** Runs pods, or waits for the last of them, in the words of the engine's own log. */
const inCluster = /kubernetes:(apps|core)\/v1:(Deployment|StatefulSet|ResourceQuota) /;
const pool = /gcp:container:NodePool /;

/** What lets the world in to the miners' own ports, which the file opens on every node. */
const nodePorts = "Firewall projects/spacemesh-networks/global/firewalls/mininet-node-ports";

let sandbox: TestSandbox;
let file: ChangedFile;

const up = (): Promise<string> => sandbox.succeed("up", "--file", file.path);
const refused = async (): Promise<string> => {
  const { code, stdout, stderr } = await sandbox.command("up", "--file", file.path);
  expect(code).not.toBe(0);
  return stdout + stderr;
};
const stands = async (): Promise<void> => {
  expect(await settled(() => standingFaults(sandbox))).toEqual([]);
};

/** An update, and what it has touched. */
async function change(): Promise<ReturnType<typeof touched> & { readonly after: Picture }> {
  const before = await pictureOf(sandbox);
  await up();
  await stands();
  const after = await pictureOf(sandbox);
  return { ...touched(before, after), after };
}

/** What the engine says of each resource in the last update, in the order it was done. */
function course(): string[] {
  const log = readFileSync(join(sandbox.folder, "logs", "engine.log"), "utf8");
  const update = log.slice(log.lastIndexOf("\n$ pulumi up "));
  return update.split("\n").filter((line) => /^ *~ .* (updating|updated) \(/.test(line));
}

/** That all steps of a kind had ended before the first one of another began. */
function cameFirst(first: RegExp, then: RegExp): void {
  const lines = course();
  const begun = lines.findIndex((line) => then.test(line) && line.includes(" updating ("));
  const ended = lines.findLastIndex((line) => first.test(line) && line.includes(" updated ("));
  expect({ begun: begun >= 0, ended: ended >= 0 }).toEqual({ begun: true, ended: true });
  expect(lines.slice(begun).filter((line) => first.test(line))).toEqual([]);
  expect(ended).toBeLessThan(begun);
}

/** Reserved addresses by name. */
const reserved = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    googleIn(sandbox)
      .all(addressType)
      .map(({ inputs, facts }) => [asText(inputs["name"]), asText(facts["address"])]),
  );

/** Address and port that the published config has of each pinned member, and where it really answers. */
async function entrances(): Promise<{ advertised: string[]; real: string[] }> {
  const { bootstrap, bootnodes: others } = await outputsOf(sandbox);
  const members = await Members.of(sandbox);
  const advertised = [bootstrap ?? "", ...others].map((address) =>
    address.replace(/\/p2p\/[^/]+$/, ""),
  );
  const real = pinned.map((name) => {
    const { hosts, ports } = members.entrance(name);
    return `/ip4/${hosts.join()}/tcp/${ports.join()}`;
  });
  return { advertised, real };
}

beforeAll(async () => {
  sandbox = testSandbox(stack);
  file = new ChangedFile(stack);
  file.say(["fleet:miners", "bootnodes"], 5);
  file.say(["fleet:poets", "count"], 2);
  await up();
  await stands();
});

afterAll(async () => {
  await sandbox.dispose();
});

describe("a machine that is exchanged", () => {
  test("has the slot's address again before its bootnode runs there, which has disk and identity as before", async () => {
    const members = await Members.of(sandbox);
    const node = members.node("miner-3").metadata.name;
    const before = members.entrance("miner-3");
    const picture = await pictureOf(sandbox);
    await sandbox.succeed("recycle", "--node", node);
    await stands();
    const after = await Members.of(sandbox);
    expect(after.pod("miner-3").metadata.uid).not.toBe(members.pod("miner-3").metadata.uid);
    expect(after.node("miner-3").metadata.uid).not.toBe(members.node("miner-3").metadata.uid);
    expect(after.entrance("miner-3")).toEqual(before);
    expect(touched(picture, await pictureOf(sandbox))).toEqual({ made: [], changed: [], gone: [] });
    const { advertised, real } = await entrances();
    expect(real).toEqual(advertised);
  });
});

describe("a miner that is added", () => {
  test("is all that comes: no other object and no other pod is touched", async () => {
    const before = (await Members.of(sandbox)).uids;
    file.say(["fleet:miners", "numbers"], ["1-11"]);
    const { made, changed, gone } = await change();
    expect({ changed, gone }).toEqual({ changed: [nodePorts], gone: [] });
    expect(made.filter((name) => !name.startsWith("PersistentVolume /"))).toEqual([
      "Deployment spacemesh/miner-11",
      "PersistentVolumeClaim spacemesh/miner-11-data",
      "Secret spacemesh/miner-11-identity",
      "Service spacemesh/miner-11",
    ]);
    const { "miner-11": added, ...others } = (await Members.of(sandbox)).uids;
    expect(others).toEqual(before);
    expect(added).toBeDefined();
    // Round robin: the eleventh of two PoETs' miners is the first one's.
    expect(await poetsOf()).toMatchObject({ "miner-10": "poet-2", "miner-11": "poet-1" });
  });
});

/** Member → the PoET that its config names. */
async function poetsOf(): Promise<Readonly<Record<string, string>>> {
  const configs = new Map(
    (await sandbox.objects("configmaps")).map((map) => [
      map.metadata.name,
      JSON.stringify((map as Record<string, unknown>)["data"]),
    ]),
  );
  const { pods } = await Members.of(sandbox);
  return Object.fromEntries(
    [...pods].flatMap(([name, { spec }]) => {
      const used = [...configs.keys()].filter((map) => JSON.stringify(spec).includes(`"${map}"`));
      const text = used.map((map) => configs.get(map)).join();
      const poet = /(poet-\d+)\.spacemesh\.svc/.exec(text)?.[1];
      return name.startsWith("miner-") && poet !== undefined ? [[name, poet]] : [];
    }),
  );
}

describe("an upgrade", () => {
  test("exchanges miners first, then the bootnodes one by one, the bootstrap node last, and nothing else", async () => {
    const before = (await Members.of(sandbox)).uids;
    const others = await otherPods();
    file.say(["fleet:images", "node"], { image: "docker.io/spacemeshos/go-spacemesh-dev:next" });
    file.say(["fleet:miners", "upgrade"], { pauseSeconds: 1 });
    // From here on what holds data may go: said before it goes.
    file.say(["fleet:data"], "delete");
    const { made, changed, gone } = await change();
    expect({ made, gone }).toEqual({ made: [], gone: [] });
    const miners = Object.keys(before).filter((name) => name.startsWith("miner-"));
    expect(changed.filter((name) => name.startsWith("Deployment spacemesh/miner-"))).toEqual(
      miners.map((name) => `Deployment spacemesh/${name}`).sort(),
    );
    const members = await Members.of(sandbox);
    expect(miners.filter((name) => members.uids[name] === before[name])).toEqual([]);
    expect(members.uids).toMatchObject({
      "poet-1": before["poet-1"],
      "poet-2": before["poet-2"],
    });
    expect(await otherPods()).toEqual(others);
    expect(await early(miners)).toEqual([]);
  });

  test("of the config alone exchanges them likewise: new configs come, the old ones go, and no PoET is touched", async () => {
    const before = (await Members.of(sandbox)).uids;
    const others = await otherPods();
    file.say(["fleet:network", "node", "config", "logging"], { hare: "debug" });
    const { made, changed, gone } = await change();
    const miners = Object.keys(before).filter((name) => name.startsWith("miner-"));
    expect(changed.filter((name) => !name.startsWith("Deployment ws/"))).toEqual([
      // Who joins from outside is told, too.
      "BucketObject spacecraft-data-mininet-archive/config.json",
      ...miners.map((name) => `Deployment spacemesh/${name}`).sort(),
    ]);
    const kinds = (names: readonly string[]): ReadonlySet<string> =>
      new Set(names.map((name) => name.replace(/\/.*$/, "")));
    expect(kinds(made)).toEqual(new Set(["ConfigMap spacemesh", "ConfigMap ws"]));
    expect(kinds(gone)).toEqual(kinds(made));
    expect(gone).toHaveLength(made.length);
    const { uids } = await Members.of(sandbox);
    expect(miners.filter((name) => uids[name] === before[name])).toEqual([]);
    expect(uids).toMatchObject({ "poet-1": before["poet-1"], "poet-2": before["poet-2"] });
    expect(await otherPods()).toEqual(others);
    expect(await early(miners)).toEqual([]);
  });
});

/** Pinned members that were told of an upgrade before those whom they wait for were back for the pause. */
async function early(miners: readonly string[]): Promise<string[]> {
  const at = await toldAt();
  const ready = await readyAt();
  const ordinary = miners.filter((name) => !pinned.includes(name));
  const course = [...bootnodes, "miner-1"];
  return course.filter((name, index) => {
    const before = index === 0 ? ordinary : course.slice(index - 1, index);
    return before.some((other) => at(name) < ready(other) + 1000);
  });
}

/** @throws Error for a member without a time: what is compared with nothing is never too early. */
const timeIn =
  (times: ReadonlyMap<string, number>) =>
  (member: string): number => {
    const time = times.get(member);
    if (time === undefined || Number.isNaN(time)) {
      throw new Error(`no time is known of ${member}`);
    }
    return time;
  };

/** When a member's pod got ready, in milliseconds; Kubernetes keeps whole seconds. */
async function readyAt(): Promise<(member: string) => number> {
  const times = new Map(
    (await sandbox.objects("pods")).flatMap((object): [string, number][] => {
      const { metadata, status } = ReadyPod.parse(object);
      const ready = status.conditions.find(
        ({ type, status: is }) => type === "Ready" && is === "True",
      );
      return ready === undefined
        ? []
        : [[metadata.labels["name"] ?? "", Date.parse(ready.lastTransitionTime)]];
    }),
  );
  return timeIn(times);
}

const ReadyPod = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()) }),
  status: z.object({
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string() }))
      .default([]),
  }),
});

/** When the engine last told the cluster of a member, in milliseconds; Kubernetes keeps whole seconds. */
async function toldAt(): Promise<(member: string) => number> {
  const path = "/apis/apps/v1/namespaces/spacemesh/deployments";
  const { stdout } = await sandbox.kubectl(["get", "--raw", path]);
  const times = new Map(
    Deployments.parse(JSON.parse(stdout)).items.map(({ metadata: { name, managedFields } }) => {
      const own = managedFields.filter(({ manager }) => manager.startsWith("pulumi"));
      return [name, Math.max(...own.map(({ time }) => Date.parse(time)))];
    }),
  );
  return timeIn(times);
}

const Deployments = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        managedFields: z.array(z.object({ manager: z.string(), time: z.string() })),
      }),
    }),
  ),
});

/** Pods that are no members, no web services, which run the node, too, and not on every node: by name. */
const otherPods = async (): Promise<string[]> =>
  (await podsOf(sandbox))
    .filter(({ metadata }) => !["spacemesh", "ws", "log-shipper"].includes(metadata.namespace))
    .map(({ metadata }) => metadata.name)
    .sort();

describe("a miner that is deleted", () => {
  test("goes with its disk and its identity, and nothing else moves", async () => {
    const before = (await Members.of(sandbox)).uids;
    file.say(["fleet:miners", "numbers"], ["1-6", "8-11"]);
    const { made, changed, gone } = await change();
    expect({ made, changed }).toEqual({ made: [], changed: [nodePorts] });
    expect(gone.filter((name) => !name.startsWith("PersistentVolume /"))).toEqual([
      "Deployment spacemesh/miner-7",
      "PersistentVolumeClaim spacemesh/miner-7-data",
      "Secret spacemesh/miner-7-identity",
      "Service spacemesh/miner-7",
    ]);
    const { "miner-7": deleted, ...others } = before;
    expect(deleted).toBeDefined();
    expect((await Members.of(sandbox)).uids).toEqual(others);
  });

  test("is refused, and nothing touched, where it is a bootnode", async () => {
    const before = await pictureOf(sandbox);
    file.say(["fleet:miners", "numbers"], ["1-3", "5-6", "8-11"]);
    expect(await refused()).toContain("must have 4: miner-4 is a bootnode");
    file.say(["fleet:miners", "numbers"], ["1-6", "8-11"]);
    expect(touched(before, await pictureOf(sandbox))).toEqual({ made: [], changed: [], gone: [] });
  });
});

describe("a PoET whose pod ends", () => {
  test("comes back with its disk, told of its gateways as before: nobody has to call it", async () => {
    const before = await Members.of(sandbox);
    const picture = await pictureOf(sandbox);
    const { name, namespace, uid } = before.pod("poet-1").metadata;
    const deleted = await sandbox.kubectl(["delete", "pod", name, "-n", namespace]);
    expect(deleted.stderr).toBe("");
    await stands();
    const after = (await Members.of(sandbox)).pod("poet-1");
    expect(after.metadata.uid).not.toBe(uid);
    const told = ({ spec }: typeof after): string =>
      JSON.stringify([
        spec.containers.map(({ args, command, env }) => ({ args, command, env })),
        (spec.volumes as { name: string }[]).filter((one) => !one.name.startsWith("kube-api")),
      ]);
    expect(told(after)).toBe(told(before.pod("poet-1")));
    expect(touched(picture, await pictureOf(sandbox))).toEqual({ made: [], changed: [], gone: [] });
    // Its gateways are members that are there, by the names of their Services.
    const gateways = [...told(after).matchAll(/--gateway=(miner-\d+)\.spacemesh\.svc:6000\b/g)];
    expect(gateways.map(([, member]) => member)).toEqual([1, 2, 3, 4].map((n) => `miner-${n}`));
  });
});

describe("a network that is parked", () => {
  let before: Picture;
  let members: Members;
  let addresses: Readonly<Record<string, string>>;
  let told: Awaited<ReturnType<typeof outputsOf>>;

  /** What must be the very same afterwards: identities, disks, addresses, configs, Services. */
  const lasting = (picture: Picture): Picture =>
    new Map(
      [...picture].filter(([name]) => !/^(Deployment|StatefulSet|CronJob|NodePool) /.test(name)),
    );

  beforeAll(async () => {
    before = await pictureOf(sandbox);
    members = await Members.of(sandbox);
    addresses = reserved();
    told = await outputsOf(sandbox);
    file.say(["fleet:network", "phase"], "parked");
    await up();
    await stands();
  });

  test("runs nothing on no machine, and keeps identities, disks and addresses", async () => {
    expect((await podsOf(sandbox)).map(({ metadata }) => metadata.name)).toEqual([]);
    expect(await nodesOf(sandbox)).toEqual([]);
    expect(reserved()).toEqual(addresses);
    const { made, changed, gone } = touched(lasting(before), lasting(await pictureOf(sandbox)));
    expect({ made, changed, gone }).toEqual({ made: [], changed: [], gone: [] });
  });

  test("had its machines until the last pod had ended", () => {
    cameFirst(inCluster, pool);
    const waited = course().filter((line) => /:ResourceQuota \S+ updated/.test(line));
    expect(waited).toHaveLength(3);
  });

  test("is as it was when it is resumed, machines first", async () => {
    file.say(["fleet:network", "phase"], "running");
    await up();
    cameFirst(pool, inCluster);
    await stands();
    expect(touched(lasting(before), lasting(await pictureOf(sandbox)))).toEqual({
      made: [],
      changed: [],
      gone: [],
    });
    const { network, bootstrap, bootnodes: others } = await outputsOf(sandbox);
    expect({ network, bootstrap, others }).toEqual({
      network: told.network,
      bootstrap: told.bootstrap,
      others: told.bootnodes,
    });
    const resumed = await Members.of(sandbox);
    expect(Object.keys(resumed.uids).sort()).toEqual(Object.keys(members.uids).sort());
    for (const name of pinned) {
      expect({ name, slot: resumed.slot(name) }).toEqual({ name, slot: members.slot(name) });
    }
    const { advertised, real } = await entrances();
    expect(real).toEqual(advertised);
  });
});

describe("a network that is taken away from under its logs", () => {
  test("leaves what watches, its disks and its names, on a pool that begins with one node", async () => {
    const before = await pictureOf(sandbox);
    const { "mininet-nginx": entrance } = reserved();
    file.say(["fleet:only"], "observability");
    const { after } = await change();
    const left = [...after.keys()];
    expect(left.filter((name) => / (spacemesh|ws|address-keeper)\//.test(name))).toEqual([]);
    const kept = [...before].filter(([name]) =>
      /PersistentVolumeClaim logs\/|Secret logs\//.test(name),
    );
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter(([name, value]) => after.get(name) !== value)).toEqual([]);
    // Where the records of its pages lead.
    expect(entrance).toBeDefined();
    expect(reserved()["mininet-nginx"]).toBe(entrance);
    const pods = (await podsOf(sandbox)).map(({ metadata }) => metadata.namespace);
    expect(new Set(pods)).toEqual(new Set(["ingress", "log-shipper", "logs"]));
    const pools = googleIn(sandbox).all(poolType);
    const bounds = pools.map(({ inputs }) => {
      const scaling = inputs["autoscaling"] as Properties | undefined;
      return [asText(inputs["name"]), scaling?.["minNodeCount"] ?? inputs["nodeCount"]];
    });
    expect(bounds).toContainEqual(["default", 1]);
    // Slots hold nobody: their machines are gone.
    const slots = (await nodesOf(sandbox)).filter(
      ({ metadata }) => metadata.labels["fleet/slot"] !== undefined,
    );
    expect(slots).toEqual([]);
  });
});
