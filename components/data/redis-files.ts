/** Configuration of the built-in Redis. Pure. */
import { parseQuantity } from "../base/quantity.ts";

/** What a Redis' configuration is made from. */
export interface RedisSettings {
  readonly port: number;
  /** Folder of the data. */
  readonly data: string;
  /** Memory limit of the container, as a quantity. */
  readonly memory: string;
  readonly password: string;
}

/** Mebibytes of data a Redis may hold: three fifths of its memory. */
export function maxMemory(memory: string): number {
  return Math.max(1, Math.floor(((parseQuantity(memory) / 2 ** 20) * 3) / 5));
}

const lines = (settings: readonly (readonly [string, string])[]): string =>
  settings.map(([name, value]) => `${name} ${value}\n`).join("");

/**
 * `redis.conf`. Secret: the password stands in it.
 *
 * Every write goes to a log, which reaches the disk each second. A full Redis refuses writes rather
 * than forget entries that nobody would notice missing.
 */
export function redisConfig({ port, data, memory, password }: RedisSettings): string {
  return lines([
    ["bind", "* -::*"],
    ["port", `${port}`],
    ["dir", data],
    ["requirepass", password],
    // A restore is a server with the same password, which this one copies from.
    ["masterauth", password],
    ["appendonly", "yes"],
    ["appendfsync", "everysec"],
    ["save", '""'],
    ["maxmemory", `${maxMemory(memory)}mb`],
    ["maxmemory-policy", "noeviction"],
    ["tcp-keepalive", "60"],
    // A backup is the only replica there ever is: no use in waiting five seconds for others.
    ["repl-diskless-sync-delay", "0"],
  ]);
}

/** Configuration of the server that a restore starts on a backup. Secret. */
export function redisRestoreConfig(settings: {
  readonly port: number;
  readonly password: string;
}): string {
  return lines([
    ["bind", "* -::*"],
    ["port", `${settings.port}`],
    ["requirepass", settings.password],
    ["appendonly", "no"],
    ["save", '""'],
    ["repl-diskless-sync-delay", "0"],
  ]);
}
