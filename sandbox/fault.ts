/** A fault that a user can mend: shown as its text, without a stack trace. */
export class SandboxError extends Error {
  override name = "SandboxError";
}

/** A fault with what to do about it, on a line of its own. */
export function fault(what: string, mend?: string): SandboxError {
  return new SandboxError(mend === undefined ? what : `${what}\n  to mend: ${mend}`);
}

const room = ["no room is left on its disk", "make room there, then the same again"] as const;
const mayNot = [
  "this user may not do that",
  "give it back to this user, or work in a clone of your own",
] as const;

/** What the system calls it → what it means to a person, and what helps. */
const diskFaults: Readonly<Record<string, readonly [means: string, mend: string]>> = {
  ENOSPC: room,
  EFBIG: room,
  EDQUOT: ["this user's share of its disk is used up", room[1]],
  EROFS: ["its disk can only be read", "put the clone on a disk that can be written"],
  EACCES: mayNot,
  EPERM: mayNot,
  ENOTDIR: ["a file stands where a folder should", "take that file away, or name another folder"],
};

/** What is done with something else than files: a port that may not be opened is no fault of a disk. */
const otherCalls = /^(spawn|connect|listen|bind|send|kill)/;

/** A disk that is full, or may not be written, as a fault with the path; undefined for any other error. */
export function diskFault(error: unknown): SandboxError | undefined {
  if (!(error instanceof Error && "syscall" in error && "code" in error)) {
    return undefined;
  }
  const { code, syscall } = error;
  // So Node calls it where a folder with all above it is to be made on a disk that can only be read.
  const name = code === "ENOENT" && syscall === "mkdir" ? "EROFS" : String(code);
  const found = Object.hasOwn(diskFaults, name) ? diskFaults[name] : undefined;
  if (found === undefined || otherCalls.test(String(syscall))) {
    return undefined;
  }
  const path = "path" in error && typeof error.path === "string" ? error.path : "a file";
  const [means, mend] = found;
  return fault(`${path}: ${means} (${String(code)}, ${String(syscall)})`, mend);
}

/**
 * Does what touches a file, so that an error of it names the file: the system names none when a write fails half-way.
 *
 * @param path The file's.
 */
export function naming<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof Error && !("path" in error) ? Object.assign(error, { path }) : error;
  }
}
