/** Scripts that back up and restore the uptime-tracker's daily files. Pure. */
import { folderBackupScript, folderRestoreScript } from "../data/folder-scripts.ts";

const dailyData = {
  variable: "DAILY_DATA",
  archive: "daily-data",
  files: "the daily files",
} as const;

/** Packs the whole folder, DAILY_DATA, into one archive and reads it back. */
export const dailyDataBackupScript: string = folderBackupScript(dailyData);

/**
 * Puts the files of a backup back. Files that are younger than it stay: a day's file is written once
 * and never again.
 */
export const dailyDataRestoreScript: string = folderRestoreScript(dailyData);
