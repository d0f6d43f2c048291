/** Configuration of the built-in MongoDB. Pure. */
import { parseQuantity } from "../base/quantity.ts";

/** Folder of the data, the official image's own. */
export const mongoData = "/data/db";

/**
 * Cache of a server in GiB: half of its memory, and at least the quarter that it takes for itself anyway.
 *
 * The server's own default goes by the memory of the node, whatever the pod may have.
 */
export const mongoCache = (memory: string): number =>
  Math.max(0.25, Math.floor((parseQuantity(memory) / 2 ** 30 / 2) * 100) / 100);

/** `mongod.conf`: YAML. What it does not say stays at the server's default. */
export const mongoConfig = (settings: {
  readonly port: number;
  readonly data: string;
  /** Memory limit of the container, as a quantity. */
  readonly memory: string;
}): string => `net:
  port: ${settings.port}
  bindIp: 0.0.0.0
  unixDomainSocket:
    # It would lie in /tmp, which is not writable, and nobody dials it.
    enabled: false
storage:
  dbPath: ${settings.data}
  journal:
    # Every hundredth of a second: less is lost when the node dies than the program can tell.
    commitIntervalMs: 10
  wiredTiger:
    engineConfig:
      cacheSizeGB: ${mongoCache(settings.memory)}
`;

/**
 * Shell text that runs the server's own shell, whatever it is called: `mongo` until series 5, `mongosh` since.
 * Words after it are the shell's.
 */
export const mongoShell = `mongo_shell() {
  if command -v mongosh > /dev/null 2>&1; then mongosh --quiet --norc "$@"; else mongo --quiet --norc "$@"; fi
}
`;

/** Where a database is, and who logs in. */
export interface MongoPlace {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls?: boolean;
  readonly login?: {
    readonly user: string;
    readonly password: string;
    readonly authSource: string;
  };
}

/** `mongodb://` address of a database. Secret where there is a login in it. */
export function mongoUrl({ host, port, database, tls = false, login }: MongoPlace): string {
  const who = login === undefined ? "" : `${login.user}:${login.password}@`;
  const options = [
    ...(login === undefined ? [] : [`authSource=${login.authSource}`]),
    // The word that drivers of every age know.
    ...(tls ? ["ssl=true"] : []),
  ];
  const tail = options.length === 0 ? "" : `?${options.join("&")}`;
  return `mongodb://${who}${host}:${port}/${database}${tail}`;
}
