/** How a preview ended. */
import type { StackPreview } from "./preview.ts";

/** What the engine says last of a preview that failed, whatever the reason. */
const lastWord = "preview failed";

/**
 * Whether it failed for nothing but policies that stop the change: the program came to its end and every
 * step to its own, so that nothing is missing.
 */
export function isStoppedByPolicy(preview: StackPreview): boolean {
  const { summary, messages, policyMessages, outputs, begun, ended } = preview;
  return (
    summary?.result === "failed" &&
    outputs !== undefined &&
    policyMessages.some(({ level }) => level === "mandatory") &&
    messages.every(({ severity, text }) => severity !== "error" || text === lastWord) &&
    [...begun].every((step) => ended.has(step))
  );
}
