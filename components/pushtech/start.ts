/** How long PushTech's programs may take to start. */

/**
 * A Ruby server loads its gems twice (the check of its database, then itself) with the little processor time that
 * the original gives it (facts/pushtech.md 3.1): minutes, not seconds.
 */
export const serverStartSeconds = 300;

/** How long a server goes on taking requests once its pod is told to go: until nobody is sent to it any more. */
export const goodbyeSeconds = 5;

/** How long a pod that goes may take. */
export const stopSeconds = 60;

/**
 * How long Foreman lets a program finish what it is at. By itself it kills after five seconds: a request that takes
 * longer is cut off, and Sidekiq, which takes eight to put its jobs back, loses them.
 */
const finishSeconds = 50;

/** Words that start a line of an image's Procfile. */
export const foreman = (line: "web" | "worker"): readonly string[] => [
  ...["foreman", "start", line],
  ...["--timeout", `${finishSeconds}`],
];
