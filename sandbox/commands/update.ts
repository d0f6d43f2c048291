/** One run of `up` on a sandbox: what it shows, what it leaves, how it ended. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import type { Attempt, Source } from "../../release/target.ts";
import { hasPendingOperations, readDeployment } from "../checkpoint.ts";
import { watchCloud } from "../cloud-watch.ts";
import { Engine, type UpdateResult } from "../engine.ts";
import { privateMode, writeWhole } from "../files.ts";
import type { SandboxPlace } from "../place.ts";
import { packWords } from "../policy.ts";
import { describeChanges, type Problem } from "../progress.ts";
import { awaitLate, timeoutsIn } from "../rollout/late.ts";
import { type UpdateWatch, watchUpdate } from "../rollout/update-watch.ts";
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
  const late = await lookOnceMore(command, api, { result, watch, patience });
  await cloud.end();
  const stuck = [...late.texts, ...watch.end().filter(() => late.texts.length === 0)];
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
  const unready = late.texts.length > 0;
  const code = unready ? 1 : result.code;
  const interrupted = late.interrupted || (code !== 0 && result.interrupted);
  if (code === 0 && !interrupted && !source.goingBack) {
    say(`up: ${words}`);
  }
  if (code !== 0 && !interrupted) {
    sayFailure(command, source.goingBack ? "rollback" : "up", result, stuck);
  }
  const problems = [...tellingErrors(result, stuck).flatMap(problemLines), ...stuck];
  return { code, interrupted, touched, changes: words, problems, unready };
}

/** What the engine took for ready too early, once it has ended well; Ctrl-C ends this wait, too. */
async function lookOnceMore(
  { place }: Command,
  api: Sandbox["api"],
  {
    result,
    watch,
    patience,
  }: { readonly result: UpdateResult; readonly watch: UpdateWatch; readonly patience: number },
): Promise<{ readonly texts: readonly string[]; readonly interrupted: boolean }> {
  if (result.code !== 0) {
    return { texts: [], interrupted: false };
  }
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  signals.forEach((signal) => process.on(signal, onSignal));
  const texts = await awaitLate({
    api,
    timeouts: timeoutsIn(readDeployment(place)),
    rows: watch.rows,
    patienceSeconds: patience,
    signal: stop.signal,
  }).finally(() => {
    signals.forEach((signal) => process.off(signal, onSignal));
  });
  return { texts, interrupted: stop.signal.aborted };
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
