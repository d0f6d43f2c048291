/** The policy pack, as a live stack's engine runs it. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Words that make the official engine run a clone's policy pack; none where it has none. */
export function livePackWords(clone: string): readonly string[] {
  const pack = join(clone, "policy");
  return existsSync(join(pack, "PulumiPolicy.yaml")) ? ["--policy-pack", pack] : [];
}
