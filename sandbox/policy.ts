/** The policy pack, as the sandbox's engine runs it. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const own = join(dirname(fileURLToPath(import.meta.url)), "policy");

/** Folder of the program by which the sandbox's engine starts the pack. */
export const packPrograms = join(own, "bin");

/**
 * Words that make a preview or an update of the engine run the pack.
 *
 * @param clone Folder of the program that is run. A project that is no clone of Fleet has no pack, and
 * none of its rules.
 */
export function packWords(clone: string): readonly string[] {
  const pack = join(clone, "sandbox", "policy");
  return existsSync(join(pack, "PulumiPolicy.yaml")) ? ["--policy-pack", pack] : [];
}
