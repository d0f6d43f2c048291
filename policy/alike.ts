/** Whose exceptions hold for a stack that no exception names. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";
import * as z from "zod";

import { type Exception, exceptions } from "./exceptions.ts";

const File = z.object({
  config: z.object({
    "fleet:system": z.string(),
    "fleet:environment": z.string().optional(),
  }),
});

/** System and environment of a stack as one word; undefined where its file is not there or does not say. */
function shapeOf(stack: string, clone: string): string | undefined {
  const path = join(clone, `Pulumi.${stack}.yaml`);
  if (!/^[\w.-]+$/.test(stack) || !existsSync(path)) {
    return undefined;
  }
  // A file that is not in order is the program's to tell, with all its faults together.
  const file = File.safeParse(parse(readFileSync(path, "utf8")));
  return file.success
    ? `${file.data.config["fleet:system"]} ${file.data.config["fleet:environment"] ?? ""}`
    : undefined;
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
  const shape = shapeOf(stack, clone);
  const alike = [...known].filter((one) => shape !== undefined && shapeOf(one, clone) === shape);
  return all.map((one) =>
    one.stacks.some((other) => alike.includes(other))
      ? { ...one, stacks: [...one.stacks, stack] }
      : one,
  );
}
