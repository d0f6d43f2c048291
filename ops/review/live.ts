/** Previews of a live stack: the official engine only, with the operator's own log-in. Nothing is changed. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Git } from "../../release/git.ts";
import { dependenciesOfPlan, dependenciesOfState } from "../../review/dependencies.ts";
import { EventReader } from "../../review/events.ts";
import type { StackPreview } from "../../review/preview.ts";
import { readPlan } from "../../review/binding/plan.ts";
import { type StackKey, stackKey } from "../../review/binding/key.ts";
import { canonical, type JsonObject } from "../../review/values.ts";
import { CommandError } from "../command.ts";
import { liveSecrets } from "../keys/live.ts";
import { livePulumi, officialEnvironment, type RunPulumi } from "../keys/pulumi.ts";
import { readLiveDeployment } from "../live-state.ts";
import { onFailureOf } from "../on-failure.ts";
import { livePackWords } from "../pack.ts";
import { temporaryIn } from "../scratch.ts";
import type { StackFile } from "../stack-file.ts";
import { inPeace } from "./in-peace.ts";
import { openPipe } from "./pipe.ts";
import { type Previewed, readLog, whyNone } from "./previewed.ts";
import { stateOf } from "./state.ts";

/** What is previewed, and how. */
export interface LivePreview {
  /** Folder of the clone. */
  readonly root: string;
  readonly file: StackFile;
  /** The operator's. */
  readonly environment: NodeJS.ProcessEnv;
  /** Folder of the owner's, for what is gone when the command ends. */
  readonly scratch: string;
  /** Asks the world what it has become, before anything else. */
  readonly drift: boolean;
  /** Previews the program. */
  readonly change: boolean;
}

/** A live preview, with what binds an update to it. */
export interface LivePreviewed extends Previewed {
  /** URN → new inputs, secrets open: for digests only. */
  readonly values: ReadonlyMap<string, JsonObject> | undefined;
  readonly key: StackKey | undefined;
}

/**
 * Previews a live stack. A failure of the engine's is part of the result.
 *
 * @throws CommandError where there is no official CLI, no such stack, or a sandbox's shell.
 */
export async function previewLive(run: LivePreview): Promise<LivePreviewed> {
  const { change, drift, environment, file, root, scratch } = run;
  const pulumi = livePulumi({
    root,
    environment: {
      ...environment,
      ...temporaryIn(scratch),
      ...(await releaseHere(run)),
      // Opens `--event-log`, which the vendor's Automation API reads as well.
      PULUMI_DEBUG_COMMANDS: "true",
    },
  });
  const deployment = await readLiveDeployment(pulumi, file.stack, scratch);
  const state = stateOf(deployment);
  const secrets = await liveSecrets(file, pulumi);
  const drifted = drift ? await askInPeace(pulumi, run) : undefined;
  const previewed = change ? await previewChange(pulumi, run) : nothingAsked;
  return {
    stack: file.stack,
    against: "live",
    ...previewed,
    ...(state === undefined ? {} : { state }),
    dependencies: new Map([...dependenciesOfState(deployment), ...(previewed.dependencies ?? [])]),
    ...(drifted?.events === undefined ? {} : { drift: drifted.events }),
    ...(drifted?.failure === undefined ? {} : { driftFailure: drifted.failure }),
    missing: [],
    secrets: Object.values(secrets).filter((value) => typeof value === "string"),
    key: change ? keyOf(run, secrets) : undefined,
  };
}

const nothingAsked: Pick<LivePreviewed, "code" | "dependencies" | "events" | "values"> = {
  code: 0,
  events: undefined,
  values: undefined,
};

async function previewChange(
  pulumi: RunPulumi,
  { file, root, scratch }: LivePreview,
): Promise<Pick<LivePreviewed, "code" | "dependencies" | "events" | "failure" | "values">> {
  const events = join(scratch, `${file.stack}.events`);
  const plan = openPipe(scratch, `${file.stack}.plan`);
  // What it shows holds secrets then: it goes nowhere, the report is made from the events.
  const plans = plan === undefined ? [] : ["--save-plan", plan.path, "--show-secrets=true"];
  const ended = await attempt(() =>
    pulumi([
      ...["preview", "--stack", file.stack, "--event-log", events, "--suppress-progress"],
      ...livePackWords(root),
      ...plans,
    ]),
  );
  const text = await plan?.end();
  const log = readLog(events);
  const failure = whyNone(ended, log);
  return {
    code: failure === undefined ? 0 : 1,
    events: log,
    ...(failure === undefined ? {} : { failure }),
    ...(text === undefined ? {} : { dependencies: dependenciesOfPlan(text) }),
    values: text === undefined ? undefined : readPlan(text),
  };
}

interface Drifted {
  readonly events: StackPreview | undefined;
  readonly failure: string | undefined;
}

/** How long a look for drift alone waits for an update to end. A preview waits for nobody: it is made again with each push. */
const patience = 45 * 60_000;

/** What differs between the state and the world, and is no update's that was at work meanwhile. */
async function askInPeace(pulumi: RunPulumi, run: LivePreview): Promise<Drifted> {
  const { change, file, scratch } = run;
  const { answer, disturbed, moved } = await inPeace(() => askTheWorld(pulumi, run), {
    state: () => readLiveDeployment(pulumi, file.stack, scratch),
    patience: change ? 0 : patience,
    wait: sleep,
    say: (line) => process.stderr.write(`${file.stack}: ${line}\n`),
  });
  return {
    // Of an update that was stopped, what was found is what there is.
    events: moved ? undefined : answer.events,
    failure: answer.failure ?? disturbed,
  };
}

/** What differs between the state and the world, before the program has a say. */
async function askTheWorld(
  pulumi: RunPulumi,
  { file, scratch }: LivePreview,
): Promise<{ readonly events: StackPreview; readonly failure: string | undefined }> {
  const events = join(scratch, `${file.stack}.drift`);
  // One that was asked before would be told again.
  rmSync(events, { force: true });
  const words = ["--stack", file.stack, "--event-log", events, "--suppress-progress"];
  const ended = await attempt(() => pulumi(["refresh", "--preview-only", ...words]));
  const log = readLog(events);
  return {
    events: log ?? new EventReader().end(false),
    failure: whyNone(ended, log),
  };
}

/** Why a run failed; undefined where it did not. */
async function attempt(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) {
      return error.message;
    }
    throw error;
  }
}

/**
 * The key that secrets are digested under: from FLEET_REVIEW_KEY, where a pipeline sets one, else from all
 * secrets of the stack, which only those can read who may decrypt its config.
 */
function keyOf(
  { environment, file }: LivePreview,
  secrets: Readonly<Record<string, unknown>>,
): StackKey | undefined {
  const given = environment["FLEET_REVIEW_KEY"] ?? "";
  const own = Object.keys(secrets).length === 0 ? "" : canonical(secrets);
  return stackKey(file.stack, given === "" ? own : given);
}

/** What `make live-up` would tell a program that keeps releases: without it the preview says it forgets them. */
async function releaseHere({
  environment,
  file,
  root,
  scratch,
}: LivePreview): Promise<NodeJS.ProcessEnv> {
  if (onFailureOf(file) !== "rollback") {
    return {};
  }
  const git = new Git(root, officialEnvironment({ root, environment }));
  const snapshot = await git.snapshot(file.stack).catch(() => undefined);
  if (snapshot === undefined) {
    return {};
  }
  const path = join(scratch, "release.json");
  const release = { commit: snapshot.commit, config: file.text, digests: {} };
  writeFileSync(path, JSON.stringify(release), { mode: 0o600 });
  return { FLEET_RELEASE: path };
}
