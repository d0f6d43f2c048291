/** What stops a live run and is worth a warning only in the sandbox, whose keys and images are nobody's. */
import * as pulumi from "@pulumi/pulumi";

/** One such fault. */
export interface LiveFault {
  /** Said of a live stack: what is wrong, where, and how to mend it. */
  readonly live: string;
  /** Said in the sandbox. */
  readonly sandbox: string;
}

/**
 * Refuses a live run with all its faults; warns of them in the sandbox.
 *
 * @throws pulumi.RunError live: to be called before any resource.
 */
export function refuseLive(faults: readonly (LiveFault | undefined)[], sandbox: boolean): void {
  const found = faults.filter((fault) => fault !== undefined);
  if (found.length === 0) {
    return;
  }
  if (!sandbox) {
    throw new pulumi.RunError(found.map(({ live }) => live).join("\n\n"));
  }
  for (const fault of found) {
    void pulumi.log.warn(fault.sandbox);
  }
}
