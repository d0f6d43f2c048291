/** What a command takes beside time: processors, by itself and all that it starts, and memory. Linux alone. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

import { endOf, summarise, type Times, type Work } from "./measure.ts";

/** What a command took. */
export interface Footprint {
  /** By the clock. */
  readonly seconds: number;
  /** Of all processors, by the command and every process that it started and waited for. */
  readonly processorSeconds: number;
  /** Sum of the most that each of its processes ever had resident. */
  readonly peakBytes: number;
}

/** What two commands took, run in turn. */
export interface Footprints {
  readonly ours: readonly Footprint[];
  readonly peer: readonly Footprint[];
}

/** Between two looks at the processes: what one grows by at its very end is missed. */
const lookMilliseconds = 100;

/** A file of a process; empty where it has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function tasksOf(process: number): string[] {
  try {
    return readdirSync(`/proc/${process}/task`);
  } catch {
    return [];
  }
}

/** A process and all below it. */
function treeOf(root: number): number[] {
  const children = tasksOf(root).flatMap((task) =>
    read(`/proc/${root}/task/${task}/children`).split(" ").filter(Boolean).map(Number),
  );
  return [root, ...children.flatMap(treeOf)];
}

/** Notes the most memory of each process of a tree. */
function look(root: number, most: Map<number, number>): void {
  for (const one of treeOf(root)) {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${one}/status`)) ?? [];
    most.set(one, Math.max(most.get(one) ?? 0, Number(kibibytes ?? 0) * 1024));
  }
}

/** The shell's own `time` counts children of children, which Node cannot. */
const script = 'TIMEFORMAT="%R %U %S"; time "$@"';

/**
 * Runs a piece of work and tells what it took. This process goes on meanwhile, as with `run`.
 *
 * @throws Error with the end of its output when it fails.
 */
async function footprintOf(work: Work): Promise<Footprint> {
  const child = spawn("bash", ["-c", script, "bash", work.command, ...work.arguments], {
    cwd: work.folder,
    env: work.environment,
  });
  let printed = "";
  let told = "";
  child.stdout.on("data", (part: Buffer) => (printed += part.toString("utf8")));
  child.stderr.on("data", (part: Buffer) => (told += part.toString("utf8")));
  child.stdin.end(work.input ?? "");
  const most = new Map<number, number>();
  const looking = setInterval(() => {
    look(child.pid ?? 0, most);
  }, lookMilliseconds);
  const status = await new Promise<number | null>((settle, fail) => {
    child.on("error", fail);
    child.on("close", settle);
  }).finally(() => {
    clearInterval(looking);
  });
  const [, seconds, user, system] = /([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(told) ?? [];
  if (status !== 0 || system === undefined) {
    throw new Error(
      `${work.command} ${work.arguments.join(" ")} failed:\n${endOf(`${printed}\n${told}`)}`,
    );
  }
  return {
    seconds: Number(seconds),
    processorSeconds: Number(user) + Number(system),
    peakBytes: [...most.values()].reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** Runs two pieces of work in turn, each once before, unmeasured: caches are warm for both. */
export async function compareFootprints(
  ours: Work,
  peer: Work,
  rounds: number,
): Promise<Footprints> {
  await footprintOf(peer);
  await footprintOf(ours);
  const taken = { ours: [] as Footprint[], peer: [] as Footprint[] };
  for (let round = 0; round < rounds; round += 1) {
    // Alternate who goes first: the second of a pair may find warmer caches.
    const order = round % 2 === 0 ? (["peer", "ours"] as const) : (["ours", "peer"] as const);
    for (const who of order) {
      taken[who].push(await footprintOf(who === "ours" ? ours : peer));
    }
  }
  return taken;
}

/** Minimum, median and maximum of one measure. */
export const timesOf = (
  taken: readonly Footprint[],
  measure: keyof Footprint = "processorSeconds",
): Times => summarise(taken.map((one) => one[measure]));
