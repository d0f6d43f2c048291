/** Commits that a sandbox goes back to, kept in the clone's repository for as long as it stands. */
import { createHash } from "node:crypto";

import { Git } from "../release/git.ts";
import type { SandboxPlace } from "./place.ts";
import type { Environment } from "./tools.ts";

/** Name to keep them under: sandboxes in other folders share the clone's repository. */
export function commitsName({ folder, stack }: Pick<SandboxPlace, "folder" | "stack">): string {
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 8);
  return `${stack}/sandbox-${hash}`;
}

/** Forgets those of a sandbox that goes. A clone without git has none. */
export async function forgetCommits(place: SandboxPlace, outer: Environment): Promise<void> {
  await new Git(place.clone, outer).forget(commitsName(place)).catch(() => undefined);
}
