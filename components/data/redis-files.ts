/** Configuration of the built-in Redis. Pure. */
import { parseQuantity } from "../base/quantity.ts";
import { preamble } from "./shell.ts";

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

/**
 * Shell script that becomes the server, with the words it is given, unless its data is one that it would not see.
 *
 * From series 7 on the log is a folder, to which the log of before is moved at the first start. An older server knows
 * nothing of that: it would begin with nothing, without a word, and whatever it then wrote the newer one would pass
 * over in its turn (redis/redis#9788; src/aof.c, `loadAppendOnlyFiles`). Going back to an older image is all it takes,
 * as a rollback does by itself. The first of its words is the configuration's file, which says where the data is.
 */
export const redisStartScript = `${preamble}
is=$(redis-server --version | sed -n 's/.* v=\\([0-9]*\\)\\..*/\\1/p')
data=$(sed -n 's/^dir //p' "$1")
if [ -e "$data/appendonlydir/appendonly.aof.manifest" ] && [ "$is" -lt 7 ]; then
  fail "the data is that of Redis 7 or newer, of which Redis $is would see nothing: go back to the newer image, or give it another disk and restore a backup of Redis $is"
fi
exec redis-server "$@"
`;
