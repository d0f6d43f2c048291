/** Commands of a test's own clone, which may be killed at a word of theirs. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Finished, run, toolPath } from "../judges/tools.ts";
import type { FleetClone } from "./release-clone.ts";

/** A command at work. */
export interface Running {
  readonly child: ChildProcess;
  /** Until it has printed a text, or has ended. */
  readonly until: (text: string) => Promise<void>;
  readonly end: Promise<Finished>;
}

/** The sandbox of a clone. */
export interface ReleaseSandbox {
  /** Folder of the sandbox; there while it is up. */
  readonly folder: string;
  /** Everything the commands printed. */
  readonly transcript: string[];
  /** Starts a command. An update that only waits is ended after so many seconds. */
  readonly start: (name: string, patience?: number) => Running;
  /** Runs a command to its end. */
  readonly command: (name: string) => Promise<Finished>;
  /** Runs kubectl, which must do well; gives what it printed. */
  readonly kubectl: (...words: string[]) => Promise<string>;
  readonly dispose: () => Promise<void>;
}

/** Prepares the sandbox of a clone's stack. */
export function releaseSandbox({ folder: clone }: FleetClone, stack = "test"): ReleaseSandbox {
  const root = mkdtempSync(join(tmpdir(), "fleet-release-"));
  const folder = join(root, stack);
  const transcript: string[] = [];
  // Three are enough for a controller to answer a change; a user has twenty.
  const start = (name: string, patience = 3): Running => {
    const words = [
      ...[join(clone, "sandbox", "cli.ts"), name, "--stack", stack],
      ...(name === "up" ? ["--patience", `${patience}`] : []),
    ];
    return startNode(words, clone, { ...process.env, FLEET_SANDBOX_ROOT: root }, transcript);
  };
  return {
    folder,
    transcript,
    start,
    command: (name) => start(name).end,
    kubectl: async (...words) => {
      const kubeconfig = ["--kubeconfig", join(folder, "kubeconfig")];
      const { code, stdout, stderr } = await run(toolPath("kubectl"), [...kubeconfig, ...words]);
      if (code !== 0) {
        throw new Error(`kubectl ${words.join(" ")}: ${stderr}`);
      }
      return stdout;
    },
    dispose: async () => {
      await start("down").end;
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Starts a program of Node and keeps what it prints, both streams in one. */
export function startNode(
  words: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  transcript: string[],
): Running {
  const child = spawn(process.execPath, words, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  const waiting = new Set<() => void>();
  const take = (part: Buffer): void => {
    printed += part.toString("utf8");
    waiting.forEach((look) => {
      look();
    });
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const end = new Promise<Finished>((settle, fail) => {
    child.on("error", fail);
    child.on("close", (code) => {
      transcript.push(printed);
      settle({ code, stdout: printed, stderr: "" });
    });
  });
  const until = async (text: string): Promise<void> => {
    const said = new Promise<void>((settle) => {
      const look = (): void => {
        if (printed.includes(text)) {
          waiting.delete(look);
          settle();
        }
      };
      waiting.add(look);
      look();
    });
    await Promise.race([said, end]);
  };
  return { child, until, end };
}
