/** What a pack reads of a stack's config: as the engine hands it over, or as it stands in the stack's file. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import { yamlValue } from "../components/base/yaml.ts";

/**
 * Config of the stack that this process is a pack for: what the engine read, whatever file it was told to take
 * (`--config-file`, `make up FILE=`). Undefined for any other stack, and where no engine started the process.
 *
 * Source: `constructEnv` of the engine's sdk/go/common/resource/plugin/analyzer_plugin.go. There is more in it than is
 * asked for, secrets in the clear among it.
 */
function handedOver(stack: string): Readonly<Record<string, unknown>> | undefined {
  const { PULUMI_CONFIG: text = "", PULUMI_STACK: own } = process.env;
  if (own !== stack || text === "") {
    return undefined;
  }
  const config = z.record(z.string(), z.string()).safeParse(parsed(text)).data ?? {};
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, parsed(value)]));
}

/** A value in JSON; a text that is none is itself. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Config as the stack's file has it; undefined where there is none. */
function written(stack: string, clone: string): unknown {
  const path = join(clone, `Pulumi.${stack}.yaml`);
  if (!/^[\w.-]+$/.test(stack) || !existsSync(path)) {
    return undefined;
  }
  return z.object({ config: z.unknown() }).safeParse(yamlValue(readFileSync(path, "utf8"))).data
    ?.config;
}

/**
 * Some entries of a stack's config; undefined where there is none, or they are not in order: that is the
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
  const config = handedOver(stack) ?? written(stack, clone);
  return z.object(entries).safeParse(config).data;
}
