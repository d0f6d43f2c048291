/** Runs the real engine inside a sandbox: the CLI in a process of its own, with a clean environment. */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { engineEnvironment } from "./environment.ts";
import { findLock } from "./engine-lock.ts";
import { isNoise, parseEvent } from "./events.ts";
import { naming } from "./fault.ts";
import { privateMode } from "./files.ts";
import type { SandboxPlace } from "./place.ts";
import { type Outcome, Progress } from "./progress.ts";
import { Tail } from "./tail.ts";
import { type Environment, toolPath } from "./tools.ts";

/** How a command of the engine ended. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Ctrl-C, or a request to end, was handed on to it. */
  readonly interrupted: boolean;
}

/** How an update ended. */
export interface UpdateResult extends Finished {
  readonly outcome: Outcome;
}

/** What to do with an update's lines while it runs. */
export interface UpdateView {
  /** A resource was done. */
  readonly onStep?: (line: string) => void;
  /** From time to time: how far it is, and which objects of the cluster it is at work on. */
  readonly onStatus?: (line: string, atWork: readonly string[]) => void;
  /** A line of the engine's own output. */
  readonly onOutput?: (line: string) => void;
  /** Ends the update as Ctrl-C does, so that its state is written; that is not counted as an interruption. */
  readonly stop?: AbortSignal;
}

/** What is run, where that is not the clone as it stands. */
export interface EngineSource {
  /** Folder of the program. */
  readonly folder: string;
  /** Path of its config file. */
  readonly config: string;
  /** More for its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Path where the event log is left. Default: it goes when the run has ended. */
  readonly events?: string;
}

/** The engine of one sandbox. */
export class Engine {
  readonly #place: SandboxPlace;
  readonly #outer: Environment;

  constructor(place: SandboxPlace, outer: Environment) {
    this.#place = place;
    this.#outer = outer;
  }

  /** Runs a command to its end. */
  async run(words: readonly string[], cwd = this.#place.clone): Promise<Finished> {
    const child = this.#spawn(words, cwd);
    return this.#finish(child, words, () => undefined);
  }

  /** Runs a command whose answer is nobody else's business: the log has none of it. */
  async ask(
    words: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    return this.#finish(this.#spawn(words, this.#place.clone, more), undefined, () => undefined);
  }

  /**
   * Makes the stack in the sandbox's backend where it is not there, and frees it from the lock of a
   * killed command.
   *
   * @throws SandboxError where an engine that somebody started by hand is at work.
   */
  async ensureStack(): Promise<Finished | undefined> {
    const { backend, stack, config, folder, clone } = this.#place;
    if (findLock(backend) === "abandoned") {
      await this.run(["cancel", "--stack", stack, "--yes"]);
    }
    if (existsSync(join(backend, ".pulumi", "stacks", projectName(clone), `${stack}.json`))) {
      return undefined;
    }
    // `stack init` knows no --config-file and writes its salt beside Pulumi.yaml: so it gets a folder.
    const scratch = join(folder, "init");
    mkdirSync(scratch, { recursive: true });
    copyFileSync(join(clone, "Pulumi.yaml"), join(scratch, "Pulumi.yaml"));
    copyFileSync(config, join(scratch, `Pulumi.${stack}.yaml`));
    const words = ["stack", "init", stack, "--no-select", "--secrets-provider", "passphrase"];
    const finished = await this.run(words, scratch);
    rmSync(scratch, { recursive: true, force: true });
    return finished.code === 0 ? undefined : finished;
  }

  /**
   * Runs `up`, `preview` or `destroy` and follows it.
   *
   * @param source Default: the clone, with the sandbox's config file.
   */
  async update(
    words: readonly string[],
    view: UpdateView,
    source?: EngineSource,
  ): Promise<UpdateResult> {
    const { temporary, stack } = this.#place;
    const { folder, config } = source ?? { folder: this.#place.clone, config: this.#place.config };
    const log = source?.events ?? join(temporary, `events-${process.pid}.json`);
    rmSync(log, { force: true });
    const [command = "", ...rest] = words;
    const child = this.#spawn(
      [command, "--stack", stack, "--config-file", config, "--event-log", log, ...rest],
      folder,
      source?.environment,
    );
    const progress = new Progress();
    const state = { ended: false };
    const following = follow(log, progress, view, () => state.ended);
    const onStop = (): void => {
      child.kill("SIGINT");
    };
    view.stop?.addEventListener("abort", onStop, { once: true });
    const finished = await this.#finish(child, words, (line) => view.onOutput?.(line));
    view.stop?.removeEventListener("abort", onStop);
    state.ended = true;
    await following;
    if (source?.events === undefined) {
      rmSync(log, { force: true });
    }
    return { ...finished, outcome: progress.outcome() };
  }

  #spawn(
    words: readonly string[],
    cwd: string,
    more: Readonly<Record<string, string>> = {},
  ): ChildProcess {
    return spawn(
      toolPath("pulumi", this.#outer),
      [...words, "--non-interactive", "--color", "never"],
      {
        cwd,
        env: { ...engineEnvironment(this.#place, this.#outer), ...more },
        stdio: ["ignore", "pipe", "pipe"],
        // A group of its own: Ctrl-C of the terminal reaches it once, through us. Twice means "at once".
        detached: true,
      },
    );
  }

  async #finish(
    child: ChildProcess,
    logged: readonly string[] | undefined,
    onLine: (line: string) => void,
  ): Promise<Finished> {
    const signals = passSignals(child);
    const output = { stdout: "", stderr: "" };
    const lines = new LineReader(onLine);
    child.stdout?.on("data", (part: Buffer) => {
      output.stdout += part.toString("utf8");
      lines.take(part.toString("utf8"));
    });
    child.stderr?.on("data", (part: Buffer) => (output.stderr += part.toString("utf8")));
    const code = await new Promise<number>((settle, fail) => {
      child.on("error", fail);
      child.on("close", (exit, signal) => {
        settle(exit ?? (signal === "SIGINT" ? 130 : 1));
      });
    }).finally(signals.stop);
    lines.end();
    if (logged !== undefined) {
      const record = [`$ pulumi ${logged.join(" ")}`, output.stdout, output.stderr, `exit ${code}`];
      const log = join(this.#place.logs, "engine.log");
      naming(log, () => {
        writeFileSync(log, `${record.join("\n")}\n`, { flag: "a", mode: privateMode });
      });
    }
    return { code, ...output, interrupted: signals.passed() };
  }
}

/** Text as it comes → whole lines, the sandbox's own noise left out. */
class LineReader {
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!isNoise(line)) {
        this.#onLine(line);
      }
    }
  }

  end(): void {
    if (this.#rest !== "") {
      this.take("\n");
    }
  }
}

/** Reads the event log while the engine writes it. */
async function follow(
  path: string,
  progress: Progress,
  view: UpdateView,
  hasEnded: () => boolean,
): Promise<void> {
  const tail = new Tail(path);
  const take = (line: string): void => {
    const event = parseEvent(line);
    const shown = event === undefined ? undefined : progress.take(event);
    if (shown !== undefined) {
      view.onStep?.(shown);
    }
  };
  try {
    for (let told = Date.now(); ;) {
      // Asked before reading: what is written before the end is then read.
      const ended = hasEnded();
      tail.read(take);
      if (ended) {
        return;
      }
      if (Date.now() - told > 1_000) {
        told = Date.now();
        view.onStatus?.(progress.status(), progress.atWork());
      }
      await sleep(150);
    }
  } finally {
    tail.close();
  }
}

/** Hands Ctrl-C and a request to end on; the first lets the engine finish what is under way. */
function passSignals(child: ChildProcess): { stop: () => void; passed: () => boolean } {
  let count = 0;
  const pass = (): void => {
    count += 1;
    child.kill("SIGINT");
  };
  process.on("SIGINT", pass);
  process.on("SIGTERM", pass);
  process.on("SIGHUP", pass);
  const stop = (): void => {
    process.off("SIGINT", pass);
    process.off("SIGTERM", pass);
    process.off("SIGHUP", pass);
  };
  return { stop, passed: () => count > 0 };
}

/** Name in `Pulumi.yaml`: the backend keeps stacks under it. */
export function projectName(clone: string): string {
  const text = readFileSync(join(clone, "Pulumi.yaml"), "utf8");
  return /^name:\s*["']?([\w.-]+)/m.exec(text)?.[1] ?? "fleet";
}
