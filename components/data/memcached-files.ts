/** Command line of the built-in Memcached, and the memory it needs. Pure. */

/** Words of its command line. */
export const memcachedArguments = (settings: {
  readonly port: number;
  /** What it may keep, in MiB. */
  readonly megabytes: number;
}): readonly string[] =>
  // Without UDP, by which others could be flooded.
  ["-p", `${settings.port}`, "-U", "0", "-m", `${settings.megabytes}`];

/**
 * Memory in MiB of one that is full: beside what it keeps, a table of keys that grows with them, and buffers of a
 * thousand callers. A real one with 64, 256 and 1024 MiB took 16, 17 and 29 more.
 */
export const memcachedNeeds = (megabytes: number): number =>
  megabytes + 32 + Math.ceil(megabytes / 16);
