/** Side-by-side measurement: the same work done twice, in turn, in one run. */
import { spawnSync } from "node:child_process";

/** A command to time. */
export interface Work {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Times of one piece of work, in seconds. */
export interface Times {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

/**
 * Runs a piece of work and gives what it printed.
 *
 * @throws Error with the end of its output when it fails.
 */
export function run(work: Work): string {
  const result = spawnSync(work.command, work.arguments, {
    cwd: work.folder,
    env: work.environment,
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.status !== 0) {
    const output = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-30).join("\n");
    throw new Error(`${work.command} ${work.arguments.join(" ")} failed:\n${output}`);
  }
  return result.stdout;
}

/** Runs a piece of work once and tells how long it took, in seconds. A failed run has no time. */
export function timeOnce(work: Work): number {
  const start = process.hrtime.bigint();
  run(work);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Minimum, median and maximum of some times. */
export function summarise(seconds: readonly number[]): Times {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return { minimum: at(0), median: at(0.5), maximum: at(1) };
}

/**
 * Times two pieces of work in turn, so that whatever else the machine does falls on both. Each is run
 * once before, unmeasured: caches are warm for both.
 */
export function compare(ours: Work, peer: Work, rounds: number): { ours: Times; peer: Times } {
  timeOnce(peer);
  timeOnce(ours);
  const times = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    // Alternate who goes first: the second of a pair may find warmer caches.
    const order = round % 2 === 0 ? (["peer", "ours"] as const) : (["ours", "peer"] as const);
    for (const who of order) {
      times[who].push(timeOnce(who === "ours" ? ours : peer));
    }
  }
  return { ours: summarise(times.ours), peer: summarise(times.peer) };
}
