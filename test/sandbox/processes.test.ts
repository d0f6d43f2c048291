import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { findLock } from "../../sandbox/engine-lock.ts";
import { lockHolder, withLock } from "../../sandbox/lock.ts";
import { sandboxPlace, type SandboxPlace } from "../../sandbox/place.ts";
import {
  controlPlaneProcesses,
  endProcesses,
  engineMark,
  engineProcesses,
  findProcess,
  isSame,
  listProcesses,
  parsePs,
  type Process,
  runningComponents,
} from "../../sandbox/processes.ts";
import { writeWhole } from "../../sandbox/files.ts";
import { clone } from "../rendered.ts";

let root = "";
let place: SandboxPlace;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fleet-processes-"));
  place = sandboxPlace("test", { root });
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const fake = (pid: number, command: string, mark?: string): Process => ({
  pid,
  started: "1",
  command,
  mark,
});

/** Starts a program that does nothing, and waits until the system lists it. */
async function startSleeper(
  program: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<Process> {
  const child = spawn(program, ["60"], { stdio: "ignore", env: environment });
  await new Promise((settle) => child.once("spawn", settle));
  for (;;) {
    const found = findProcess(child.pid ?? -1);
    if (found?.command === `${program} 60`) {
      return found;
    }
    await new Promise((settle) => setTimeout(settle, 10));
  }
}

describe("processes of a sandbox", () => {
  it("are those whose program lies in its folder: no other sandbox's, nobody else's", () => {
    const own = fake(1, `${place.cluster}/bin/etcd --name=node0`);
    const others = [
      fake(2, `${sandboxPlace("test-2", { root }).cluster}/bin/etcd --name=node0`),
      fake(3, "/usr/bin/etcd --name=node0"),
      fake(4, `tail -f ${place.cluster}/bin/etcd`),
      fake(5, ""),
    ];
    expect(controlPlaneProcesses(place, [own, ...others])).toEqual([own]);
    expect([...runningComponents(place, [own, ...others]).keys()]).toEqual(["etcd"]);
  });

  it("of its engine are those that carry its mark", () => {
    const own = fake(1, "node index.ts", place.folder);
    const others = [fake(2, "node index.ts", `${place.folder}-2`), fake(3, "node index.ts")];
    expect(engineProcesses(place, [own, ...others])).toEqual([own]);
  });

  it("are found by the program's path though nothing wrote their ids down, and ended", async () => {
    mkdirSync(join(place.cluster, "bin"), { recursive: true });
    const program = join(place.cluster, "bin", "etcd");
    copyFileSync("/bin/sleep", program);
    const started = await startSleeper(program);
    const found = controlPlaneProcesses(place, listProcesses());
    expect(found.map(({ pid }) => pid)).toEqual([started.pid]);
    await endProcesses(found);
    expect(findProcess(started.pid)).toBeUndefined();
  });

  it.runIf(process.platform === "linux")("are found by the mark of a killed command", async () => {
    const started = await startSleeper("/bin/sleep", { [engineMark]: place.folder });
    const found = engineProcesses(place, listProcesses());
    expect(found.map(({ pid }) => pid)).toEqual([started.pid]);
    await endProcesses(found);
    expect(engineProcesses(place, listProcesses())).toEqual([]);
  });

  it("are left alone when the id now belongs to another process", async () => {
    const bystander = await startSleeper("/bin/sleep");
    const listed: Process[] = [
      { ...bystander, started: `${bystander.started}0` },
      { ...bystander, command: `${place.cluster}/bin/etcd` },
    ];
    await endProcesses(listed, 100);
    expect(isSame(bystander, findProcess(bystander.pid))).toBe(true);
    await endProcesses([bystander]);
  });

  it("are there until they have ended, though one that is about to has no words any more", () => {
    const listed = { pid: 7, started: "100", command: "/a/bin/etcd --name=node0" };
    expect(isSame(listed, { ...listed, command: "" })).toBe(true);
    expect(isSame(listed, { ...listed, command: "", started: "101" })).toBe(false);
    expect(isSame(listed, { ...listed, command: "/a/bin/other" })).toBe(false);
    expect(isSame(listed, undefined)).toBe(false);
  });

  it("are read from ps where there is no /proc", () => {
    const text = [
      "    1 Thu Nov 20 09:00:00 2025 /sbin/launchd",
      "  502 Fri Nov 21 06:46:29 2025 /a b/bin/etcd --name=node0  --x",
      "garbage",
    ].join("\n");
    expect(parsePs(text)).toEqual([
      { pid: 1, started: "Thu Nov 20 09:00:00 2025", command: "/sbin/launchd" },
      { pid: 502, started: "Fri Nov 21 06:46:29 2025", command: "/a b/bin/etcd --name=node0  --x" },
    ]);
  });
});

describe("the engine's lock", () => {
  const lock = (pid: number): void => {
    const file = join(place.backend, ".pulumi", "locks", "organization", "fleet", "test", "1.json");
    writeWhole(file, JSON.stringify({ pid, username: "user", hostname: "host" }));
  };

  it("is abandoned when its process is gone or is no engine, and none is none", () => {
    expect(findLock(place.backend)).toBe("none");
    // The folders stay when the engine has let go.
    mkdirSync(join(place.backend, ".pulumi", "locks", "organization", "fleet", "test"), {
      recursive: true,
    });
    expect(findLock(place.backend)).toBe("none");
    lock(2 ** 22 + 1);
    expect(findLock(place.backend)).toBe("abandoned");
    lock(process.pid);
    expect(findLock(place.backend)).toBe("abandoned");
  });

  it("that was cut off in its writing is abandoned: nobody can say whose it is", () => {
    writeWhole(join(place.backend, ".pulumi", "locks", "1.json"), '{"pid": 1');
    expect(findLock(place.backend)).toBe("abandoned");
  });

  it("of an engine at work is respected", async () => {
    const program = join(root, "pulumi");
    copyFileSync("/bin/sleep", program);
    const engine = await startSleeper(program);
    lock(engine.pid);
    expect(() => findLock(place.backend)).toThrow(/another update works on this sandbox/);
    await endProcesses([engine]);
    expect(findLock(place.backend)).toBe("abandoned");
  });

  it("is abandoned when its number has gone to a program in a folder called as an engine is", async () => {
    const folder = join(root, "pulumi");
    mkdirSync(folder);
    const program = join(folder, "editor");
    copyFileSync("/bin/sleep", program);
    const bystander = await startSleeper(program);
    lock(bystander.pid);
    expect(findLock(place.backend)).toBe("abandoned");
    await endProcesses([bystander]);
  });
});

describe("the lock of a sandbox", () => {
  it("refuses a second command and names the first", async () => {
    await withLock(place, "up", async () => {
      await expect(withLock(place, "down", () => Promise.resolve())).rejects.toThrow(
        new RegExp(`make up \\(process ${process.pid}\\) is at work on the sandbox of test`),
      );
    });
    expect(readdirSync(root)).toEqual([]);
  });

  it("is freed by a failure", async () => {
    const failing = withLock(place, "up", () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await withLock(place, "up", () => Promise.resolve(1))).toBe(1);
  });

  it("is freed by a command that ends where it stands, and by no other before", () => {
    const program = [
      `import { withLock } from ${JSON.stringify(join(clone, "sandbox", "lock.ts"))};`,
      `const place = ${JSON.stringify({ lock: place.lock, stack: "test" })};`,
      `await withLock(place, "up", async () => process.exit(7));`,
    ].join("\n");
    const words = ["--input-type=module", "--eval", program];
    expect(spawnSync(process.execPath, words).status).toBe(7);
    expect(readdirSync(root)).toEqual([]);
    const listeners = process.listenerCount("exit");
    return withLock(place, "up", () => {
      expect(process.listenerCount("exit")).toBe(listeners + 1);
      return Promise.resolve();
    }).then(() => {
      expect(process.listenerCount("exit")).toBe(listeners);
    });
  });

  it("tells by its name who holds it, and nothing of one that was killed", async () => {
    expect(lockHolder(place)).toBeUndefined();
    await withLock(place, "up", () => {
      expect(lockHolder(place)).toBe("up");
      return Promise.resolve();
    });
    symlinkSync(JSON.stringify({ pid: 2 ** 22 + 1, started: "1", command: "up" }), place.lock);
    expect(lockHolder(place)).toBeUndefined();
  });

  it("that cannot be made at all fails with the system's own reason", async () => {
    const lock = join(root, "x".repeat(300));
    await expect(
      withLock({ lock, stack: "test" }, "up", () => Promise.resolve()),
    ).rejects.toMatchObject({ code: "ENAMETOOLONG" });
  });

  it("of a killed command is taken over, also when its id was given out again", async () => {
    const holders = [
      JSON.stringify({ pid: 2 ** 22 + 1, started: "1", command: "up" }),
      JSON.stringify({ pid: process.pid, started: "another start", command: "up" }),
      "half a fi",
    ];
    for (const holder of holders) {
      symlinkSync(holder, place.lock);
      expect(await withLock(place, "down", () => Promise.resolve("done"))).toBe("done");
      expect(readdirSync(root)).toEqual([]);
    }
    // What an older version of Fleet left.
    writeWhole(place.lock, holders[0] ?? "");
    expect(await withLock(place, "down", () => Promise.resolve("done"))).toBe("done");
  });
});
