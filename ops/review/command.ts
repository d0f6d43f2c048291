/**
 * `make review`: previews one stack or all of them and writes the report that a reviewer reads. Nothing
 * is changed anywhere, whatever it runs against.
 */
import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";

import { Git } from "../../release/git.ts";
import type { Report } from "../../review/model.ts";
import { SandboxError } from "../../sandbox/fault.ts";
import { stacksOf } from "../../sandbox/place.ts";
import { allStacks, CommandError, type Target } from "../command.ts";
import { outFolder, reportFolder } from "../out.ts";
import { inParallel } from "../parallel.ts";
import { readStackFile, stackFileName } from "../stack-file.ts";
import { thisMachine } from "../tools.ts";
import { type BaseOfChange, checkOutBase, commitOf } from "./base.ts";
import { isTestStack, judgeDrift } from "./drifted.ts";
import { previewLive } from "./live.ts";
import { previewOffline } from "./offline.ts";
import { summarize, terminalText, writeReport } from "./output.ts";
import { notBegun, type Previewed } from "./previewed.ts";
import { reportOf } from "./report.ts";
import { withScratch } from "../scratch.ts";
import { previewSandbox, runningSandbox } from "./up.ts";

/** What is asked for. */
export interface ReviewRequest {
  /** Folder of the clone. */
  readonly root: string;
  /** Name of a stack, or `all`. */
  readonly stack: string;
  /** What to compare the work tree with. Default: the stack's sandbox where one runs, else the last commit. */
  readonly base?: string | undefined;
  readonly target: Target;
  /** Live: asks the world first what it has become, and tells it apart from the change. */
  readonly drift: boolean;
  /** Live: previews the program. */
  readonly change: boolean;
  /** Folder for the files. Default: `.review` of the clone. */
  readonly out?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** How many stacks are previewed at a time: each runs an engine, a program and its plugins. */
const atATime = 2;

/** Runs it. Returns the verdict's exit code. */
export async function review(request: ReviewRequest): Promise<number> {
  const { change, root } = request;
  const folder = outFolder(root, request.out ?? reportFolder);
  const made = await withScratch({ of: "review" }, (scratch) => makeReport(request, scratch));
  const report = change ? made : judgeDrift(made, (stack) => isTestStack(root, stack));
  writeReport(report, folder);
  summarize(report, request.environment);
  process.stdout.write(terminalText(report, request.environment));
  process.stdout.write(`report.md, .html, .txt and .json are in ${shortened(folder)}\n`);
  return report.verdict.exitCode;
}

/** Makes the report. A stack whose preview fails is part of it. */
export async function makeReport(request: ReviewRequest, scratch: string): Promise<Report> {
  const { environment, root, target } = request;
  const git = new Git(root, environment);
  const stacks = request.stack === allStacks ? stacksOf(root) : [request.stack];
  // A stack that is not there is a mistake of whoever asks; a file's faults belong to the report.
  if (request.stack !== allStacks && !existsSync(resolve(root, stackFileName(request.stack)))) {
    readStackFile(root, request.stack);
  }
  const offline = await baseOf(request, stacks, git, scratch);
  const previews = await inParallel(stacks, atATime, async (stack) => {
    tell(`${stack}: previewing`);
    const begun = Date.now();
    const previewed = await previewOne({ ...request, stack }, offline, scratch);
    tell(`${stack}: previewed in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    return previewed;
  });
  const first = stacks[0] ?? "";
  const name = request.base ?? (offline === undefined ? undefined : "HEAD");
  const url = environment["FLEET_REVIEW_URL"] ?? "";
  const provenance = {
    ...(await commitOf(git, first)),
    ...(name === undefined ? {} : { base: offline?.line ?? name }),
    ...(url === "" ? {} : { url }),
  };
  return reportOf(previews, provenance, {
    engine: thisMachine.output("pulumi", ["version"])?.trim(),
    reproduce: (stack) => reproduceLine(stack, target, offline?.commit, request),
  });
}

/** The base of an offline preview; undefined where every stack is previewed against something that runs. */
async function baseOf(
  { base, environment, root, target }: ReviewRequest,
  stacks: readonly string[],
  git: Git,
  scratch: string,
): Promise<BaseOfChange | undefined> {
  const isOffline =
    target === "sandbox" &&
    (base !== undefined ||
      stacks.some((stack) => runningSandbox(stack, environment) === undefined));
  return isOffline
    ? checkOutBase(git, base ?? "HEAD", { clone: root, scratch, environment })
    : undefined;
}

async function previewOne(
  request: ReviewRequest,
  base: BaseOfChange | undefined,
  scratch: string,
): Promise<Previewed> {
  const { environment, root, stack, target } = request;
  if (target === "live") {
    return failing(stack, "live", async () =>
      previewLive({ ...request, file: readStackFile(root, stack), scratch }),
    );
  }
  const place = request.base === undefined ? runningSandbox(stack, environment) : undefined;
  return place === undefined
    ? failing(stack, "state", () =>
        previewOffline({ stack, clone: root, base, outer: environment, scratch }),
      )
    : failing(stack, "sandbox", () =>
        previewSandbox(place, { stack, outer: environment, scratch, say: tell }),
      );
}

/** A fault that the user can mend is that stack's part of the report: the others are told all the same. */
async function failing(
  stack: string,
  against: Previewed["against"],
  run: () => Promise<Previewed>,
): Promise<Previewed> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof SandboxError || error instanceof CommandError) {
      return notBegun(stack, against, error.message);
    }
    throw error;
  }
}

function reproduceLine(
  stack: string,
  target: Target,
  base: string | undefined,
  { change }: ReviewRequest,
): string {
  if (target === "live") {
    return `make ${change ? "live-preview" : "live-drift"} STACK=${stack}`;
  }
  return `make review STACK=${stack}${base === undefined ? "" : ` BASE=${base.slice(0, 12)}`}`;
}

/** Beside the report, not in it. */
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function shortened(folder: string): string {
  const path = relative(process.cwd(), folder);
  return path.startsWith("..") ? folder : path;
}
