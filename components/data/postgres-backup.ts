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
 * Script that puts databases back as they were, each in one transaction: it either has all of its old
 * content or is as before. Programs may stay connected; they wait while it happens.
 *
 * DATABASE names the only one to restore; empty, all are. Tables that are younger than the backup
 * stay. One that refers to an older table stops the restore, which says so; then the database has to
 * be dropped (`dropdb --force` in the pod) and the pod restarted, which makes it anew, empty.
 */
export const postgresRestoreScript: string = restoreScript(`${takePasswords}
wanted=\${DATABASE:-$(cat "$DATABASES")}
for database in $wanted; do
  grep -Fqx -- "$database" "$DATABASES" || fail "there is no database $database: $(tr '\\n' ' ' < "$DATABASES")are there"
  [ -f "$chosen/$database.dump" ] || fail "backup $name has no database $database: name one with DATABASE"
done
for database in $wanted; do
  say "restoring $database"
  pg_restore --single-transaction --exit-on-error --clean --if-exists --no-owner --no-privileges \\
    --no-password --username="$database" --dbname="$database" "$chosen/$database.dump" ||
    fail "$database could not be restored and is as it was"
done
`);
