/** A preview against a sandbox that runs: a real API server has its say about each object. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { readDeployment } from "../../sandbox/checkpoint.ts";
import { open } from "../../sandbox/commands/open.ts";
import { releaseHere } from "../../sandbox/commands/release.ts";
import { releaseEnvironment } from "../../sandbox/commands/update.ts";
import { controlPlaneHealth } from "../../sandbox/control-plane.ts";
import { Engine } from "../../sandbox/engine.ts";
import { withLock } from "../../sandbox/lock.ts";
import { type SandboxPlace, sandboxPlace } from "../../sandbox/place.ts";
import { packWords } from "../../sandbox/policy.ts";
import { readState } from "../../sandbox/state.ts";
import type { Environment } from "../../sandbox/tools.ts";
import { previewedOf } from "./ended.ts";
import { type Previewed, previewWords } from "./previewed.ts";

/** One stack whose sandbox runs. */
export interface SandboxRun {
  readonly stack: string;
  readonly outer: Environment;
  readonly scratch: string;
  readonly say: (line: string) => void;
}

/** Where the sandbox of a stack is, if it runs and has been brought up. */
export function runningSandbox(stack: string, outer: Environment): SandboxPlace | undefined {
  const place = sandboxPlace(stack, { root: outer["FLEET_SANDBOX_ROOT"] });
  const stands = readState(place) !== undefined && controlPlaneHealth(place).missing.length === 0;
  return stands && readDeployment(place) !== undefined ? place : undefined;
}

/** Previews what `make up` would change there. */
export function previewSandbox(place: SandboxPlace, run: SandboxRun): Promise<Previewed> {
  return withLock(place, "review", async () => {
    const { outer, say, scratch, stack } = run;
    const options = { stack, fast: false, refresh: false, verbose: false };
    const { sandbox, plan } = await open({ place, options, outer, say });
    sandbox.api.close();
    const release = plan.onFailure === "rollback" ? await releaseHere(place, outer) : undefined;
    const deployment = readDeployment(place);
    const events = join(scratch, `${stack}.events`);
    const result = await new Engine(place, outer).update(
      [
        ...previewWords,
        ...(existsSync(place.cutShort) ? ["--refresh"] : []),
        ...packWords(place.clone),
      ],
      {},
      {
        folder: place.clone,
        config: place.config,
        environment: releaseEnvironment(place, release),
        events,
      },
    );
    return previewedOf(place, { against: "sandbox", deployment, events, result });
  });
}
