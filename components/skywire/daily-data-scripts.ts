/** Scripts that back up and restore the uptime-tracker's daily files. Pure. */
import { backupScript, restoreScript } from "../data/shell.ts";

/**
 * Packs the whole folder into one archive and reads it back.
 *
 * Variables beside those of every backup: DAILY_DATA, the folder.
 */
export const dailyDataBackupScript: string = backupScript(`
[ -d "$DAILY_DATA" ] || fail "there is no folder $DAILY_DATA: is the claim mounted?"
tar -C "$DAILY_DATA" --exclude=./lost+found -czf "$partial/daily-data.tar.gz" . ||
  fail "the daily files changed while they were read, or cannot be read"
tar -tzf "$partial/daily-data.tar.gz" > /dev/null || fail "the archive cannot be read"
`);

/**
 * Puts the files of a backup back. Files that are younger than it stay: a day's file is written once
 * and never again.
 */
export const dailyDataRestoreScript: string = restoreScript(`
[ -d "$DAILY_DATA" ] || fail "there is no folder $DAILY_DATA: is the claim mounted?"
tar -C "$DAILY_DATA" --no-same-owner --no-overwrite-dir -xzf "$chosen/daily-data.tar.gz" ||
  fail "the archive could not be unpacked"
`);
