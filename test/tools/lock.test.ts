import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { publish } from "../../tools/lib/cache.mjs";
import { withLock } from "../../tools/lib/lock.mjs";
import { temporaryFolder } from "./folders.ts";

/** Starts a process that runs a line of JavaScript with the installer's modules, and waits until it says "ready". */
async function startHelper(line: string): Promise<ChildProcess> {
  const library = (name: string) => new URL(`../../tools/lib/${name}`, import.meta.url).href;
  const source = [
    `import { withLock } from "${library("lock.mjs")}";`,
    `import { publish } from "${library("cache.mjs")}";`,
    `import { writeFileSync } from "node:fs";`,
    `const forever = () => new Promise(() => setInterval(() => {}, 1000));`,
    line,
  ].join("\n");
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

async function killNow(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

describe("the lock between processes", () => {
  it("lets one in at a time", async () => {
    const folder = join(temporaryFolder(), "lock");
    let inside = 0;
    let most = 0;
    const visit = () =>
      withLock(folder, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await sleep(20);
        inside -= 1;
      });
    await Promise.all([visit(), visit(), visit(), visit()]);
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is held while its owner lives, and free as soon as it was killed", async () => {
    const folder = join(temporaryFolder(), "lock");
    const owner = await startHelper(
      `await withLock(${JSON.stringify(folder)}, () => { console.log("ready"); return forever(); });`,
    );
    const told = Promise.withResolvers<undefined>();
    let waited = 0;
    let entered = false;
    const waiting = withLock(
      folder,
      () => {
        entered = true;
        return Promise.resolve();
      },
      () => {
        waited += 1;
        told.resolve(undefined);
      },
    );
    await told.promise;
    // Long enough to look at the lock several times more, and to say so each time.
    await sleep(600);
    expect({ waited, entered }).toEqual({ waited: 1, entered: false });
    await killNow(owner);
    await waiting;
    expect(entered).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is not fooled by a process number in use again", async () => {
    const folder = join(temporaryFolder(), "lock");
    const owner = await startHelper(
      `await withLock(${JSON.stringify(folder)}, () => { console.log("ready"); return forever(); });`,
    );
    const [file = ""] = readdirSync(folder);
    await killNow(owner);
    // The dead owner's file, as if its number had gone to this very process.
    const parts = file.split("-");
    writeFileSync(join(folder, [parts[0], String(process.pid), ...parts.slice(2)].join("-")), "");
    let entered = false;
    await withLock(folder, () => {
      entered = true;
      return Promise.resolve();
    });
    expect(entered).toBe(true);
  });
});

describe("several installs of the same at once", () => {
  it("come to one whole folder, whoever was faster", async () => {
    const tools = temporaryFolder();
    const target = join(tools, "links");
    const all = await Promise.all(
      Array.from({ length: 4 }, () =>
        startHelper(
          `console.log("ready"); for (let count = 0; count < 100; count += 1) {
            await publish(${JSON.stringify(target)}, async (folder) => { writeFileSync(folder + "/node", "x"); }); }`,
        ),
      ),
    );
    const codes = await Promise.all(
      all.map(async (child) => child.exitCode ?? ((await once(child, "exit")) as [number])[0]),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(readdirSync(tools)).toEqual(["links"]);
    expect(readdirSync(target)).toEqual(["node"]);
  });
});

describe("an interrupted install", () => {
  it("leaves nothing under the final name, and its remains are removed by the next", async () => {
    const tools = temporaryFolder();
    const target = join(tools, "1.0.0-linux-x64");
    const installer = await startHelper(
      `await publish(${JSON.stringify(target)}, (folder) => {
        writeFileSync(folder + "/half", "x"); console.log("ready"); return forever(); });`,
    );
    expect(readdirSync(tools)).toHaveLength(1);
    await killNow(installer);
    expect(existsSync(target)).toBe(false);
    await publish(target, () => Promise.resolve());
    expect(readdirSync(tools)).toEqual(["1.0.0-linux-x64"]);
  });

  it("leaves nothing when it fails, and keeps what another process is still making", async () => {
    const tools = temporaryFolder();
    const other = await startHelper(
      `await publish(${JSON.stringify(join(tools, "other"))}, () => { console.log("ready"); return forever(); });`,
    );
    const before = readdirSync(tools);
    await expect(
      publish(join(tools, "mine"), () => Promise.reject(new Error("no space"))),
    ).rejects.toThrow("no space");
    expect(readdirSync(tools)).toEqual(before);
    await killNow(other);
  });
});
