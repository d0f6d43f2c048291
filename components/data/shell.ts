/**
 * Frames of the shell scripts that make and restore backups. Pure: text out of nothing but text.
 *
 * The scripts are for `sh` with the coreutils of the stores' own images, and flock where nothing else locks. A backup
 * is a folder named after its time, with the dumps and a SHA256SUMS in it. It is filled under another name
 * and renamed when it is whole: whatever a script that was killed leaves behind is never taken for
 * a backup. Variables: BACKUPS (the folder of all backups), WORK (a scratch folder), KEEP, BACKUP.
 */

/** Start of every script: strictness, and one way to speak and to fail. */
export const preamble = `#!/bin/sh
set -eu
umask 077

say() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"; }
fail() { say "FAILED: $*" >&2; exit 1; }
`;

/** What a lock says to whoever comes second. */
export const lockedOut: string =
  "another backup or restore is at work in $BACKUPS: try again when it is done";

/** Shell text that takes the lock by util-linux' flock, which Debian's images have and Oracle's have not. */
const byFlock = `
  exec 9> "$BACKUPS/.lock"
  flock --nonblock 9 || fail "${lockedOut}"
`;

/** Functions over the folder of backups. A lock keeps a restore from meeting a clean-up. */
const folder = (take: string): string => `
lock() {
  [ -d "$BACKUPS" ] || fail "there is no folder $BACKUPS: is the claim mounted?"
  ${take.trim()}
}

# Newest first. Only whole backups have such names.
list() { ls -1 "$BACKUPS" | sed -n '/^[0-9]\\{8\\}T[0-9]\\{6\\}Z$/p' | sort -r; }
`;

/**
 * Script that makes one backup and lets the oldest go. Where it finds no room it fails, and those that
 * are there stay.
 *
 * @param dump Shell text that writes its files into `$partial`, or fails.
 * @param take Shell text that takes the lock, for as long as the script runs, or fails. Default: by flock.
 */
export function backupScript(dump: string, take: string = byFlock): string {
  return `${preamble}${folder(take)}
# The oldest, beyond the number that is kept.
let_go() {
  list | tail -n +"$((KEEP + 1))" | while read -r old; do
    # Renamed first: half a backup must not be on the list.
    mv "$BACKUPS/$old" "$BACKUPS/.expired-$old"
    rm -rf "$BACKUPS/.expired-$old"
    say "let go of backup $old: $KEEP are kept"
  done
}

lock
stamp=$(date -u +%Y%m%dT%H%M%SZ)
[ ! -e "$BACKUPS/$stamp" ] || fail "there is a backup $stamp already"
partial="$BACKUPS/.partial-$stamp"
# The lock is ours: what lies about was left by a run that was killed.
rm -rf "$BACKUPS"/.partial-* "$BACKUPS"/.expired-*
# Also before: whoever keeps fewer because the disk is full would never come to the end of this.
let_go
mkdir "$partial"
trap 'rm -rf "$partial"' EXIT
trap 'exit 143' INT TERM

${dump.trim()}

(cd "$partial" && sha256sum -- * > SHA256SUMS)
sync -- "$partial"/* "$partial"
mv "$partial" "$BACKUPS/$stamp"
sync -- "$BACKUPS"
say "made backup $stamp"

let_go
`;
}

/**
 * Script that restores one backup: BACKUP names it, or says `latest` or `list`.
 *
 * @param restore Shell text that puts the files of `$chosen` back, or fails.
 * @param take As of a backup.
 */
export function restoreScript(restore: string, take: string = byFlock): string {
  return `${preamble}${folder(take)}
lock
case "$BACKUP" in
  list) list; exit 0 ;;
  latest) name=$(list | head -n 1); [ -n "$name" ] || fail "there is no backup in $BACKUPS" ;;
  *) name=$BACKUP ;;
esac
list | grep -Fqx -- "$name" || fail "there is no backup $name: BACKUP=list shows those there are"
chosen="$BACKUPS/$name"
(cd "$chosen" && sha256sum --check --quiet SHA256SUMS) || fail "backup $name is damaged: choose another"

${restore.trim()}

say "restored backup $name"
`;
}
