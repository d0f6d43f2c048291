/** The engine's state of a sandbox, read straight from its backend. */
import { join } from "node:path";
import * as z from "zod";

import { projectName } from "./engine.ts";
import { readIfThere } from "./files.ts";
import type { SandboxPlace } from "./place.ts";

const Checkpoint = z.object({ checkpoint: z.object({ latest: z.unknown() }) });

const Deployment = z.object({
  resources: z.array(z.object({ urn: z.string() })).default([]),
  pending_operations: z.array(z.unknown()).default([]),
});

/** The state as it stands in the backend: resources, pending operations; undefined where there is none. */
export function readDeployment(place: SandboxPlace): unknown {
  const folder = join(place.backend, ".pulumi", "stacks", projectName(place.clone));
  const text = readIfThere(join(folder, `${place.stack}.json`));
  try {
    return Checkpoint.parse(JSON.parse(text ?? "")).checkpoint.latest;
  } catch {
    return undefined;
  }
}

function read(place: SandboxPlace): z.infer<typeof Deployment> | undefined {
  return Deployment.safeParse(readDeployment(place)).data;
}

/** Whether the engine does not know what became of something it had begun. */
export function hasPendingOperations(place: SandboxPlace): boolean {
  return (read(place)?.pending_operations.length ?? 0) > 0;
}

/** How many resources the state holds. */
export function resourceCount(place: SandboxPlace): number {
  return read(place)?.resources.length ?? 0;
}
