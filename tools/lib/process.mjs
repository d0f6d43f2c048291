// Running other programs, and telling a living process from a dead one.

import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMilliseconds?: number,
 *   onStart?: (pid: number) => void }} RunOptions
 * @typedef {{ code: number, stdout: string, stderr: string }} RunResult
 */

/** Code of a program that overstayed its time, as timeout(1) has it. */
export const lateCode = 124;

/** Children to end when this process is told to end. @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** Ends every child that is still running; called from the signal handlers of the entry. */
export function endChildren() {
  for (const child of running) child.kill("SIGTERM");
}

/**
 * Runs a program without a shell and gathers what it prints. A program that cannot be started or overstays its time
 * is a result with code 127 or 124, not an exception.
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    /** @type {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable>} */
    let child;
    try {
      child = spawn(program, args, {
        cwd: options.cwd,
        env: options.env ?? process.env,
        stdio: ["ignore", "pipe", "pipe"],
      });
    } catch (error) {
      // Most failures to start come as an event; a few, such as a file that is no program, are thrown.
      resolve({ code: 127, stdout: "", stderr: error instanceof Error ? error.message : "" });
      return;
    }
    running.add(child);
    if (child.pid !== undefined) options.onStart?.(child.pid);
    let stdout = "";
    let stderr = "";
    let timedOut = false;
    const timer =
      options.timeoutMilliseconds === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill("SIGKILL");
          }, options.timeoutMilliseconds);
    child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => (stderr += text));
    const finish = (/** @type {number} */ code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code: timedOut ? lateCode : code, stdout, stderr });
    };
    child.on("error", (error) => {
      stderr += error.message;
      finish(127);
    });
    child.on("close", (code) => {
      finish(code ?? 128);
    });
  });
}

/**
 * When a process started, in a form that differs for a later process of the same number; "0" where that cannot be
 * told. Without it, a lock of a dead process would seem held for as long as its number is in use again.
 * @param {number} pid
 * @returns {string}
 */
export function processStart(pid) {
  if (process.platform === "linux") {
    try {
      // Field 22 of /proc/<pid>/stat; the second field may hold spaces, so count from its closing bracket.
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
    } catch {
      return "0";
    }
  }
  const result = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return result.status === 0 ? result.stdout.replace(/\W/g, "") : "0";
}

/**
 * @param {number} pid
 * @param {string} start as `processStart` gave it when the process was alive
 * @returns {boolean}
 */
export function isAlive(pid, start) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EPERM") return false;
  }
  return start === "0" || processStart(pid) === start;
}

/**
 * Does what nobody waits for while there is only waiting to do.
 * @template Result
 * @param {Promise<Result>} done
 * @param {(signal: AbortSignal) => Promise<void>} chore stops at the signal
 * @returns {Promise<Result>}
 */
export async function whileWaiting(done, chore) {
  const waiting = new AbortController();
  // What keeps it from its work is no fault of the command: the next one tries again.
  const ended = chore(waiting.signal).catch(() => undefined);
  try {
    return await done;
  } finally {
    waiting.abort();
    await ended;
  }
}
