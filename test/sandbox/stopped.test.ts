/** Ctrl-C while a control plane starts, and while a stack is taken away. The programs are scripts that take their time. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";

import { components } from "../../sandbox/kwok-config.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import { clone } from "../rendered.ts";

let root = "";

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "fleet-stopped-")));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Programs that say that they were started, and end when they are told to. */
function slowTools(): Readonly<Record<string, string>> {
  const names = ["kwokctl", "kubectl", "etcd", "kwok"];
  const all = [...names, "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
  for (const name of all) {
    const program = join(root, name);
    writeFileSync(program, `#!/bin/sh\n: > "${root}/${name}.started"\nexec sleep 600\n`);
    chmodSync(program, 0o755);
  }
  return Object.fromEntries(all.map((name) => [name, root]));
}

it.each(["SIGINT", "SIGTERM"] as const)(
  "up says after %s how it goes on, and holds no lock",
  async (signal) => {
    const sandboxes = join(root, "sandboxes");
    const words = [join(clone, "sandbox", "cli.ts"), "up", "--stack", "voting"];
    const command = spawn(process.execPath, words, {
      cwd: clone,
      // A group of its own: a terminal's Ctrl-C reaches all of it.
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env["PATH"],
        FLEET_SANDBOX_ROOT: sandboxes,
        FLEET_TOOL_DIRS: JSON.stringify(slowTools()),
      },
    });
    let said = "";
    command.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    const ended = once(command, "close");
    while (!existsSync(join(root, "kwokctl.started"))) {
      await sleep(50);
    }
    process.kill(-(command.pid ?? 0), signal);
    expect(await ended).toEqual([130, null]);
    expect(said).toContain(
      "stopped before anything was changed; make up STACK=voting goes on from there",
    );
    expect(readdirSync(sandboxes)).toEqual(["voting"]);
  },
);

/** A sandbox whose control plane runs, as far as processes show it, and whose state holds a stack. */
function standing(sandboxes: string): readonly ChildProcess[] {
  const place = sandboxPlace("voting", { clone, root: sandboxes });
  const programs = join(place.cluster, "bin");
  const state = join(place.backend, ".pulumi", "stacks", "fleet");
  [programs, state, place.temporary].forEach((folder) => mkdirSync(folder, { recursive: true }));
  writeFileSync(place.config, "config: {}\n");
  const resources = [{ urn: "urn:pulumi:voting::fleet::pulumi:pulumi:Stack::fleet-voting" }];
  writeFileSync(
    join(state, "voting.json"),
    JSON.stringify({ checkpoint: { latest: { resources } } }),
  );
  return components.map((name) => {
    const program = join(programs, name);
    symlinkSync("/bin/sleep", program);
    return spawn(program, ["600"], { argv0: program, stdio: "ignore" });
  });
}

it("down that is stopped takes no more away, and says how it goes on", async () => {
  const sandboxes = join(root, "sandboxes");
  const running = standing(sandboxes);
  onTestFinished(() => {
    running.forEach((process) => process.kill());
  });
  const engine = join(root, "pulumi");
  // Told to end, it cancels what it is at, and fails.
  const destroying = `trap 'exit 1' INT\n: > "${root}/destroying"\nwhile :; do sleep 0.1; done`;
  writeFileSync(engine, `#!/bin/sh\n[ "$1" = destroy ] || exit 0\n${destroying}\n`);
  chmodSync(engine, 0o755);
  const words = [join(clone, "sandbox", "cli.ts"), "down", "--stack", "voting"];
  const command = spawn(process.execPath, words, {
    cwd: clone,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env["PATH"],
      FLEET_SANDBOX_ROOT: sandboxes,
      FLEET_TOOL_DIRS: JSON.stringify({ pulumi: root, "pulumi-language-nodejs": root }),
    },
  });
  let said = "";
  command.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(command, "close");
  while (!existsSync(join(root, "destroying")) && command.exitCode === null) {
    await sleep(50);
  }
  command.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
  expect(said).toBe(
    "down: stopped; make down STACK=voting goes on from there, make up STACK=voting puts back what is gone\n",
  );
  expect(readdirSync(sandboxes)).toEqual(["voting"]);
  expect(running.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual(
    components.map(() => null),
  );
});
