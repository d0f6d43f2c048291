/** `make down`: takes the stack away through the engine, then everything the sandbox has. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";

import { interruptedCode } from "../../release/run.ts";
import { Api } from "../api.ts";
import { guestsOf, guestState } from "../beside.ts";
import { hasPendingOperations, resourceCount } from "../checkpoint.ts";
import { syncNodes } from "../cluster-contents.ts";
import { forgetCommits } from "../commits.ts";
import { controlPlaneHealth, serverAddress } from "../control-plane.ts";
import { Engine } from "../engine.ts";
import { prepareFolder } from "../environment.ts";
import { diskFault, fault } from "../fault.ts";
import { formerFolder } from "../former.ts";
import { withLock } from "../lock.ts";
import { apiAccess } from "../kubeconfig.ts";
import { hasAnything, removeSandbox } from "../sandbox.ts";
import { markCutShort, markUnfinished } from "../state.ts";
import { existingSandboxes, type SandboxPlace } from "../place.ts";
import { type Command, makeLine, stopped } from "./command.ts";
import { tellingOfAnyStop } from "./stops.ts";
import { progressView, sayFailure } from "./view.ts";

/** Takes a sandbox away, whatever state it is in. Returns the exit code. */
export async function down(command: Command): Promise<number> {
  const { options, place, say } = command;
  if (!hasAnything(place)) {
    const others = existingSandboxes(dirname(place.folder)).join(", ");
    const there = others === "" ? "" : `; there is one of ${others}`;
    say(`there is no sandbox of ${options.stack}: nothing to do${there}`);
    return 0;
  }
  const guests = guestsOf(place);
  if (guests.length > 0) {
    throw fault(
      `on the cluster of ${options.stack} stands ${guests.join(" and ")}, too`,
      guests.map((guest) => `make down STACK=${guest}`).join(", "),
    );
  }
  return withLock(place, "down", () =>
    tellingOfAnyStop(command, stopped("down", options), () => takeAway(command)),
  );
}

async function takeAway(command: Command): Promise<number> {
  const { options, place, say } = command;
  const code = await destroy(command).catch((error: unknown) => sayNoRoom(command, error));
  if (code === interruptedCode) {
    say(`${stopped("down", options)}, ${makeLine("up", options)} puts back what is gone`);
    return code;
  }
  if (place.beside !== undefined) {
    await removeGuestNodes(place, place.beside);
  }
  const former = formerFolder(place);
  await removeSandbox(place);
  for (const folder of [place.folder, ...(former === undefined ? [] : [former])]) {
    await forgetCommits({ ...place, folder }, command.outer);
  }
  say(`the sandbox of ${options.stack} is gone`);
  return code;
}

/** A full disk is no reason to leave what fills it. Returns the exit code. */
function sayNoRoom({ say }: Command, error: unknown): number {
  const told = diskFault(error);
  if (told === undefined) {
    throw error;
  }
  say(told.message);
  say("the sandbox is removed all the same");
  return 1;
}

/** A guest's nodes go with it; a host that does not run has taken them along. */
async function removeGuestNodes(place: SandboxPlace, host: string): Promise<void> {
  if (controlPlaneHealth(place).missing.length === 0) {
    const api = new Api(apiAccess(place, serverAddress(guestState(place, host).ports)));
    await syncNodes(api, { stack: place.stack, nodes: [], machines: 0 });
    api.close();
  }
}

/**
 * The engine's part; {@link interruptedCode} where somebody stopped it, who wants no more gone than is. A sandbox that is
 * broken, or was left half-way, has nothing that the engine could tell apart: it goes as a whole.
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
  const free = await engine.run(["state", "unprotect", "--all", "--yes", "--stack", options.stack]);
  if (free.interrupted) {
    return interruptedCode;
  }
  const view = progressView(command);
  markUnfinished(place, true);
  const result = await engine.update(
    ["destroy", "--yes", "--skip-preview", "--parallel", "64"],
    view,
  );
  view.end();
  if (result.code !== 0 && result.interrupted) {
    markUnfinished(place, hasPendingOperations(place));
    markCutShort(place, true);
    return interruptedCode;
  }
  if (result.code !== 0) {
    sayFailure(command, "destroy", result);
    say("the sandbox is removed all the same");
    return result.code;
  }
  say(`down: ${result.outcome.changes["delete"] ?? 0} deleted in ${result.outcome.seconds} s`);
  return 0;
}
