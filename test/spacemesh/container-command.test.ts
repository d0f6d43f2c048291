import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { afterAll, describe, expect, it } from "vitest";

import {
  type ContainerCommand,
  keeping,
  plain,
  restarting,
} from "../../components/spacemesh/container-command.ts";

// The shell of this machine runs them: that the images' shells do the same is proved by a live run alone.

const folder = mkdtempSync(join(tmpdir(), "fleet-container-"));
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) {
    child.kill("SIGKILL");
  }
  rmSync(folder, { recursive: true });
});

/** A container's process, and the lines that it writes. */
function start({ command: [program = "", ...rest], args }: ContainerCommand) {
  const child = spawn(program, [...rest, ...args], { cwd: folder });
  children.push(child);
  const lines: string[] = [];
  const waiting: { readonly wanted: RegExp; readonly tell: () => void }[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      waiting
        .filter(({ wanted }) => wanted.test(line))
        .forEach(({ tell }) => {
          tell();
        });
    });
  }
  const line = (wanted: RegExp): Promise<void> =>
    new Promise((tell) => {
      if (lines.some((text) => wanted.test(text))) {
        tell();
      }
      waiting.push({ wanted, tell });
    });
  const end = once(child, "exit") as Promise<[number | null, string | null]>;
  return { child, lines, line, end };
}

/** A program that says when it is up, and when it is told to end. */
const server =
  "stop() { kill $!; echo stopped; exit 0; }; sleep 600 & trap stop TERM; echo up; wait $!";

describe("how a program is started in its container", () => {
  it("hands arguments on as they are: nothing in them is read as shell", async () => {
    const words = ["a b", "$HOME", "$(touch made)", ";exit 3", '"', "'", "*", ""];
    for (const wrap of [keeping, restarting]) {
      const run = start(wrap("/usr/bin/printf", ["[%s]\\n", ...words]));
      await run.line(/ended with status 0/);
      // That is said elsewhere: what the program wrote may be read after it.
      await run.line(/^\[\]$/);
      expect(run.lines.filter((line) => line.startsWith("["))).toEqual(
        words.map((word) => `[${word}]`),
      );
      run.child.kill("SIGTERM");
      await run.end;
    }
    expect(plain("/bin/poet", words)).toEqual({ command: ["/bin/poet"], args: words });
  });

  it.each([
    ["keeping", keeping],
    ["restarting", restarting],
  ])("%s: hands a pod's end on to the program, waits for it and ends in peace", async (_, wrap) => {
    const run = start(wrap("/bin/sh", ["-c", server]));
    await run.line(/^up$/);
    run.child.kill("SIGTERM");
    expect(await run.end).toEqual([0, null]);
    await run.line(/^stopped$/);
    expect(run.lines).toEqual(["up", "stopped"]);
  });

  it("keeps the container after the program ended, says how, and still ends at once when told", async () => {
    const run = start(keeping("/bin/sh", ["-c", "echo data; exit 7"]));
    await run.line(/the program ended with status 7: the container is kept/);
    expect(run.child.exitCode).toBeNull();
    run.child.kill("SIGTERM");
    expect(await run.end).toEqual([0, null]);
    await run.line(/^data$/);
  });

  it("starts a program again that ends while what it needs is not there", async () => {
    const command = restarting("/bin/sh", [
      "-c",
      "[ -e ready ] && echo up && exec sleep 600; : > ready; exit 1",
    ]);
    // The pause is the only thing that differs from what is deployed.
    const args = command.command.map((text) => text.replace(/sleep 10 &/, "sleep 0.1 &"));
    expect(args).not.toEqual(command.command);
    const run = start({ command: args, args: command.args });
    await run.line(/ended with status 1: it is started again in 10 seconds/);
    await run.line(/^up$/);
    run.child.kill("SIGTERM");
    expect(await run.end).toEqual([0, null]);
  });
});
