/** One `pulumi up` of a live stack, in the operator's terminal, and what came of it. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Attempt, Source } from "../release/target.ts";
import { parseEvent } from "../sandbox/events.ts";
import { describeChanges, type Outcome, Progress } from "../sandbox/progress.ts";
import { CommandError } from "./command.ts";
import { engineGroup, handOn } from "./engines.ts";
import { livePackWords } from "./pack.ts";
import { temporaryIn } from "./scratch.ts";

/** What is run, and how. */
export interface LiveRun {
  readonly stack: string;
  readonly source: Source;
  readonly environment: NodeJS.ProcessEnv;
  /** Folder for what is handed over. */
  readonly scratch: string;
  /** Nobody is asked. */
  readonly isAgreed: boolean;
  /** Whether the state may be older than the cluster. */
  readonly refresh: boolean;
}

/** Runs it to its end. Its output is the operator's own; what it did is read from the engine's events. */
export async function runUp(run: LiveRun): Promise<Attempt> {
  const { source, stack, scratch, isAgreed, refresh } = run;
  const events = join(scratch, source.goingBack ? "rollback.events" : "up.events");
  const words = [
    ...["up", "--stack", stack, "--event-log", events],
    ...(refresh ? ["--refresh"] : []),
    // What ran already is put back, whatever the rules have become since.
    ...(source.goingBack ? [] : livePackWords(source.folder)),
    // A rollback was agreed to when fleet:onFailure was written.
    ...(source.goingBack || isAgreed ? ["--yes", "--skip-preview", "--non-interactive"] : []),
  ];
  const { code, interrupted } = await spawnPulumi(words, source.folder, {
    ...run.environment,
    ...temporaryIn(scratch),
    ...releaseEnvironment(scratch, source),
    // Put back, it is run in a folder that is no clone: the engine's history is to tell which commit it was.
    ...(source.goingBack ? { PULUMI_GIT_HEAD: source.release?.commit } : {}),
    // Opens `--event-log`, which the vendor's Automation API reads as well.
    PULUMI_DEBUG_COMMANDS: "true",
  });
  const { changes, errors, seconds, touched } = outcomeOf(events);
  return {
    code,
    interrupted: interrupted && code !== 0,
    touched,
    changes: `${describeChanges(changes)} in ${seconds} s`,
    problems: errors.flatMap(({ resource, message }) =>
      resource === "" ? [] : [resource, ...message.split("\n").map((line) => `  ${line.trim()}`)],
    ),
  };
}

function releaseEnvironment(scratch: string, { release }: Source): NodeJS.ProcessEnv {
  if (release === undefined) {
    return {};
  }
  const path = join(scratch, "release.json");
  writeFileSync(path, JSON.stringify(release), { mode: 0o600 });
  return { FLEET_RELEASE: path };
}

function outcomeOf(events: string): Outcome {
  const progress = new Progress();
  const text = existsSync(events) ? readFileSync(events, "utf8") : "";
  for (const line of text.split("\n")) {
    const event = parseEvent(line);
    if (event !== undefined) {
      progress.take(event);
    }
  }
  return progress.outcome();
}

function spawnPulumi(
  words: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number; readonly interrupted: boolean }> {
  return new Promise((settle, fail) => {
    const child = spawn("pulumi", words, { cwd, env, stdio: "inherit", ...engineGroup() });
    let interrupted = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      interrupted = true;
      handOn(child, signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    signals.forEach((signal) => process.on(signal, onSignal));
    child.on("error", () => {
      fail(
        new CommandError(
          "pulumi is not on PATH: live stacks need the official CLI (https://www.pulumi.com/docs/install)",
        ),
      );
    });
    child.on("close", (code, signal) => {
      signals.forEach((name) => process.off(name, onSignal));
      settle({ code: code ?? 1, interrupted: interrupted || signal === "SIGINT" });
    });
  });
}
