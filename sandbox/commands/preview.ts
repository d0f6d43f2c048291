/** `make preview`: what `make up` would change in the sandbox. */
import { existsSync } from "node:fs";

import { interruptedCode } from "../../release/run.ts";
import { Engine } from "../engine.ts";
import { withLock } from "../lock.ts";
import { packWords } from "../policy.ts";
import { describeChanges, isUnchanged } from "../progress.ts";
import { type Command, makeLine, stopped } from "./command.ts";
import { open } from "./open.ts";
import { releaseHere } from "./release.ts";
import { tellingOfAnyStop } from "./stops.ts";
import { releaseEnvironment } from "./update.ts";
import { sayFailure, sayNoStack, sayWarnings } from "./view.ts";

/** Shows the differences. Returns the exit code. */
export function preview(command: Command): Promise<number> {
  const told = stopped("preview", command.options);
  return withLock(command.place, "preview", () =>
    tellingOfAnyStop(command, told, () => show(command)),
  );
}

async function show(command: Command): Promise<number> {
  const { options, outer, place, say } = command;
  const { sandbox, plan } = await open(command);
  sandbox.api.close();
  const engine = new Engine(place, outer);
  const refused = await engine.ensureStack();
  if (refused !== undefined) {
    return sayNoStack(command, "preview", refused);
  }
  const lines: string[] = [];
  const release = plan.onFailure === "rollback" ? await releaseHere(place, outer) : undefined;
  const result = await engine.update(
    [
      ...["preview", "--diff", "--suppress-outputs", "--suppress-progress", "--parallel", "64"],
      ...(existsSync(place.cutShort) ? ["--refresh"] : []),
      ...packWords(place.clone),
    ],
    { onOutput: (line) => lines.push(line) },
    {
      folder: place.clone,
      config: place.config,
      environment: releaseEnvironment(place, release),
    },
  );
  if (result.code !== 0 && result.interrupted) {
    say(stopped("preview", options));
    return interruptedCode;
  }
  if (result.code !== 0) {
    sayFailure(command, "preview", result);
    return result.code;
  }
  const { changes } = result.outcome;
  if (isUnchanged(changes)) {
    sayWarnings(command, result);
    say(`preview: no change (${describeChanges(changes)})`);
    return 0;
  }
  lines.forEach(say);
  say(`preview: ${describeChanges(changes, "planned")}; ${makeLine("up", options)} does it`);
  return 0;
}
