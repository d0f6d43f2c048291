/**
 * Processes of a sandbox: which there are, and ending them.
 *
 * A process id alone says nothing: ids are given out again. A process is the sandbox's own when its
 * program lies in the sandbox's folder, or when it carries the mark of the sandbox's engine runs;
 * both, and its start time, are looked at again before it is ended.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import type { SandboxPlace } from "./place.ts";

/** A process as the system lists it. */
export interface Process {
  readonly pid: number;
  /** When it started, in whatever the system counts: only compared for being the same. */
  readonly started: string;
  /** Program and arguments, joined by spaces. */
  readonly command: string;
  /** Value of {@link engineMark} in its environment, where the system shows it. */
  readonly mark?: string | undefined;
}

/** Environment variable that engine runs carry: the sandbox's folder. */
export const engineMark = "FLEET_SANDBOX_ENGINE";

/** Every process of this machine that can be seen. */
export function listProcesses(): readonly Process[] {
  return process.platform === "linux" ? listFromProc() : listFromPs();
}

/** Processes of the control plane: their program lies in the sandbox's folder. */
export function controlPlaneProcesses(
  place: Pick<SandboxPlace, "cluster">,
  processes: readonly Process[],
): readonly Process[] {
  return processes.filter(({ command }) => command.startsWith(`${place.cluster}/bin/`));
}

/** The control plane's programs that run: `etcd`, `kube-apiserver`, … */
export function runningComponents(
  place: Pick<SandboxPlace, "cluster">,
  processes: readonly Process[],
): ReadonlyMap<string, Process> {
  const prefix = `${place.cluster}/bin/`;
  return new Map(
    controlPlaneProcesses(place, processes).map((found) => [
      found.command.slice(prefix.length).split(" ")[0] ?? "",
      found,
    ]),
  );
}

/** Engine, language host, program and plugins of this sandbox. Only asked for while holding its lock. */
export function engineProcesses(
  place: Pick<SandboxPlace, "folder">,
  processes: readonly Process[],
): readonly Process[] {
  return processes.filter(({ mark }) => mark === place.folder);
}

/**
 * Whether a process is still the one that was listed. One that is about to end has no words any more, and its ports and
 * locks still: whoever took it for gone would find them taken.
 */
export function isSame(listed: Process, now: Process | undefined): boolean {
  return (
    now !== undefined &&
    now.started === listed.started &&
    (now.command === listed.command || now.command === "")
  );
}

/**
 * Ends processes: asks, waits, then kills. Each is verified right before each signal.
 *
 * @param graceMilliseconds How long to wait for those that were asked.
 */
export async function endProcesses(
  processes: readonly Process[],
  graceMilliseconds = 3_000,
): Promise<void> {
  let left = signalAll(processes, "SIGTERM");
  const end = Date.now() + graceMilliseconds;
  while (left.length > 0 && Date.now() < end) {
    await sleep(50);
    left = stillThere(left);
  }
  left = signalAll(left, "SIGKILL");
  while (left.length > 0) {
    await sleep(20);
    left = stillThere(left);
  }
}

/** One process by its id, or undefined. */
export function findProcess(pid: number): Process | undefined {
  return process.platform === "linux"
    ? readProc(pid)
    : listFromPs().find((found) => found.pid === pid);
}

function stillThere(processes: readonly Process[]): readonly Process[] {
  return processes.filter((listed) => isSame(listed, findProcess(listed.pid)));
}

function signalAll(processes: readonly Process[], signal: NodeJS.Signals): readonly Process[] {
  const present = stillThere(processes);
  for (const { pid } of present) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended between the look and the signal.
    }
  }
  return present;
}

function listFromProc(): readonly Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProc(Number(name)) ?? []);
}

function readProc(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the program's name in brackets, may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const started = fields[19];
    // A zombie runs no more: only its parent has not asked for its exit code yet.
    if (started === undefined || fields[0] === "Z") {
      return undefined;
    }
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trimEnd();
    return { pid, started, command, mark: readMark(pid) };
  } catch {
    return undefined;
  }
}

function readMark(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8")
      .split("\0")
      .find((entry) => entry.startsWith(`${engineMark}=`))
      ?.slice(engineMark.length + 1);
  } catch {
    // Another user's process: its environment is not ours to read.
    return undefined;
  }
}

function listFromPs(): readonly Process[] {
  const text = execFileSync("ps", ["-axww", "-o", "pid=,lstart=,command="], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
    maxBuffer: 64 * 2 ** 20,
  });
  return parsePs(text);
}

/** Reads lines of `ps -o pid=,lstart=,command=`. */
export function parsePs(text: string): readonly Process[] {
  return text.split("\n").flatMap((line) => {
    const found = /^\s*(\d+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(line);
    const [, pid, started, command] = found ?? [];
    return pid === undefined || started === undefined || command === undefined
      ? []
      : [{ pid: Number(pid), started, command }];
  });
}
