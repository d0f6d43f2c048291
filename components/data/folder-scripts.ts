/** Scripts that back up and restore one folder of files. Pure. */
import { backupScript, restoreScript } from "./shell.ts";

/** A folder that is backed up whole. */
export interface BackedUpFolder {
  /** Variable that names the folder, beside those of every backup. */
  readonly variable: string;
  /** Name of the archive in a backup, without its ending. Another one, and older backups cannot be restored. */
  readonly archive: string;
  /** What the files are called when something is wrong with them. */
  readonly files: string;
}

const present = (variable: string): string =>
  `[ -d "$${variable}" ] || fail "there is no folder $${variable}: is the claim mounted?"`;

/**
 * Script that packs the whole folder into one archive and reads it back.
 *
 * Files that are added meanwhile may be missing; one that is changed while it is read fails the backup.
 */
export const folderBackupScript = ({ variable, archive, files }: BackedUpFolder): string =>
  backupScript(`
${present(variable)}
tar -C "$${variable}" --exclude=./lost+found -czf "$partial/${archive}.tar.gz" . ||
  fail "${files} changed while they were read, or cannot be read"
tar -tzf "$partial/${archive}.tar.gz" > /dev/null || fail "the archive cannot be read"
`);

/** Script that puts the files of a backup back. Files that are younger than it stay. */
export const folderRestoreScript = ({ variable, archive }: BackedUpFolder): string =>
  restoreScript(`
${present(variable)}
tar -C "$${variable}" --no-same-owner --no-overwrite-dir -xzf "$chosen/${archive}.tar.gz" ||
  fail "the archive could not be unpacked"
`);
