/**
 * Locks of processes.
 *
 * A lock is a symbolic link whose target says who holds it: it is there with its holder's name or not at all, where a file
 * is empty for a moment, however long that is on a busy machine, and would be taken for a dead process's; and a disk that is
 * full has room for one, so that `make down` can make more.
 */
import { readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";

/** Makes the lock, unless there is one. */
export function makeLock(lock: string, text: string): boolean {
  try {
    symlinkSync(text, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

/**
 * Takes a dead process's lock away. Another one may have done so and taken it meanwhile: that one's is put back.
 *
 * @param dead What it says.
 */
export function removeDead(lock: string, dead: string | undefined): void {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    // Gone already.
    return;
  }
  const text = lockText(aside);
  rmSync(aside, { force: true });
  if (text !== undefined && text !== dead) {
    makeLock(lock, text);
  }
}

/** What a lock says; undefined where there is none, or something else in its place. */
export function lockText(lock: string): string | undefined {
  try {
    return readlinkSync(lock);
  } catch {
    return undefined;
  }
}
