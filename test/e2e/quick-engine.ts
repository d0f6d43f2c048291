/** What makes the operator's own engine, as tests run it, quicker and changes nothing of what it does. */
import { mkdirSync } from "node:fs";

import { keepNoLogs, programStart } from "../../sandbox/environment.ts";

/**
 * Prepares an engine's home, without its makers' logs.
 *
 * @param home PULUMI_HOME.
 * @returns What its environment needs besides: the vendor's language host reads Pulumi.yaml, where the one that is
 * built here needs to be told; and code that is compiled stays so.
 */
export function quickEngine(home: string): Readonly<Record<string, string>> {
  mkdirSync(home, { recursive: true });
  keepNoLogs(home);
  const { NODE_COMPILE_CACHE: cache } = process.env;
  return {
    PULUMI_LANGUAGE_NODEJS_RUN_PATH: programStart,
    ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }),
  };
}
