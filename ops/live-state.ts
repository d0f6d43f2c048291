/** The state of a live stack, as its engine hands it out. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { CommandError } from "./command.ts";
import type { RunPulumi } from "./keys/pulumi.ts";

/**
 * Reads the deployment of a stack, its secrets encrypted. It goes through a file: a state is never printed.
 *
 * @param scratch Folder that nobody else can read.
 * @throws CommandError that repeats nothing of it.
 */
export async function readLiveDeployment(
  pulumi: RunPulumi,
  stack: string,
  scratch: string,
): Promise<unknown> {
  const path = join(scratch, `${stack}.state.json`);
  try {
    await pulumi(["stack", "export", "--stack", stack, "--file", path]);
    return deploymentIn(readFileSync(path, "utf8"), stack);
  } finally {
    rmSync(path, { force: true });
  }
}

function deploymentIn(text: string, stack: string): unknown {
  try {
    const { deployment } = JSON.parse(text) as { readonly deployment: unknown };
    return deployment;
  } catch {
    // The parser's message would quote the state.
    throw new CommandError(
      `pulumi stack export --stack ${stack} wrote nothing this version can read`,
    );
  }
}
