/** Backup and restore of the built-in MySQL. Pure. */
import { databaseTexts } from "./mysql-files.ts";
import { backupScript, restoreScript } from "./shell.ts";

/** Option file of the clients: passwords stand on no command line. Secret. */
export const mysqlOptions = (user: string, password: string): string =>
  `[client]\nuser = "${user}"\npassword = "${password
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')}"\n`;

/** The client's words that all calls begin with. */
const login = `--defaults-file="$OPTIONS_FILE" --host="$MYSQL_HOST" --port="$MYSQL_PORT"`;

/**
 * Script that dumps each database, as the account that owns them all, as it is at one moment.
 *
 * Accounts are not in it: their passwords come from the stack's secrets. Variables beside those of every backup:
 * MYSQL_HOST, MYSQL_PORT, OPTIONS_FILE, DATABASES (a file with one name a line).
 */
export const mysqlBackupScript: string = backupScript(`
while read -r database; do
  say "dumping $database"
  mysqldump ${login} --single-transaction --routines --events --triggers --hex-blob \\
    --no-tablespaces --set-gtid-purged=OFF --result-file="$partial/$database.sql" "$database" ||
    fail "$database could not be dumped"
  # Its last line, which half a dump lacks.
  tail -n 1 "$partial/$database.sql" | grep -q '^-- Dump completed' || fail "the dump of $database is not whole"
  gzip "$partial/$database.sql" || fail "the dump of $database could not be packed"
done < "$DATABASES"
`);

/**
 * Script that puts databases back as they were: each is dropped and made anew, so that programs must be stopped
 * before. What it cannot put back whole it says, and the same restore can be run again.
 *
 * DATABASE names the only one to restore; empty, all are.
 */
export const mysqlRestoreScript: string = restoreScript(`
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
`);
