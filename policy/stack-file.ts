/** What a pack reads of a stack's file: the engine tells it nothing of a stack's config. */
import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import * as z from "zod";

import { yamlValue } from "../components/base/yaml.ts";

/**
 * Where a stack's file is: the clone's own, or the one of that name that the engine was told to take instead
 * (`--config-file`, `make up FILE=`). The engine hands a pack nothing of that, so whoever starts it says so.
 */
function pathOf(stack: string, clone: string): string {
  const name = `Pulumi.${stack}.yaml`;
  const told = process.env["FLEET_STACK_FILE"] ?? "";
  return basename(told) === name ? resolve(clone, told) : join(clone, name);
}

/**
 * Some entries of a stack's file; undefined where it is not there, or they are not in order: that is the
 * program's to tell, with all its faults together.
 *
 * @param entries What is asked for, by key.
 * @param clone Folder of the stack files.
 */
export function readEntries<Entries extends z.ZodRawShape>(
  stack: string,
  clone: string,
  entries: Entries,
): z.output<z.ZodObject<Entries>> | undefined {
  const path = pathOf(stack, clone);
  if (!/^[\w.-]+$/.test(stack) || !existsSync(path)) {
    return undefined;
  }
  const { data } = z
    .object({ config: z.object(entries) })
    .safeParse(yamlValue(readFileSync(path, "utf8")));
  return data?.config;
}
