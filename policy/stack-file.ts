/** What a pack reads of a stack's file: the engine tells it nothing of a stack's config. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import { yamlValue } from "../components/base/yaml.ts";

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
  const path = join(clone, `Pulumi.${stack}.yaml`);
  if (!/^[\w.-]+$/.test(stack) || !existsSync(path)) {
    return undefined;
  }
  const { data } = z
    .object({ config: z.object(entries) })
    .safeParse(yamlValue(readFileSync(path, "utf8")));
  return data?.config;
}
