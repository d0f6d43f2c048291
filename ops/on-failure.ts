/** What a stack's file says of failed updates. */
import { parseAll } from "../stacks/parse.ts";
import { systemSections } from "../stacks/raw.ts";
import type { OnFailure } from "../stacks/release.schema.ts";
import { inFile } from "../stacks/secrets.ts";
import { StackConfig } from "../stacks/stack.schema.ts";
import type { StackFile } from "./stack-file.ts";

/** Of a faulty file nothing is known: the program tells its faults, before it touches anything. */
export function onFailureOf(file: StackFile): OnFailure {
  const parsed = parseAll(StackConfig, systemSections(file.config), inFile);
  return parsed.ok ? parsed.value.onFailure : "pause";
}
