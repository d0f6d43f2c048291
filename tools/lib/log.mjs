// What the installer says while it works. Everything goes to stderr: stdout belongs to the command that follows.

/** Thrown for faults whose message is all a user needs; printed without a stack trace. */
export class InstallError extends Error {}

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
