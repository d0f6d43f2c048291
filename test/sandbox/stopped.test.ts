/** Ctrl-C while a control plane starts. The programs of the cluster are scripts that take their time. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, expect, it } from "vitest";

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
