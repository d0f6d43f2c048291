/**
 * Stacks that one stack reads (`pulumi.StackReference`). Each sandbox has a backend and a passphrase of its
 * own: what another one's stack tells is put into this backend as a stack without resources. Live both lie
 * in one backend, and nothing of this is there.
 */
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";

import { readDeployment } from "./checkpoint.ts";
import { projectName } from "./engine.ts";
import { privateMode, writeWhole } from "./files.ts";
import { type SandboxPlace, sandboxPlace } from "./place.ts";

const Deployment = z.looseObject({
  manifest: z.unknown(),
  resources: z
    .array(
      z.looseObject({
        urn: z.string(),
        type: z.string(),
        outputs: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .default([]),
});

const stackType = "pulumi:pulumi:Stack";

/** How the engine writes a value that is not plain JSON: a secret, an asset, another resource. */
const signature = "4dabf18193072939515e22adb298388d";

/**
 * Lends a sandbox the outputs that other sandboxes' stacks have now. A secret one is not lent: its key is
 * the other's. A stack that has no sandbox is not there, as live: the engine says so.
 *
 * @param stacks Names of the stacks, of the same project.
 */
export function lendOutputs(place: SandboxPlace, stacks: readonly string[]): void {
  const root = dirname(place.folder);
  const folder = join(place.backend, ".pulumi", "stacks", projectName(place.clone));
  for (const stack of stacks.filter((name) => name !== place.stack)) {
    const file = join(folder, `${stack}.json`);
    const deployment = Deployment.safeParse(
      readDeployment(sandboxPlace(stack, { clone: place.clone, root })),
    ).data;
    const own = deployment?.resources.find(({ type }) => type === stackType);
    if (deployment === undefined || own === undefined) {
      rmSync(file, { force: true });
      continue;
    }
    const outputs = Object.fromEntries(
      Object.entries(own.outputs ?? {}).filter(([, value]) => !isSealed(value)),
    );
    mkdirSync(folder, { recursive: true });
    const { manifest } = deployment;
    const latest = {
      manifest,
      metadata: {},
      resources: [{ urn: own.urn, custom: false, type: stackType, outputs }],
    };
    const checkpoint = { stack: `organization/${projectName(place.clone)}/${stack}`, latest };
    writeWhole(file, JSON.stringify({ version: 3, checkpoint }), privateMode);
  }
}

/** Whether a value, or a part of it, is not plain. */
function isSealed(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  return signature in value || Object.values(value).some(isSealed);
}
