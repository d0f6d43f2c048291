/** Backup and restore of the built-in Redis. Pure. */
import { backupScript, restoreScript } from "./shell.ts";

/**
 * Script that fetches a snapshot from the server and checks it.
 *
 * Variables beside those of every backup: REDIS_HOST, REDIS_PORT, REDISCLI_AUTH.
 */
export const redisBackupScript: string = backupScript(`
redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" --rdb "$partial/dump.rdb" || fail "no snapshot came from $REDIS_HOST"
redis-check-rdb "$partial/dump.rdb" > "$WORK/check" || { cat "$WORK/check" >&2; fail "the snapshot is damaged"; }
`);

/**
 * Script that puts a snapshot back into the running server.
 *
 * A server that keeps a log reads nothing but the log when it starts: a snapshot laid beside it would
 * be ignored. So the snapshot is served by a second server, which the real one copies from as its
 * replica, log and all, and then stands on its own again. It is read-only meanwhile: seconds.
 *
 * Variables beside those of every restore: REDIS_HOST, REDIS_PORT, REDISCLI_AUTH, and of the second
 * server RESTORE_CONFIG (its file), RESTORE_HOST and RESTORE_PORT (where the real one finds it).
 */
export const redisRestoreScript: string = restoreScript(`
ask() { redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" "$@"; }
state() { ask INFO "$1" | tr -d '\\r' | sed -n "s/^$2://p"; }
wait_for() {
  what=$1; shift
  waited=0
  until "$@"; do
    waited=$((waited + 1))
    [ "$waited" -lt "$PATIENCE" ] || fail "$what: not within $PATIENCE seconds"
    sleep 1
  done
}
answers() { [ "$(ask PING 2>&1)" = PONG ]; }
serves() { [ "$(redis-cli -p "$RESTORE_PORT" PING 2>&1)" = PONG ]; }
copied() { [ "$(state replication master_link_status)" = up ] && [ "$(state replication master_sync_in_progress)" = 0 ]; }
logged() {
  [ "$(state persistence aof_enabled)" = 1 ] &&
    [ "$(state persistence aof_rewrite_scheduled)" = 0 ] &&
    [ "$(state persistence aof_rewrite_in_progress)" = 0 ] &&
    [ "$(state persistence aof_last_bgrewrite_status)" = ok ]
}

redis-check-rdb "$chosen/dump.rdb" > "$WORK/check" || { cat "$WORK/check" >&2; fail "backup $name is damaged: choose another"; }
wait_for "$REDIS_HOST answers with this password" answers

cp "$chosen/dump.rdb" "$WORK/dump.rdb"
# 9>&-: were this script killed, the server must not go on holding the lock.
redis-server "$RESTORE_CONFIG" --dir "$WORK" --dbfilename dump.rdb 9>&- &
server=$!
stand_alone() {
  ask SLAVEOF NO ONE > "$WORK/answer" 2>&1 || true
  kill "$server" 2> /dev/null || true
  wait "$server" 2> /dev/null || true
}
trap stand_alone EXIT
trap 'exit 143' INT TERM
wait_for "the backup is served" serves

# SLAVEOF: servers before 5 know no REPLICAOF, later ones know both.
[ "$(ask SLAVEOF "$RESTORE_HOST" "$RESTORE_PORT")" = OK ] || fail "$REDIS_HOST does not copy from the backup"
wait_for "$REDIS_HOST has copied the backup" copied
[ "$(ask SLAVEOF NO ONE)" = OK ] || fail "$REDIS_HOST does not stand on its own again: redis-cli SLAVEOF NO ONE"
# Until its log is rewritten, a crash would bring the old data back.
wait_for "$REDIS_HOST has written its log anew" logged
`);
