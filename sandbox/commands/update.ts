/** One run of `up` on a sandbox: what it shows, what it leaves, how it ended. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import type { Attempt, Source } from "../../release/target.ts";
import { hasPendingOperations } from "../checkpoint.ts";
import { Engine } from "../engine.ts";
import { privateMode, writeWhole } from "../files.ts";
import type { SandboxPlace } from "../place.ts";
import { watchCloud } from "../linode/watch.ts";
import { packWords } from "../policy.ts";
import { describeChanges, type Problem } from "../progress.ts";
import { watchUpdate } from "../rollout/update-watch.ts";
import type { Sandbox } from "../sandbox.ts";
import { markCutShort, markUnfinished } from "../state.ts";
import type { Command } from "./command.ts";
import { progressView, sayFailure, sayWarnings, tellingErrors } from "./view.ts";

/** Runs `up` of a source and says what came of it. */
export async function update(
  command: Command,
  { api }: Sandbox,
  source: Source,
  patience: number,
): Promise<Attempt> {
  const { options, outer, place, say } = command;
  const view = progressView(command);
  markUnfinished(place, true);
  const watch = watchUpdate(api, view, patience);
  const cloud = watchCloud(api, place.folder);
  const result = await new Engine(place, outer).update(
    [
      ...["up", "--yes", "--skip-preview", "--parallel", "64"],
      ...(options.refresh || existsSync(place.cutShort) ? ["--refresh"] : []),
      // What ran already is put back, whatever the rules have become since.
      ...(source.goingBack ? [] : packWords(place.clone)),
    ],
    watch.view,
    { ...source, environment: releaseEnvironment(place, source.release) },
  );
  await cloud.end();
  const stuck = watch.end();
  view.end();
  // An engine that ended by itself has written its state; one that left work half-done has said so in it.
  markUnfinished(place, result.code !== 0 && hasPendingOperations(place));
  const ended = result.interrupted || watch.view.stop?.aborted === true;
  markCutShort(place, result.code !== 0 && ended);
  if (!source.goingBack) {
    sayWarnings(command, result);
  }
  const { changes, seconds, touched } = result.outcome;
  const words = `${describeChanges(changes)} in ${seconds} s`;
  const interrupted = result.code !== 0 && result.interrupted;
  if (result.code === 0 && !source.goingBack) {
    say(`up: ${words}`);
  }
  if (result.code !== 0 && !interrupted) {
    sayFailure(command, source.goingBack ? "rollback" : "up", result, stuck);
  }
  const problems = [...tellingErrors(result, stuck).flatMap(problemLines), ...stuck];
  return { code: result.code, interrupted, touched, changes: words, problems };
}

/** What the program is told of its release, as a file: its config is longer than a variable may be. */
export function releaseEnvironment(
  place: Pick<SandboxPlace, "temporary">,
  release: Source["release"],
): Readonly<Record<string, string>> {
  if (release === undefined) {
    return {};
  }
  const path = join(place.temporary, "release.json");
  writeWhole(path, JSON.stringify(release), privateMode);
  return { FLEET_RELEASE: path };
}

/** A failure in few lines, the resource first. What is said of the whole stack only repeats it. */
function problemLines({ resource, message }: Problem): readonly string[] {
  const lines = message
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^\d+ errors? occurred:$/.test(line));
  return resource === "" ? [] : [resource, ...lines.map((line) => `  ${line}`)];
}
