/** What is round the clouds: the guard at the door, state files, orders, seeds, and the words of tell.ts. */
import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { findProcess } from "../../sandbox/processes.ts";
import { obey } from "../../sandbox/standins/control.ts";
import { withLock } from "../../sandbox/standins/files.ts";
import { OutsideSandbox, sandboxFolder as enter } from "../../sandbox/standins/guard.ts";
import type { Environment } from "../../sandbox/standins/guard.ts";
import { HalfDone } from "../../sandbox/standins/plugin.ts";
import { leftovers, putOutside, seededIds, seedStandins } from "../../sandbox/standins/seeds.ts";
import { tell } from "../../sandbox/standins/tell.ts";
import { asText, plain, secret } from "../../sandbox/standins/values.ts";
import { Box, sandboxFolder, subject, removeBoxes } from "./box.ts";

afterAll(removeBoxes);

const balancerType = "linode:index/nodeBalancer:NodeBalancer";
const balancer = { region: "ap-south", label: "edge" };

describe("the guard", () => {
  function environment(folder: string): Environment {
    mkdirSync(join(folder, "backend"), { recursive: true });
    writeFileSync(join(folder, "token"), "right\n");
    return {
      FLEET_SANDBOX_DIR: folder,
      FLEET_SANDBOX_TOKEN: "right",
      PULUMI_BACKEND_URL: pathToFileURL(join(folder, "backend")).href,
    };
  }

  it("lets a sandbox runner's plugin in", () => {
    const folder = sandboxFolder();
    expect(enter("linode", environment(folder))).toBe(folder);
  });

  it.each<[string, Environment, RegExp]>([
    ["no folder", { FLEET_SANDBOX_DIR: undefined }, /names no absolute folder/],
    ["a relative folder", { FLEET_SANDBOX_DIR: ".sandbox/test" }, /names no absolute folder/],
    ["no token", { FLEET_SANDBOX_TOKEN: undefined }, /TOKEN is not set/],
    ["an empty token", { FLEET_SANDBOX_TOKEN: "" }, /TOKEN is not set/],
    ["another token", { FLEET_SANDBOX_TOKEN: "wrong" }, /is not the one in/],
    ["no backend", { PULUMI_BACKEND_URL: undefined }, /no file:\/\/ address under/],
    [
      "a live backend",
      { PULUMI_BACKEND_URL: "https://api.pulumi.com" },
      /no file:\/\/ address under/,
    ],
    ["a bucket", { PULUMI_BACKEND_URL: "gs://state" }, /no file:\/\/ address under/],
    ["the user's own backend", { PULUMI_BACKEND_URL: "file://~" }, /no file:\/\/ address under/],
    ["a backend elsewhere", { PULUMI_BACKEND_URL: "file:///tmp" }, /no file:\/\/ address under/],
  ])("refuses %s", (_, change, reason) => {
    const attempt = () => enter("linode", { ...environment(sandboxFolder()), ...change });
    expect(attempt).toThrow(OutsideSandbox);
    expect(attempt).toThrow(reason);
    expect(attempt).toThrow(/Live stacks take the official plugin/);
  });

  it("refuses a backend that a link leads out of the folder, and a folder without token file", () => {
    const folder = sandboxFolder();
    const good = environment(folder);
    symlinkSync("/tmp", join(folder, "link"));
    const linked = { ...good, PULUMI_BACKEND_URL: pathToFileURL(join(folder, "link")).href };
    expect(() => enter("gcp", linked)).toThrow(/no file:\/\/ address under/);
    rmSync(join(folder, "token"));
    expect(() => enter("gcp", good)).toThrow(/holds no token/);
  });
});

describe("the state file", () => {
  it("holds no secret in clear, and gives secrets back to the engine that has them", async () => {
    const box = await Box.open("docker", {
      registryAuth: '[{"address":"a","password":"hunter2"}]',
    });
    const data = secret(Buffer.from("hunter2").toString("base64"));
    const type = "docker:index/secret:Secret";
    const made = await box.make(type, "key", { name: "key", data });
    const folder = join(box.folder, "standins");
    const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    expect(texts.join("\n")).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(statSync(join(folder, "docker.json")).mode & 0o077).toBe(0);
    const read = await box.standIn.read(subject(type, "key"), made.id, made.checked);
    expect(read?.inputs["data"]).toEqual(data);
  });

  it("echoes a secret input as the secret it is, also where the cloud has a word for it", async () => {
    const box = await Box.open("linode");
    const inputs = { region: "ap-south", label: secret("hidden-name") };
    const made = await box.make(balancerType, "b", inputs);
    expect(made.properties["label"]).toEqual(inputs.label);
    const read = await box.standIn.read(subject(balancerType, "b"), made.id, made.checked);
    expect(read?.properties["label"]).toEqual(inputs.label);
  });

  it("shows a secret that was changed behind Pulumi's back, without showing it", async () => {
    const box = await Box.open("docker");
    const type = "docker:index/serviceConfig:ServiceConfig";
    const made = await box.make(type, "c", { name: "c", dataRaw: secret("old") });
    const held = { ...made.checked, dataRaw: secret("other") };
    const read = await box.standIn.read(subject(type, "c"), made.id, held);
    expect(asText(plain(read?.inputs["dataRaw"] ?? null))).toMatch(/^changed outside Pulumi/);
    const { changes } = await box.standIn.diff(subject(type, "c"), read?.inputs ?? {}, held);
    expect(changes.map(({ path }) => path)).toEqual(["dataRaw"]);
  });

  it("loses nothing when many write at once, in several processes", async () => {
    const folder = sandboxFolder();
    const root = join(import.meta.dirname, "../..");
    const script = `
      import { Box } from ${JSON.stringify(pathToFileURL(join(root, "test/standins/box.ts")).href)};
      const [folder, name] = process.argv.slice(1);
      const box = await Box.open("linode", {}, folder);
      await Promise.all(Array.from({ length: 20 }, (_, n) =>
        box.make(${JSON.stringify(balancerType)}, name + n, { region: "r", label: name + n })));`;
    const box = await Box.open("linode", {}, folder);
    const run = (name: string) =>
      promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, folder, name]);
    const own = Array.from({ length: 20 }, (_, n) =>
      box.make(balancerType, `here-${n}`, { region: "r", label: `here-${n}` }),
    );
    await Promise.all([...own, run("there-"), run("yonder-")]);
    const listed = await tell(folder, ["list", "linode", "NodeBalancer"]);
    expect(listed.split("\n")).toHaveLength(60);
    expect(new Set(listed.split("\n").map((line) => line.split("\t")[1])).size).toBe(60);
  });

  /** Lays a lock of an hour ago. */
  function lockedBy(holder: string): string {
    const file = join(sandboxFolder(), "state.json");
    symlinkSync(holder, `${file}.lock`);
    const before = new Date(Date.now() - 3_600_000);
    lutimesSync(`${file}.lock`, before, before);
    return file;
  }

  it("is not blocked by the lock of a process that was killed", async () => {
    const dead = execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" });
    expect(await withLock(lockedBy(`${dead.trim()} 1`), () => "my turn")).toBe("my turn");
  });

  it("is not blocked by the lock of before a restart of the machine, though its number is in use again", async () => {
    expect(await withLock(lockedBy(`${process.pid} 1`), () => "my turn")).toBe("my turn");
  });

  // On a busy machine a process may be stopped for long in the midst of its work, and then writes what it has read before.
  it("stays with a process that lives, however long it takes", async () => {
    const file = lockedBy(`${process.pid} ${findProcess(process.pid)?.started ?? ""}`);
    let entered = false;
    const waiting = withLock(file, () => {
      entered = true;
    });
    await new Promise((settle) => setTimeout(settle, 200));
    expect(entered).toBe(false);
    rmSync(`${file}.lock`);
    await waiting;
    expect([entered, existsSync(`${file}.lock`)]).toEqual([true, false]);
  });

  it("keeps nothing of an operation that was refused", async () => {
    const box = await Box.open("linode");
    const rules = Array.from({ length: 26 }, () => ({
      label: "web",
      action: "ACCEPT",
      protocol: "TCP",
    }));
    const inputs = {
      label: "edge",
      inboundPolicy: "DROP",
      outboundPolicy: "DROP",
      inbounds: rules,
    };
    await expect(box.make("linode:index/firewall:Firewall", "f", inputs)).rejects.toThrow(
      "26 rules",
    );
    expect(await tell(box.folder, ["list", "linode"])).toBe("");
  });
});

describe("orders", () => {
  it("to fail are obeyed as often as told, then no more", async () => {
    const box = await Box.open("linode");
    await tell(box.folder, [
      "fail",
      balancerType,
      "create",
      "--times",
      "2",
      "--message",
      "out of stock",
    ]);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(box.make(balancerType, "b", balancer)).rejects.toThrow("out of stock");
    }
    expect((await box.make(balancerType, "b", balancer)).id).toMatch(/^\d+$/);
    expect(await tell(box.folder, ["orders"])).toBe("no order stands");
  });

  it("to fail only what they match, until they are taken back", async () => {
    const box = await Box.open("linode");
    await tell(box.folder, ["fail", "*", "create", "--match", "::second"]);
    await box.make(balancerType, "first", balancer);
    const second = { ...balancer, label: "second" };
    await expect(box.make(balancerType, "second", second)).rejects.toThrow("told to fail");
    await tell(box.folder, ["clear"]);
    await box.make(balancerType, "second", second);
  });

  it("to fail after the thing was made leave it there, and say so to the engine", async () => {
    const box = await Box.open("linode");
    await tell(box.folder, ["fail", balancerType, "create", "--after", "--times", "1"]);
    const failure = await box.make(balancerType, "b", balancer).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HalfDone);
    const id = failure instanceof HalfDone ? failure.stored.id : "";
    expect(await tell(box.folder, ["list", "linode"])).toContain(id);
  });

  it("to be slow are obeyed before anything else", async () => {
    const folder = sandboxFolder();
    await tell(folder, ["slow", "*", "read", "--seconds", "0.2", "--times", "1"]);
    const before = performance.now();
    await obey(folder, balancerType, "read", "urn");
    expect(performance.now() - before).toBeGreaterThan(180);
  });

  it("reach look-ups too", async () => {
    const box = await Box.open("docker");
    const token = "docker:index/getRegistryImage:getRegistryImage";
    await tell(box.folder, [
      "fail",
      token,
      "invoke",
      "--match",
      "dmsg",
      "--message",
      "429 too many requests",
    ]);
    await expect(box.ask(token, { name: "skycoin/dmsg:1" })).rejects.toThrow("429");
    expect(await box.ask(token, { name: "skycoin/other:1" })).toHaveProperty("sha256Digest");
  });
});

describe("seeds", () => {
  it("are there for look-ups, once, and count as nobody's leftovers", async () => {
    const folder = sandboxFolder();
    const zoneId = "0123456789abcdef0123456789abcdef";
    const seeds = {
      domains: ["skywire.dev"],
      zones: ["skywire.dev"],
      zoneIds: { "pushtech.dev": zoneId },
      addresses: ["203.0.113.7"],
    };
    await seedStandins(folder, seeds);
    const first = seededIds(folder);
    await seedStandins(folder, seeds);
    expect(seededIds(folder)).toEqual(first);
    expect(first.zones["pushtech.dev"]).toBe(zoneId);
    const linode = await Box.open("linode", {}, folder);
    expect(
      await linode.ask("linode:index/getDomain:getDomain", { domain: "skywire.dev" }),
    ).toMatchObject({ id: Number(first.domains["skywire.dev"]) });
    expect(leftovers(folder, ["linode", "cloudflare"])).toEqual([]);
    const machine = await linode.make("linode:index/instance:Instance", "m", {
      region: "ap-south",
    });
    const assigned = { address: "203.0.113.7", linodeId: Number(machine.id) };
    await linode.make("linode:index/reservedIpAssignment:ReservedIpAssignment", "a", assigned);
    expect(leftovers(folder, ["linode"]).map(({ type }) => type.split(":")[2])).toEqual([
      "Instance",
      "ReservedIpAssignment",
    ]);
  });
});

describe("tell", () => {
  it("deletes, edits and makes things behind Pulumi's back, and a refresh sees it", async () => {
    const box = await Box.open("linode");
    const made = await box.make(balancerType, "b", balancer);
    const it = subject(balancerType, "b");
    await tell(box.folder, ["edit", "linode", made.id, '{"label":"renamed"}']);
    const read = await box.standIn.read(it, made.id, made.checked);
    expect(read?.properties["label"]).toBe("renamed");
    const { changes } = await box.standIn.diff(it, read?.inputs ?? {}, made.checked);
    expect(changes.map(({ path }) => path)).toEqual(["label"]);
    await tell(box.folder, ["delete", "linode", made.id]);
    expect(await box.standIn.read(it, made.id, made.checked)).toBeUndefined();
    const put = ["put", "linode", balancerType, "left", '{"region":"ap-south","label":"edge"}'];
    expect(await tell(box.folder, put)).toMatch(/^\d{8}$/);
    await expect(box.make(balancerType, "b", balancer)).rejects.toThrow("unique");
  });

  it("settles who uses an address, which then cannot be deleted", async () => {
    const type = "gcp:compute/address:Address";
    const box = await Box.open("gcp");
    const { id } = await box.make(type, "a", { name: "edge" });
    await tell(box.folder, ["fact", "gcp", id, "users", "forwardingRules/edge"]);
    await expect(box.standIn.delete(subject(type, "a"), id)).rejects.toThrow(
      "already being used by",
    );
  });

  it.each([
    [["delete", "linode", "12"], /has nothing with the id 12/],
    [["delete", "azure", "12"], /'azure' is no cloud: write linode/],
    [["fail", "*", "explode"], /operations: check, diff, create/],
    [["fail", "*", "create", "--times", "never"], /'never' is no positive number/],
    [["edit", "linode", "12", "label"], /is no JSON object/],
    [["seed", "linode", "zone", "a.b"], /seed cloudflare zone/],
    [[], /tell\.ts <command>/],
  ])("says what is wrong with %j", async (args, message) => {
    await expect(tell(sandboxFolder(), args)).rejects.toThrow(message);
  });

  it("puts nothing that a cloud would refuse", async () => {
    const folder = sandboxFolder();
    const type = "linode:index/domainRecord:DomainRecord";
    const record = { domainId: 1, recordType: "A", target: "192.0.2.1" };
    await expect(putOutside(folder, "linode", type, "r", record)).rejects.toThrow("no Domain 1");
  });
});
