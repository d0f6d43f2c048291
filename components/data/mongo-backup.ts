/** Backup and restore of the built-in MongoDB. Pure. */
import { backupScript, restoreScript } from "./shell.ts";

/**
 * Script that dumps all databases into one archive and reads it back.
 *
 * Collections are read one after the other while programs write: a server of one member has no log by which
 * they could be brought to one moment. Variables beside those of every backup: MONGO_HOST, MONGO_PORT.
 */
export const mongoBackupScript: string = backupScript(`
mongodump --quiet --host "$MONGO_HOST" --port "$MONGO_PORT" --gzip --archive="$partial/dump.archive.gz" ||
  fail "no dump came from $MONGO_HOST"
[ -s "$partial/dump.archive.gz" ] || fail "the dump of $MONGO_HOST is empty"
gzip --test "$partial/dump.archive.gz" || fail "the dump cannot be read"
`);

/**
 * Script that puts every collection of a backup back as it was, indexes included. It is dropped before: programs
 * that write meanwhile lose what they write. Collections that are younger than the backup stay.
 *
 * COLLECTION names the only one to restore, e.g. `store.offers`; empty, all are, but the server's own.
 */
export const mongoRestoreScript: string = restoreScript(`
[ -f "$chosen/dump.archive.gz" ] || fail "backup $name has no dump"
mongorestore --quiet --host "$MONGO_HOST" --port "$MONGO_PORT" --gzip --archive="$chosen/dump.archive.gz" \\
  --drop --stopOnError --nsInclude="\${COLLECTION:-*}" --nsExclude='admin.*' --nsExclude='config.*' ||
  fail "the backup could not be restored whole: what came before the fault is restored, the rest is as it was"
`);
