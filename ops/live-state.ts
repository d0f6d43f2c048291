/** The state of a live stack, as its engine hands it out. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { RunPulumi } from "./keys/pulumi.ts";

/**
 * Reads the deployment of a stack, its secrets encrypted. It goes through a file: a state is never printed.
 *
 * @param scratch Folder that nobody else can read.
 */
export async function readLiveDeployment(
  pulumi: RunPulumi,
  stack: string,
  scratch: string,
): Promise<unknown> {
  const path = join(scratch, `${stack}.state.json`);
  await pulumi(["stack", "export", "--stack", stack, "--file", path]);
  const { deployment } = JSON.parse(readFileSync(path, "utf8")) as { readonly deployment: unknown };
  rmSync(path);
  return deployment;
}
