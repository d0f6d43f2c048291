/** `make down`: takes the stack away through the engine, then everything the sandbox has. */
import { existsSync } from "node:fs";

import { resourceCount } from "../checkpoint.ts";
import { forgetCommits } from "../commits.ts";
import { controlPlaneHealth } from "../control-plane.ts";
import { Engine } from "../engine.ts";
import { prepareFolder } from "../environment.ts";
import { withLock } from "../lock.ts";
import { hasAnything, removeSandbox } from "../sandbox.ts";
import { markUnfinished } from "../state.ts";
import type { Command } from "./command.ts";
import { progressView, sayFailure } from "./view.ts";

/** Takes a sandbox away, whatever state it is in. Returns the exit code. */
export async function down(command: Command): Promise<number> {
  const { options, place, say } = command;
  if (!hasAnything(place)) {
    say(`there is no sandbox of ${options.stack}: nothing to do`);
    return 0;
  }
  return withLock(place, "down", async () => {
    const code = await destroy(command);
    await removeSandbox(place);
    await forgetCommits(place, command.outer);
    say(`the sandbox of ${options.stack} is gone`);
    return code;
  });
}

/**
 * The engine's part. A sandbox that is broken, or was left half-way, has nothing that the engine could
 * tell apart: it goes as a whole.
 */
async function destroy(command: Command): Promise<number> {
  const { options, outer, place, say } = command;
  const healthy = controlPlaneHealth(place).missing.length === 0 && existsSync(place.config);
  if (options.fast || !healthy || existsSync(place.unfinished) || resourceCount(place) === 0) {
    return 0;
  }
  prepareFolder(place);
  const engine = new Engine(place, outer);
  await engine.ensureStack();
  // Protection of the sandbox's own state only: this backend holds nothing else.
  await engine.run(["state", "unprotect", "--all", "--yes", "--stack", options.stack]);
  const view = progressView(command);
  markUnfinished(place, true);
  const result = await engine.update(
    ["destroy", "--yes", "--skip-preview", "--parallel", "64"],
    view,
  );
  view.end();
  if (result.code !== 0) {
    sayFailure(command, "destroy", result);
    say("the sandbox is removed all the same");
    return result.code;
  }
  say(`down: ${result.outcome.changes["delete"] ?? 0} deleted in ${result.outcome.seconds} s`);
  return 0;
}
