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
 * @param environment With FLEET_POLICY_PACK=official the pack is run as the vendor's engine does it, which
 * one that was built here cannot. With FLEET_POLICY_PACK=none a sandbox tries out what no stack may have
 * yet; live stacks and their pipelines know no such word.
 */
export function packWords(
  clone: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  if (environment["FLEET_POLICY_PACK"] === "none") {
    return [];
  }
  const isOfficial = environment["FLEET_POLICY_PACK"] === "official";
  const pack = isOfficial ? join(clone, "policy") : join(clone, "sandbox", "policy");
  return existsSync(join(pack, "PulumiPolicy.yaml")) ? ["--policy-pack", pack] : [];
}
