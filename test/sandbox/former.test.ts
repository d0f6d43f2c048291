/** Sandboxes of clones that were moved, copied or deleted; control planes are stand-ins that sleep. */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { down } from "../../sandbox/commands/down.ts";
import { status } from "../../sandbox/commands/status.ts";
import { endFormer, formerFolder, strayControlPlanes } from "../../sandbox/former.ts";
import { type SandboxPlace, sandboxPlace } from "../../sandbox/place.ts";
import { endProcesses, findProcess, type Process } from "../../sandbox/processes.ts";
import { writeState } from "../../sandbox/state.ts";

const ports = {
  ...{ apiServer: 1, etcd: 2, etcdPeer: 3 },
  ...{ controllerManager: 4, scheduler: 5, kwok: 6 },
};

let folder = "";
let before: SandboxPlace;
let etcd: Process;
const said: string[] = [];

/** A command on the sandboxes of a clone. */
const commandOn = (place: SandboxPlace) => ({
  place,
  options: { stack: place.stack, fast: false, refresh: false, verbose: false },
  outer: { PATH: process.env["PATH"] },
  say: (line: string) => said.push(line),
});

const placeIn = (clone: string): SandboxPlace =>
  sandboxPlace("test", { clone: join(folder, clone) });

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "fleet-former-")));
  said.length = 0;
  before = placeIn("clone");
  const program = join(before.cluster, "bin", "etcd");
  mkdirSync(join(before.cluster, "bin"), { recursive: true });
  copyFileSync("/bin/sleep", program);
  writeState(before, { ports, salt: "", folder: before.folder, machines: 0 });
  const child = spawn(program, ["600"], { stdio: "ignore" });
  await new Promise((settle) => child.once("spawn", settle));
  for (let found; found?.command !== `${program} 600`;) {
    found = findProcess(child.pid ?? -1);
    etcd = found ?? etcd;
    await new Promise((settle) => setTimeout(settle, 10));
  }
});

afterEach(async () => {
  await endProcesses([etcd]);
  rmSync(folder, { recursive: true, force: true });
});

const runs = (): boolean => findProcess(etcd.pid) !== undefined;

describe("the sandbox of a clone", () => {
  it("that stands where it was made is no other's", () => {
    expect(formerFolder(before)).toBeUndefined();
    expect(formerFolder(placeIn("nothing-was-made-here"))).toBeUndefined();
    // Made by a version of Fleet that did not note it.
    writeState(before, { ports, salt: "", machines: 0 });
    expect(formerFolder(before)).toBeUndefined();
  });

  it("that was moved takes what still runs by its old paths with it", async () => {
    renameSync(join(folder, "clone"), join(folder, "moved"));
    const place = placeIn("moved");
    expect(formerFolder(place)).toBe(before.folder);
    await status(commandOn(place));
    expect(said.filter((line) => line.includes(folder))).toEqual([
      `test: was made in ${before.folder}, and is moved or a copy; make up STACK=test makes it anew, make down STACK=test takes it away`,
    ]);
    expect(await down(commandOn(place))).toBe(0);
    expect(said.at(-1)).toBe("the sandbox of test is gone");
    expect([runs(), existsSync(place.folder)]).toEqual([false, false]);
  });

  it("that was in another's cluster leaves that one as it is, wherever it has gone itself", async () => {
    const guest = sandboxPlace("guest", { clone: join(folder, "clone") });
    writeState(guest, { ports, salt: "", folder: guest.folder, machines: 0 });
    writeFileSync(join(guest.folder, "beside"), "test\n");
    // The host's folder went to the new place with it; its control plane runs on by the paths of old.
    renameSync(join(folder, "clone"), join(folder, "moved"));
    const moved = sandboxPlace("guest", { clone: join(folder, "moved") });
    expect([moved.beside, formerFolder(moved)]).toEqual(["test", guest.folder]);
    await endFormer(moved);
    expect(runs()).toBe(true);
    await endFormer(placeIn("moved"));
    expect(runs()).toBe(false);
  });

  it("that was copied leaves the other clone's alone", async () => {
    cpSync(join(folder, "clone"), join(folder, "copy"), { recursive: true });
    const place = placeIn("copy");
    expect(formerFolder(place)).toBe(before.folder);
    expect(await down(commandOn(place))).toBe(0);
    expect([runs(), existsSync(place.folder), existsSync(before.folder)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("that was deleted is told of in any other, with what ends its control plane", async () => {
    rmSync(join(folder, "clone"), { recursive: true });
    await status(commandOn(placeIn("other")));
    expect(said[0]).toBe("no sandbox");
    expect(said.filter((line) => line.includes(folder))).toEqual([
      `${before.folder} is gone, and what ran there still does; to mend: kill ${etcd.pid}`,
    ]);
  });
});

it("a control plane is told by its program's path: no other process with such a word is one", () => {
  const program = "/a b/.sandbox/test/cluster/clusters/fleet/bin/kube-apiserver";
  const commands = [
    `${program} --x=y`,
    "/elsewhere/test/cluster/clusters/fleet/bin/etcd",
    `tail -f ${program}`,
    `${program}.log`,
    "/usr/bin/etcd",
  ];
  const processes = commands.map((command, pid) => ({ pid, started: "1", command }));
  const stray = strayControlPlanes(processes, (path) => path === "/elsewhere/test");
  expect([...stray]).toEqual([["/a b/.sandbox/test", [processes[0]]]]);
});
