/** Files of the built-in Postgres: its configuration and the script that prepares its data. Pure. */
import { parseImage } from "../base/images.ts";
import { parseQuantity } from "../base/quantity.ts";
import { preamble } from "./shell.ts";

/** How a server checks passwords. */
export type Authentication = "scram-sha-256" | "md5";

/** How the server of an image checks passwords: before 10 there was no SCRAM. */
export const authenticationOf = (image: string): Authentication =>
  /^9\./.test(parseImage(image).tag) ? "md5" : "scram-sha-256";

/** Where a Postgres finds what it needs. */
export interface PostgresPaths {
  /** Folder of the three files made here that are no scripts. */
  readonly config: string;
  /** Data. Its parent is the disk, on which a new `initdb` grows beside it, and that of another major version stays. */
  readonly data: string;
  /** One file for each database: its owner's password. */
  readonly passwords: string;
  /** Folder of the running server's socket. */
  readonly sockets: string;
  /** Folder of the socket while the data is prepared, where nobody else looks. */
  readonly preparation: string;
}

/** What the files are made from. */
export interface PostgresSettings {
  readonly paths: PostgresPaths;
  readonly port: number;
  readonly maxConnections: number;
  /** Memory limit of the container, as a quantity. */
  readonly memory: string;
  /** Names of the databases, each owned by a role of that name. */
  readonly databases: readonly string[];
  /** Database → extensions that it has from the start. Default none. */
  readonly extensions?: Readonly<Record<string, readonly string[]>>;
  /** How passwords are checked. Default `scram-sha-256`. */
  readonly authentication?: Authentication;
  /**
   * Role that may do anything. It has no password and comes in by the socket only, as the user of
   * the operating system that has its name: in the official image that is `postgres`.
   */
  readonly superuser: string;
}

/** Paths in the pod: those of the official image. The data is a level below the mount point. */
export const podPaths: PostgresPaths = {
  config: "/etc/postgresql",
  data: "/var/lib/postgresql/data/pgdata",
  passwords: "/etc/fleet/passwords",
  sockets: "/var/run/postgresql",
  preparation: "/run/preparation",
};

/** Cache of a server in MiB: a quarter of its memory, as its manual advises, at least 16. */
export function sharedBuffers(memory: string): number {
  return Math.max(16, Math.floor(parseQuantity(memory) / 4 / 2 ** 20));
}

/** `postgresql.conf`. What it does not say stays at the server's default. */
export function postgresConfig({
  paths,
  port,
  maxConnections,
  memory,
  authentication = "scram-sha-256",
}: PostgresSettings): string {
  const settings: Readonly<Record<string, string>> = {
    listen_addresses: "'*'",
    port: `${port}`,
    unix_socket_directories: `'${paths.sockets}'`,
    hba_file: `'${paths.config}/pg_hba.conf'`,
    max_connections: `${maxConnections}`,
    // Where it is MD5 the server knows nothing else, and has another word for it in each version.
    ...(authentication === "md5" ? {} : { password_encryption: `'${authentication}'` }),
    shared_buffers: `'${sharedBuffers(memory)}MB'`,
    // Where a node has huge pages that the pod may not use, the server dies of a bus error.
    huge_pages: "off",
    log_destination: "'stderr'",
    log_line_prefix: "'%m [%p] %u@%d '",
    log_timezone: "'UTC'",
    timezone: "'UTC'",
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}

/**
 * `pg_hba.conf`: each owner into its own database, the superuser by the socket, nobody else at all.
 *
 * `host` takes connections with and without TLS: the services only do the latter.
 */
export function postgresAccess({
  databases,
  superuser,
  authentication = "scram-sha-256",
}: PostgresSettings): string {
  return [
    `local all "${superuser}" peer`,
    ...databases.flatMap((name) => [
      `local "${name}" "${name}" ${authentication}`,
      `host "${name}" "${name}" all ${authentication}`,
    ]),
    "",
  ].join("\n");
}

/** List of the databases for the scripts: one name a line. */
export const databaseList = (databases: readonly string[]): string =>
  databases.map((name) => `${name}\n`).join("");

/** List of the extensions for the script: a database and one of its extensions a line. */
const extensionList = (extensions: PostgresSettings["extensions"] = {}): string =>
  Object.entries(extensions)
    .flatMap(([database, names]) => names.map((name) => `${database} ${name}\n`))
    .join("");

/** The configuration's files, by name. */
export function postgresFiles(settings: PostgresSettings): Record<string, string> {
  return {
    "postgresql.conf": postgresConfig(settings),
    "pg_hba.conf": postgresAccess(settings),
    databases: databaseList(settings.databases),
    extensions: extensionList(settings.extensions),
  };
}

/** Gives a role its password and a database its owner. Whatever is there already is left alone. */
const ensureDatabase = `
SET log_min_error_statement = panic;
\\set password \`cat "$PASSWORD_FILE"\`
SELECT format('CREATE ROLE %I', :'name')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \\gexec
ALTER ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec
ALTER DATABASE :"name" OWNER TO :"name";
`;

/**
 * Lays the data of another major version aside where an operator has said so, by a file beside it: `leave-17` lets go
 * of Postgres 17's. What it had comes back by a restore (docs/skywire.md). Data of the image's own version that was
 * laid aside before, on the way there, is taken up again: that is the way back.
 */
const leaveData = `
if [ -s "$data/PG_VERSION" ]; then
  had=$(cat "$data/PG_VERSION")
  leave="$(dirname "$data")/leave-$had"
  if [ "$had" != "$is" ] && [ -e "$leave" ]; then
    [ ! -e "$data-$had" ] || fail "$data-$had is there already: take it away, or the data of now has no place"
    say "laying the data of Postgres $had aside as $data-$had"
    mv "$data" "$data-$had"
    rm "$leave"
  fi
fi
if [ ! -e "$data" ] && [ -d "$data-$is" ]; then
  say "taking up the data of Postgres $is that was laid aside"
  mv "$data-$is" "$data"
fi
`.trim();

/**
 * Script that runs before every start of the server: makes the data folder where there is none, and
 * each database and role that is missing; a changed password is changed. It starts the server where
 * only it can reach it, so that whoever finds the real one listening finds all databases there.
 * Run again, it changes nothing.
 */
export function prepareScript({
  paths,
  port,
  superuser,
  authentication = "scram-sha-256",
}: PostgresSettings): string {
  return `${preamble}
data='${paths.data}'
sockets='${paths.preparation}'
export PGPORT=${port} PGHOST="$sockets" PGCONNECT_TIMEOUT=10

# Before 10 a major version had two numbers.
is=$(postgres --version | sed 's/^[^0-9]*\\(9\\.[0-9]*\\|[0-9]*\\).*/\\1/')
${leaveData}
if [ ! -s "$data/PG_VERSION" ]; then
  [ ! -e "$data" ] || fail "$data is there but holds no database: look at it before a new one is made"
  say "making an empty data folder"
  rm -rf "$data.new"
  # The order of text is that of its bytes: any other changes under the indexes' feet with the image.
  initdb --pgdata="$data.new" --username='${superuser}' --encoding=UTF8 --no-locale \\
    --data-checksums --auth-local=peer --auth-host=${authentication} > /dev/null
  mv "$data.new" "$data"
  sync -- "$(dirname "$data")"
fi
has=$(cat "$data/PG_VERSION")
[ "$has" = "$is" ] || fail "$data is Postgres $has's and the image is Postgres $is: go back to the old image, then see «A store's next series» in docs/skywire.md"
# A volume's group rights would make the server refuse its own folder.
chmod 0700 "$data"

# Short options where pg_ctl 9 has no long ones.
pg_ctl start --silent -w --timeout=86400 --pgdata="$data" -o "-c config_file='${paths.config}/postgresql.conf' -c listen_addresses='' -c unix_socket_directories='$sockets'"
trap 'pg_ctl stop --silent --mode=fast --pgdata="$data"' EXIT
trap 'exit 143' INT TERM

can_log_in() {
  PGPASSWORD=$(cat "$PASSWORD_FILE") psql --no-psqlrc --no-password --quiet --username="$1" --dbname="$1" --command='SELECT' > /dev/null 2>&1
}

while read -r name; do
  export PASSWORD_FILE='${paths.passwords}'/"$name"
  [ -s "$PASSWORD_FILE" ] || fail "there is no password for the owner of database $name"
  if ! can_log_in "$name"; then
    say "setting up database $name and its owner"
    psql --no-psqlrc --quiet --username='${superuser}' --dbname=postgres --set=ON_ERROR_STOP=1 --set=name="$name" << 'END' > /dev/null
${ensureDatabase.trim()}
END
    can_log_in "$name" || fail "the owner of database $name cannot log in"
  fi
done < '${paths.config}/databases'

while read -r name extension; do
  psql --no-psqlrc --quiet --username='${superuser}' --dbname="$name" --set=ON_ERROR_STOP=1 --set=extension="$extension" << 'END' > /dev/null
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS :"extension";
END
done < '${paths.config}/extensions'
say "all databases are there"
`;
}
