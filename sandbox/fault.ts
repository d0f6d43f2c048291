/** A fault that a user can mend: shown as its text, without a stack trace. */
export class SandboxError extends Error {
  override name = "SandboxError";
}

/** A fault with what to do about it, on a line of its own. */
export function fault(what: string, mend?: string): SandboxError {
  return new SandboxError(mend === undefined ? what : `${what}\n  to mend: ${mend}`);
}
