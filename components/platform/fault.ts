/** Faults of rules that look at more than one section, and how a stack's schema tells them. */
import type * as z from "zod";

/** A fault of a rule that looks at more than one section: found before anything is touched. */
export interface PlatformFault {
  /** Place in the config that must change. */
  readonly path: readonly (string | number)[];
  /** What was expected and how to mend it. */
  readonly message: string;
  /** Somebody may have written a secret there: what stands there is not repeated. */
  readonly isQuiet?: boolean;
}

/**
 * Whether a rule may look at a value. zod tries rules on values that are not what they should be, too, and
 * 10^12 nodes do not fit in memory: the loader comes back with a stand-in for whatever is faulty.
 */
export const isReadable = ({ issues }: z.RefinementCtx): boolean =>
  issues.every(({ code }) => code === "custom");

/** A rule of a stack's schema: tells every fault that is found in a stack whose values can be read. */
export const refuseFaults =
  <Stack>(findFaults: (stack: Stack) => readonly PlatformFault[]) =>
  (stack: Stack, context: z.RefinementCtx<Stack>): void => {
    if (!isReadable(context)) {
      return;
    }
    for (const { path, message, isQuiet = false } of findFaults(stack)) {
      context.addIssue({ code: "custom", path: [...path], message, params: { isQuiet } });
    }
  };
