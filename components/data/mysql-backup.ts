/** Backup and restore of the built-in MySQL. Pure. */
import { databaseTexts } from "./mysql-files.ts";
import { backupScript, lockedOut, restoreScript } from "./shell.ts";

/** Option file of the clients: passwords stand on no command line. Secret. */
export const mysqlOptions = (user: string, password: string): string =>
  `[client]\nuser = "${user}"\npassword = "${password
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')}"\n`;

/** The client's words that all calls begin with. */
const login = `--defaults-file="$OPTIONS_FILE" --host="$MYSQL_HOST" --port="$MYSQL_PORT"`;

/**
 * Takes the lock at the server, which gives it back when this session ends, however it does: the official image is
 * Oracle Linux without flock. The session lasts as long as the script or one of its programs holds its input open.
 */
const atServer = `
  session="$WORK/session.$$"
  mkfifo "$session.in" "$session.out"
  mysql ${login} --batch --skip-column-names --unbuffered < "$session.in" > "$session.out" &
  exec 8> "$session.in" 9< "$session.out"
  rm "$session.in" "$session.out"
  # In a shell of its own: one that writes to nobody is ended.
  (echo "SELECT GET_LOCK('fleet-backups', 0);" >&8) 2> /dev/null || true
  read -r answer <&9 || fail "nobody is let in at $MYSQL_HOST:$MYSQL_PORT: the lines above say why"
  [ "$answer" = 1 ] || fail "${lockedOut}"
`;

/**
 * Script that dumps each database, as the account that owns them all, as it is at one moment.
 *
 * Accounts are not in it: their passwords come from the stack's secrets. Variables beside those of every backup:
 * MYSQL_HOST, MYSQL_PORT, OPTIONS_FILE, DATABASES (a file with one name a line).
 */
export const mysqlBackupScript: string = backupScript(
  `
while read -r database; do
  say "dumping $database"
  mysqldump ${login} --single-transaction --routines --events --triggers --hex-blob \\
    --no-tablespaces --set-gtid-purged=OFF --result-file="$partial/$database.sql" "$database" ||
    fail "$database could not be dumped"
  # Its last line, which half a dump lacks.
  tail -n 1 "$partial/$database.sql" | grep -q '^-- Dump completed' || fail "the dump of $database is not whole"
  gzip "$partial/$database.sql" || fail "the dump of $database could not be packed"
done < "$DATABASES"
`,
  atServer,
);

/**
 * Script that puts databases back as they were: each is dropped and made anew, so that programs must be stopped
 * before. What it cannot put back whole it says, and the same restore can be run again.
 *
 * DATABASE names the only one to restore; empty, all are.
 */
export const mysqlRestoreScript: string = restoreScript(
  `
wanted=\${DATABASE:-$(cat "$DATABASES")}
for database in $wanted; do
  grep -Fqx -- "$database" "$DATABASES" || fail "there is no database $database: $(tr '\\n' ' ' < "$DATABASES")are there"
  [ -f "$chosen/$database.sql.gz" ] || fail "backup $name has no database $database: name one with DATABASE"
  gzip --test "$chosen/$database.sql.gz" || fail "the dump of $database cannot be read: choose another backup"
done
for database in $wanted; do
  say "restoring $database"
  mysql ${login} --execute="DROP DATABASE IF EXISTS \\\`$database\\\`; CREATE DATABASE \\\`$database\\\` ${databaseTexts}" ||
    fail "$database could not be made anew"
  gunzip --stdout "$chosen/$database.sql.gz" > "$WORK/dump.sql"
  mysql ${login} --database="$database" < "$WORK/dump.sql" ||
    fail "$database could not be restored and is half empty: run this restore again"
  rm "$WORK/dump.sql"
done
`,
  atServer,
);
