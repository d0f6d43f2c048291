/** The sections of a stack file, checked by the program's own schema. */
import { reportFaults } from "../stacks/faults.ts";
import { type Parsed, parseAll } from "../stacks/parse.ts";
import { systemSections } from "../stacks/raw.ts";
import { inFile } from "../stacks/secrets.ts";
import { StackConfig } from "../stacks/stack.schema.ts";
import { CommandError } from "./command.ts";
import type { StackFile } from "./stack-file.ts";

/** What a stack file says, or its faults. Secrets are not looked at. */
export const readSections = (file: StackFile): Parsed<StackConfig> =>
  parseAll(StackConfig, systemSections(file.config), inFile);

/**
 * What a stack file says, with all defaults in place. Secrets are not looked at.
 *
 * @throws CommandError with every fault.
 */
export function parseSections(file: StackFile): StackConfig {
  const parsed = readSections(file);
  if (!parsed.ok) {
    throw new CommandError(reportFaults(file.stack, parsed.faults));
  }
  return parsed.value;
}
