/** Whose exceptions hold for a stack that no exception names. */
import * as z from "zod";

import { type Exception, exceptions } from "./exceptions.ts";
import { readEntries } from "./stack-file.ts";

const shape = { "fleet:system": z.string(), "fleet:environment": z.string().optional() };

/** System and environment of a stack as one word; undefined where its file is not there or does not say. */
function shapeOf(stack: string, clone: string): string | undefined {
  const entries = readEntries(stack, clone, shape);
  return entries === undefined
    ? undefined
    : `${entries["fleet:system"]} ${entries["fleet:environment"] ?? ""}`;
}

/**
 * The exceptions that hold for a stack: those made for it, or where none are, those of the stacks that run
 * the same system in the same environment. What was made from another (`make new-stack`) is judged as that is.
 *
 * @param clone Folder of the stack files.
 */
export function exceptionsOf(
  stack: string,
  clone: string,
  all: readonly Exception[] = exceptions,
): readonly Exception[] {
  const known = new Set(all.flatMap(({ stacks }) => stacks));
  if (known.has(stack)) {
    return all;
  }
  const own = shapeOf(stack, clone);
  const alike = [...known].filter((one) => own !== undefined && shapeOf(one, clone) === own);
  return all.map((one) =>
    one.stacks.some((other) => alike.includes(other))
      ? { ...one, stacks: [...one.stacks, stack] }
      : one,
  );
}
