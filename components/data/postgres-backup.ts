/** Backup and restore of the built-in Postgres. Pure. */
import { backupScript, restoreScript } from "./shell.ts";

/**
 * Password file of libpq: one line for each database.
 *
 * @param passwords Name of a database → its owner's password.
 */
export function passwordFile(passwords: Readonly<Record<string, string>>): string {
  return Object.entries(passwords)
    .map(([name, password]) => `*:*:${name}:${name}:${password}\n`)
    .join("");
}

/** libpq ignores a password file that others may read, and a mounted one always is such. */
const takePasswords = `
export PGPASSFILE="$WORK/pgpass" PGCONNECT_TIMEOUT=30
cp "$PASSWORD_FILE" "$PGPASSFILE"
chmod 0600 "$PGPASSFILE"
`;

/**
 * Script that dumps each database, as its owner, into a backup of its own.
 *
 * Roles are not in it: their passwords come from the stack's secrets. Variables beside those of every
 * backup: PGHOST, PGPORT, PASSWORD_FILE, DATABASES (a file with one name a line).
 */
export const postgresBackupScript: string = backupScript(`${takePasswords}
while read -r database; do
  say "dumping $database"
  pg_dump --format=custom --no-password --lock-wait-timeout=60s --username="$database" \\
    --dbname="$database" --file="$partial/$database.dump" || fail "$database could not be dumped"
  pg_restore --list "$partial/$database.dump" > /dev/null || fail "the dump of $database cannot be read"
done < "$DATABASES"
`);

/**
 * Writes what of a dump is restored: all but what is not its owner's to drop, for which the whole restore would fail.
 *
 * Extensions that are there stay as they are: the superuser has made them before anybody came (postgres-files.ts). One
 * that is missing was its owner's own, and is made by the restore. The schema `public` is the superuser's before 15,
 * and programs before 11 put dropping it into every restore (postgres/postgres 330b84d8c4).
 */
export const whatIsRestored = `
what_is_restored() {
  psql --no-psqlrc --no-password --tuples-only --no-align --username="$database" --dbname="$database" \\
    --command="SELECT ' EXTENSION - ' || extname || ' ' FROM pg_extension" > "$WORK/extensions" ||
    return 1
  pg_restore --list "$1" |
    grep -Ev '^[0-9]+; [0-9]+ [0-9]+ (COMMENT - EXTENSION |(COMMENT - SCHEMA|SCHEMA -) public )' |
    grep -vFf "$WORK/extensions"
}
`;

/**
 * Script that puts databases back as they were, each in one transaction: it either has all of its old
 * content or is as before. Programs may stay connected; they wait while it happens.
 *
 * DATABASE names the only one to restore; empty, all are. Tables that are younger than the backup
 * stay. One that refers to an older table stops the restore, which says so; then the database has to
 * be dropped (`dropdb --force` in the pod) and the pod restarted, which makes it anew, empty.
 */
export const postgresRestoreScript: string = restoreScript(`${takePasswords}${whatIsRestored}
wanted=\${DATABASE:-$(cat "$DATABASES")}
for database in $wanted; do
  grep -Fqx -- "$database" "$DATABASES" || fail "there is no database $database: $(tr '\\n' ' ' < "$DATABASES")are there"
  [ -f "$chosen/$database.dump" ] || fail "backup $name has no database $database: name one with DATABASE"
done
for database in $wanted; do
  say "restoring $database"
  what_is_restored "$chosen/$database.dump" > "$WORK/list" || fail "$database could not be asked what it has, and is as it was"
  pg_restore --single-transaction --exit-on-error --clean --if-exists --no-owner --no-privileges \\
    --use-list="$WORK/list" --no-password --username="$database" --dbname="$database" "$chosen/$database.dump" ||
    fail "$database could not be restored and is as it was"
done
`);
