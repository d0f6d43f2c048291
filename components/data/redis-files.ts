/** Configuration of the built-in Redis. Pure. */
import { parseQuantity } from "../base/quantity.ts";

/** What a Redis' configuration is made from. */
export interface RedisSettings {
  readonly port: number;
  /** Folder of the data. */
  readonly data: string;
  /** Memory limit of the container, as a quantity. */
  readonly memory: string;
  /** Default: whoever reaches it is let in. */
  readonly password?: string | undefined;
}

/** Mebibytes of data a Redis may hold: three fifths of its memory. */
export function maxMemory(memory: string): number {
  return Math.max(1, Math.floor(((parseQuantity(memory) / 2 ** 20) * 3) / 5));
}

const lines = (settings: readonly (readonly [string, string])[]): string =>
  settings.map(([name, value]) => `${name} ${value}\n`).join("");

/**
 * Without a password a server would take to the loopback address alone, unless it is told otherwise. Nothing
 * binds it: each series has its own word for all addresses, and each means them where none is said.
 */
const doorOf = (password: string | undefined): readonly [string, string] =>
  password === undefined ? ["protected-mode", "no"] : ["requirepass", password];

const passwordTo = (
  setting: string,
  password: string | undefined,
): readonly (readonly [string, string])[] => (password === undefined ? [] : [[setting, password]]);

/**
 * `redis.conf`. Secret: the password stands in it.
 *
 * Every write goes to a log, which reaches the disk each second. A full Redis refuses writes rather
 * than forget entries that nobody would notice missing.
 */
export function redisConfig({ port, data, memory, password }: RedisSettings): string {
  return lines([
    ["port", `${port}`],
    ["dir", data],
    doorOf(password),
    // A restore is a server with the same password, which this one copies from.
    ...passwordTo("masterauth", password),
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
  /** Default: whoever reaches it is let in. */
  readonly password?: string | undefined;
}): string {
  return lines([
    ["port", `${settings.port}`],
    doorOf(settings.password),
    ["appendonly", "no"],
    ["save", '""'],
    ["repl-diskless-sync-delay", "0"],
  ]);
}
