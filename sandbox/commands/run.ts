/** `make exec` and `make shell`: the user's own commands, with the sandbox's settings in place. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { basename, join } from "node:path";

import { prepareFolder, sandboxEnvironment } from "../environment.ts";
import { fault } from "../fault.ts";
import { writeWhole } from "../files.ts";
import { requireRunning } from "../sandbox.ts";
import { type Command, makeLine } from "./command.ts";

/** Runs CMD by `sh -c`. Returns its exit code. */
export function exec(command: Command): Promise<number> {
  const { options } = command;
  if (options.cmd === undefined || options.cmd.trim() === "") {
    throw fault("CMD is missing", `${makeLine("exec", options)} CMD='kubectl get pods -A'`);
  }
  return runInside(command, "sh", ["-c", options.cmd], {});
}

/** An interactive shell whose prompt names the sandbox. Returns its exit code. */
export function shell(command: Command): Promise<number> {
  const { options, outer, place } = command;
  // Before anything is written: the files of a sandbox that is none would pass for one.
  requireRunning(place).api.close();
  const prompt = `[sandbox ${options.stack}] `;
  // HOME is the sandbox's, so these are the files the shells read; the user's own are not touched.
  writeWhole(join(place.home, ".bashrc"), `PS1='${prompt}\\W \\$ '\n`);
  writeWhole(join(place.home, ".zshrc"), `PROMPT='${prompt}%1~ %# '\n`);
  const program = outer["SHELL"] ?? "/bin/sh";
  const known = ["bash", "zsh", "sh", "dash"].includes(basename(program)) ? program : "/bin/sh";
  return runInside(command, known, ["-i"], { PS1: `${prompt}$ ` });
}

function runInside(
  { outer, place }: Command,
  program: string,
  words: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<number> {
  requireRunning(place).api.close();
  prepareFolder(place);
  // Ctrl-C reaches the command from the terminal; this process waits for what it makes of it.
  process.on("SIGINT", () => undefined);
  return new Promise((settle, fail) => {
    const child = spawn(program, words, {
      cwd: place.clone,
      env: { ...sandboxEnvironment(place, outer), ...more },
      stdio: "inherit",
    });
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.on("error", fail);
    child.on("close", (code, signal) => {
      settle(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
