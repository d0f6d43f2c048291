/** Side-by-side measurement: the same work done twice, in turn, in one run. */
import { spawn } from "node:child_process";

/** Lines of a failure that are told. */
const lastLines = 30;

/** A command to time. */
export interface Work {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Text for its input. */
  readonly input?: string;
}

/** Times of one piece of work, in seconds. */
export interface Times {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

/**
 * Runs a piece of work and gives what it printed. The clouds' hands go on meanwhile: they are in this
 * process.
 *
 * @throws Error with the end of its output when it fails.
 */
export async function run(work: Work): Promise<string> {
  const child = spawn(work.command, work.arguments, { cwd: work.folder, env: work.environment });
  let printed = "";
  let complained = "";
  child.stdout.on("data", (part: Buffer) => (printed += part.toString("utf8")));
  child.stderr.on("data", (part: Buffer) => (complained += part.toString("utf8")));
  child.stdin.end(work.input ?? "");
  const status = await new Promise<number | null>((settle, fail) => {
    child.on("error", fail);
    child.on("close", settle);
  });
  if (status !== 0) {
    throw new Error(
      `${work.command} ${work.arguments.join(" ")} failed:\n${endOf(`${printed}\n${complained}`)}`,
    );
  }
  return printed;
}

/** What is said of a failure: each line that names an error, of however long a text, and its last ones. */
export function endOf(output: string): string {
  const lines = output.trim().split("\n");
  const errors = lines.slice(0, -lastLines).filter((line) => /\berror\b/i.test(line));
  return [...errors.slice(0, lastLines), ...lines.slice(-lastLines)].join("\n");
}

/** Runs a piece of work once and tells how long it took, in seconds. A failed run has no time. */
export async function timeOnce(work: Work): Promise<number> {
  const start = process.hrtime.bigint();
  await run(work);
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
export async function compare(
  ours: Work,
  peer: Work,
  rounds: number,
): Promise<{ readonly ours: Times; readonly peer: Times }> {
  await timeOnce(peer);
  await timeOnce(ours);
  const times = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    // Alternate who goes first: the second of a pair may find warmer caches.
    const order = round % 2 === 0 ? (["peer", "ours"] as const) : (["ours", "peer"] as const);
    for (const who of order) {
      times[who].push(await timeOnce(who === "ours" ? ours : peer));
    }
  }
  return { ours: summarise(times.ours), peer: summarise(times.peer) };
}
