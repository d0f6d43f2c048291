import { readFileSync } from "node:fs";
import { join } from "node:path";

import { withoutSecrets } from "../ops/new-stack.ts";

const clone = join(import.meta.dirname, "..");

/**
 * Text of a committed stack file as it is before the stack goes live. docs/live.md has its secrets and how they are
 * encrypted committed: a test that adds to the text, or means a stack that has none, must hold then, too.
 */
export const stackText = (stack: string): string =>
  withoutSecrets(readFileSync(join(clone, `Pulumi.${stack}.yaml`), "utf8"));
