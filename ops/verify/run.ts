/** `verify` from the command line. */
import type { Target } from "../command.ts";
import { readOutputs } from "../outputs.ts";
import { verifyAll, verifyReport } from "./command.ts";
import { internet } from "./probe.ts";
import { verifySandbox } from "./sandbox.ts";

/**
 * Verifies a stack.
 *
 * @returns The exit code: 1 when anything is at fault. What stays unsure is none.
 */
export async function runVerify(root: string, stack: string, target: Target): Promise<number> {
  const outputs = await readOutputs(root, stack, target);
  if (target === "sandbox") {
    console.log(
      "A sandbox has no network: nothing is dialled, and the addresses belong to the live stack. What stands behind each in the cluster:\n",
    );
  }
  const found =
    target === "live"
      ? await verifyAll(outputs, internet())
      : await verifySandbox(root, stack, outputs);
  console.log(verifyReport(found));
  return found.some(({ result }) => result === "fault") ? 1 : 0;
}
