/** Files of the built-in MySQL: its configuration, and the scripts that prepare its data. Pure. */
import { parseQuantity } from "../base/quantity.ts";
import { preamble } from "./shell.ts";

/** Where a MySQL finds what it needs, in the official image. */
export const mysqlPaths = {
  /** The disk, on which a new data folder grows beside the old one. */
  disk: "/var/lib/mysql",
  data: "/var/lib/mysql/data",
  config: "/etc/fleet/mysql",
  /** What the server runs at each start, and how the probes log in. Secret. */
  init: "/etc/fleet/init",
  scripts: "/etc/fleet/scripts",
  sockets: "/var/run/mysqld",
} as const;

/**
 * Texts of a database that says nothing else, in SQL. What a server runs as it starts does not heed its
 * `collation_server`, and what a restore runs does: said in both, they make the same.
 */
export const databaseTexts = "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci";

/** Cache of a server in MiB: half of its memory, less what it needs whatever its size, and at least 64. */
export const bufferPool = (memory: string): number =>
  Math.max(64, Math.floor(parseQuantity(memory) / 2 / 2 ** 20) - 128);

/**
 * `my.cnf`. What it does not say stays at the server's default.
 *
 * `loose_`: a word that a version may not know. Passwords are checked in the way of before 8, as Node's library
 * `mysql` knows no other; 8.4 has that switched off by itself, and 9 no more.
 */
export const mysqlConfig = (settings: {
  readonly port: number;
  /** Memory limit of the container, as a quantity. */
  readonly memory: string;
}): string => `[mysqld]
port = ${settings.port}
bind_address = *
datadir = ${mysqlPaths.data}
socket = ${mysqlPaths.sockets}/mysqld.sock
pid_file = ${mysqlPaths.sockets}/mysqld.pid
mysqlx = OFF
secure_file_priv = NULL
loose_mysql_native_password = ON
character_set_server = utf8mb4
collation_server = utf8mb4_unicode_ci
innodb_buffer_pool_size = ${bufferPool(settings.memory)}M
# It takes hundreds of MiB for itself.
performance_schema = OFF
max_connections = 300
# A name that cannot be looked up must keep nobody out.
skip_name_resolve = ON
# Nobody copies from this one, and with a log only a superuser may make functions.
disable_log_bin
`;

/** A text in SQL. */
export const sqlText = (text: string): string =>
  `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

/** The account of all programs, and its databases. */
export interface MysqlAccount {
  readonly user: string;
  readonly password: string;
  readonly rootPassword: string;
  readonly databases: readonly string[];
}

/**
 * What the server runs before anybody can dial it, at each start: account and databases that are missing are made, and
 * passwords are what the stack says. One statement a line. Secret.
 */
export function mysqlInit({ user, password, rootPassword, databases }: MysqlAccount): string {
  const account = `${sqlText(user)}@'%'`;
  const identified = `IDENTIFIED WITH mysql_native_password BY ${sqlText(password)}`;
  return [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY ${sqlText(rootPassword)}`,
    `CREATE USER IF NOT EXISTS ${account} ${identified}`,
    `ALTER USER ${account} ${identified}`,
    ...databases.flatMap((name) => [
      `CREATE DATABASE IF NOT EXISTS \`${name}\` ${databaseTexts}`,
      // An underscore in the name of a right is any letter.
      `GRANT ALL PRIVILEGES ON \`${name.replaceAll("_", "\\_")}\`.* TO ${account}`,
    ]),
  ]
    .map((statement) => `${statement};\n`)
    .join("");
}

/** Words of a client in the server's pod, as the account of all programs. */
const asAccount = (port: number): readonly string[] => [
  `--defaults-file=${mysqlPaths.init}/client.cnf`,
  "--host=127.0.0.1",
  `--port=${port}`,
  "--connect-timeout=3",
];

/**
 * Command that succeeds once the account gets into all of its databases. A server whose preparation failed at a
 * statement leaves the rest of it out, says so in its log alone and takes connections all the same.
 */
export const mysqlPrepared = (port: number, databases: readonly string[]): readonly string[] => [
  "mysql",
  ...asAccount(port),
  `--execute=${databases.map((name) => `USE \`${name}\``).join("; ")}`,
];

/**
 * Command that succeeds while the server answers, whatever it answers: that it has no connection left is an answer,
 * too. A check of the port alone would not do: the kernel takes connections for a server that hangs.
 */
export const mysqlAnswers = (port: number): readonly string[] => [
  "mysqladmin",
  ...asAccount(port),
  "ping",
];

/** Script that runs before every start of the server: makes the data folder where there is none. */
export const mysqlPrepareScript: string = `${preamble}
data='${mysqlPaths.data}'
if [ -d "$data/mysql" ]; then
  exit 0
fi
[ ! -e "$data" ] || fail "$data is there but holds no database: look at it before a new one is made"
say "making an empty data folder"
rm -rf "$data.new"
# Root is without a password until the server starts, which gives it one before anybody can dial it.
mysqld --defaults-file='${mysqlPaths.config}/my.cnf' --initialize-insecure --datadir="$data.new" ||
  fail "the data folder could not be made: the lines above say why"
mv "$data.new" "$data"
sync
`;
