// What the installer says while it works. Everything goes to stderr: stdout belongs to the command that follows.

/** Thrown for faults whose message is all a user needs; printed without a stack trace. */
export class InstallError extends Error {}

/** What the system calls a fault of a disk → what it means. @type {Record<string, string>} */
const diskFaults = {
  ENOSPC: "no room is left on its disk",
  EFBIG: "no room is left on its disk",
  EDQUOT: "this user's share of its disk is used up",
  EROFS: "its disk can only be read",
  EACCES: "this user may not do that",
  EPERM: "this user may not do that",
  ENOTDIR: "a file stands where a folder should",
};

/**
 * A disk that is full, or may not be written, in words; undefined for any other error.
 * @param {unknown} error
 * @param {string} cache the cache folder: it is the user's to choose
 * @returns {string | undefined}
 */
export function diskFault(error, cache) {
  if (!(error instanceof Error)) return undefined;
  const { code = "", path, syscall = "" } = /** @type {NodeJS.ErrnoException} */ (error);
  // So Node calls it where a folder with all above it is to be made on a disk that can only be read.
  const name = code === "ENOENT" && syscall === "mkdir" ? "EROFS" : code;
  const means = Object.hasOwn(diskFaults, name) ? diskFaults[name] : undefined;
  if (means === undefined || /^(spawn|connect|listen|bind|send|kill)/.test(syscall))
    return undefined;
  return (
    `${path ?? `a file, of ${cache} most likely`}: ${means} (${code}, ${syscall})\n` +
    `  to mend: let it be written, with room to spare, or set FLEET_CACHE_DIR to another folder (it is ${cache})`
  );
}

/** @param {string} message */
export function say(message) {
  process.stderr.write(`fleet: ${message}\n`);
}

/**
 * @param {number} milliseconds
 * @returns {string} `0.4 s`, `12 s` or `3 min 5 s`
 */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * Runs one piece of work and repeats its name every half minute, so that a long build never looks like a hang.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(what, work) {
  const start = Date.now();
  const timer = setInterval(() => {
    say(`${what} … ${duration(Date.now() - start)} so far`);
  }, 30_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
