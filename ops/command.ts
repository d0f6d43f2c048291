/** What all day-two commands share: their failures, their targets, the stack's name. */

/** A failure the operator can mend: printed without a stack trace. */
export class CommandError extends Error {}

/** Which of the two worlds a command acts on. There is no default: they are never confused. */
export type Target = "sandbox" | "live";

/** What STACK says where every stack is meant, and so no stack's name. */
export const allStacks = "all";

/** What was given in the place of what was expected, for the end of a fault. */
export const instead = (value: string | undefined): string =>
  value === undefined ? " (it is missing)" : ` (it is ${JSON.stringify(value)})`;

/**
 * Reads the target of a command.
 *
 * @throws CommandError when it is missing or neither of the two.
 */
export function readTarget(value: string | undefined): Target {
  if (value === "sandbox" || value === "live") {
    return value;
  }
  throw new CommandError(
    `TARGET must be sandbox (throw-away values on this machine) or live (the real stack)${instead(value)}`,
  );
}

/**
 * Checks the name of a stack. It becomes part of a file name and of the engine's URNs, so nothing
 * but lower-case letters, digits and dashes gets through.
 *
 * @throws CommandError when it is missing or malformed.
 */
export function readStackName(variable: string, value: string | undefined): string {
  if (value !== undefined && /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/.test(value)) {
    return value;
  }
  throw new CommandError(
    `${variable} must be the name of a stack: at most 40 lower-case letters, digits and dashes${instead(value)}`,
  );
}
