/**
 * `live-up`: plain `pulumi up` of a live stack, and where the stack says so, the last good release put
 * back when it fails. It adds nothing else: questions, plugins, credentials and state are pulumi's own.
 */
import { join } from "node:path";

import { Git } from "../release/git.ts";
import { type Entry, Journal } from "../release/journal.ts";
import { interruptedCode, updateOrRollBack } from "../release/run.ts";
import { begunIn, migrationsIn, outputWords, releaseIn } from "../release/state.ts";
import type { StackState } from "../release/state.ts";
import type { Target } from "../release/target.ts";
import { withLock } from "../sandbox/lock.ts";
import { CommandError } from "./command.ts";
import { livePulumi, officialEnvironment, type RunPulumi } from "./keys/pulumi.ts";
import { runUp } from "./live-engine.ts";
import { readLiveDeployment } from "./live-state.ts";
import { onFailureOf } from "./on-failure.ts";
import { withScratch } from "./scratch.ts";
import { type StackFile } from "./stack-file.ts";

/** What is agreed to beforehand. */
export interface Agreement {
  /** Whatever the update does. */
  readonly isAgreed: boolean;
  /** Path of a reviewed report: nothing but what is in it. */
  readonly reviewed?: string | undefined;
}

/** What `live-up` ends with where it would do more than was reviewed: what asks for a person. */
export const notReviewedCode = 3;

/** Runs `live-up`. Returns the exit code. */
export async function liveUp(
  root: string,
  file: StackFile,
  { isAgreed, reviewed }: Agreement,
): Promise<number> {
  const environment = officialEnvironment({ root, environment: process.env });
  if (!isAgreed && !process.stdin.isTTY) {
    throw new CommandError(
      `nobody is here to say yes to what will change: YES=yes says so beforehand, for pipelines behind an approval`,
    );
  }
  const pulumi = livePulumi({ root, environment: process.env });
  if (!process.stdin.isTTY) {
    // Whoever is in a terminal may go back, and knows it.
    await refuseToGoBack(root, file.stack, environment, pulumi);
  }
  const engine = { isAtWork: false };
  const held = { of: "live", isBusy: () => engine.isAtWork };
  return withScratch(held, (scratch) =>
    bringUp(root, file, { environment, pulumi, scratch, isAgreed, reviewed, engine }),
  );
}

/** What a run has, from its first question on. */
interface Begun {
  readonly pulumi: RunPulumi;
  readonly environment: NodeJS.ProcessEnv;
  /** For what is gone when the command ends. */
  readonly scratch: string;
  readonly isAgreed: boolean;
  readonly reviewed: string | undefined;
  /** An engine that updates ends when it is told to, and writes its state first: only then does this command end. */
  readonly engine: { isAtWork: boolean };
}

async function bringUp(root: string, file: StackFile, begun: Begun): Promise<number> {
  const { environment, pulumi, reviewed, scratch } = begun;
  const { stack } = file;
  const pending = begunIn(await readLiveDeployment(pulumi, stack, scratch));
  // State is in a bucket; beside the commits is the nearest place that is never committed itself.
  const note = await new Git(root, environment)
    .privatePath(`${stack}-live.json`)
    .catch(() => join(scratch, "journal.json"));
  if (reviewed !== undefined) {
    const why = whyUnreviewed(stack, pending, new Journal(note).read());
    if (why !== undefined) {
      throw new CommandError(why);
    }
    if (!(await isAsReviewed(root, file, reviewed))) {
      return notReviewedCode;
    }
  }
  const target = liveTarget(root, file, { ...begun, note, isUnsure: pending > 0 });
  if (onFailureOf(file) === "rollback") {
    const held = { lock: `${note}.lock`, stack, what: `the live stack ${stack}, in this clone` };
    return withLock(held, "live-up", () => updateOrRollBack(target));
  }
  const here = { folder: root, config: target.config, release: undefined, goingBack: false };
  const { code, interrupted } = await target.update(here);
  return interrupted ? interruptedCode : code;
}

async function refuseToGoBack(
  root: string,
  stack: string,
  environment: NodeJS.ProcessEnv,
  pulumi: RunPulumi,
): Promise<void> {
  const { refuseOlder } = await import("./review/newer.ts");
  const git = new Git(root, environment);
  const told = await refuseOlder({ stack, git, pulumi, branch: process.env["GITHUB_REF_NAME"] });
  if (told !== undefined) {
    console.log(`warning: ${told}`);
  }
}

/** Previews once more, and tells how that compares with what was reviewed. */
async function isAsReviewed(root: string, file: StackFile, path: string): Promise<boolean> {
  const { holdAgainst } = await import("./review/hold.ts");
  const { lines, stops } = await holdAgainst(root, file, path);
  [...lines, ...(stops ? ["nothing was changed"] : [])].forEach((line) => {
    console.log(line);
  });
  return !stops;
}

interface Live extends Begun {
  /** Path of the journal. */
  readonly note: string;
  /** Whether the state says that an update was killed: a pipeline's next machine has no journal of it. */
  readonly isUnsure: boolean;
}

/**
 * Why an update would do what no review has seen: it would read the cluster first, or finish a rollback.
 *
 * @param begun Operations that the state says are begun and not ended.
 * @param left What an earlier run in this clone has left.
 */
export function whyUnreviewed(
  stack: string,
  begun: number,
  left: Entry | undefined,
): string | undefined {
  if (begun > 0) {
    return [
      `an update of ${stack} has begun ${begun} operation${begun === 1 ? "" : "s"} and not ended: it is at work, or was killed. Nothing was changed`,
      `make doctor STACK=${stack} TARGET=live says what it was at; then pulumi refresh -s ${stack}, and have the change reviewed again (docs/live.md, Breaking glass)`,
    ].join("\n");
  }
  return left === undefined
    ? undefined
    : [
        `an earlier make live-up of ${stack} in this clone was stopped while it was ${left.phase}: the next one finishes that first, and no review has seen it. Nothing was changed`,
        `make live-up STACK=${stack}, without REVIEWED, goes on from there; or have the change applied from a clone of its own`,
      ].join("\n");
}

function liveTarget(root: string, file: StackFile, live: Live): Target {
  const { environment, note, pulumi, scratch } = live;
  const { stack } = file;
  const git = new Git(root, environment);
  const journal = new Journal(note);
  // The provider cannot tell the state what it had written when it was stopped: the cluster is read first.
  let isUnsure = live.isUnsure || journal.read() !== undefined;
  return {
    stack,
    clone: root,
    name: `${stack}/live`,
    again: `make live-up STACK=${stack}`,
    config: join(root, file.name),
    checkout: join(scratch, "checkout"),
    environment,
    git,
    journal,
    say: (line) => {
      console.log(line);
    },
    update: async (source) => {
      const refresh = isUnsure;
      isUnsure = false;
      live.engine.isAtWork = true;
      try {
        return await runUp({ stack, source, refresh, ...live });
      } finally {
        live.engine.isAtWork = false;
      }
    },
    state: () => readState(pulumi, stack, scratch),
  };
}

async function readState(pulumi: RunPulumi, stack: string, scratch: string): Promise<StackState> {
  const deployment = await readLiveDeployment(pulumi, stack, scratch);
  const outputs = await pulumi([...outputWords, stack]);
  return { release: releaseIn(outputs), migrations: migrationsIn(deployment) };
}
