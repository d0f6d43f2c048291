/** The commands that talk to the forge, and those that pass reports from job to job. */
import { resolve } from "node:path";

import * as z from "zod";

import { Git } from "../../release/git.ts";
import type { Report } from "../../review/model.ts";
import { marker, renderMarkdown } from "../../review/render/markdown.ts";
import { CommandError, instead } from "../command.ts";
import { giveOutput, readStacks, tablePath } from "../pipeline/stacks.ts";
import { tableChanges } from "../pipeline/table-changes.ts";
import { outFolder, reportFolder } from "../out.ts";
import { summarize, terminalText, writeReport } from "../review/output.ts";
import { whyNoYes } from "./agreed.ts";
import { raiseAlarm } from "./alarm.ts";
import { joinFolders, type Known, noReport, readReport, trustedReport } from "./artifact.ts";
import { placeComment } from "./comment.ts";
import { Forge } from "./forge.ts";
import { hasNewerRun, type Head, pullOf, reviewOf, type Stranger, strangerOf } from "./pulls.ts";

type Environment = NodeJS.ProcessEnv;

/** What a text of the environment must be. @throws CommandError where it is missing. */
function need(environment: Environment, name: string): string {
  const value = environment[name] ?? "";
  if (value === "") {
    throw new CommandError(`${name} is not set: docs/live.md, Pipelines, says what it holds`);
  }
  return value;
}

function forgeOf(environment: Environment): Forge {
  const patience = environment["FLEET_FORGE_PATIENCE"] ?? "";
  if (patience !== "" && !/^\d{1,5}$/.test(patience)) {
    throw new CommandError("FLEET_FORGE_PATIENCE is a number of seconds");
  }
  return new Forge({
    api: environment["GITHUB_API_URL"] ?? "https://api.github.com",
    repository: need(environment, "GITHUB_REPOSITORY"),
    token: need(environment, "GITHUB_TOKEN"),
    ...(patience === "" ? {} : { patience: Number(patience) * 1000 }),
    say: (line) => process.stderr.write(`${line}\n`),
  });
}

/** Whose comments and issues are ours: the user that a workflow's own token stands for, if not said otherwise. */
function userOf(environment: Environment): string {
  const user = environment["FLEET_FORGE_USER"] ?? "";
  return user === "" ? "github-actions[bot]" : user;
}

/** File of the workflow that reviews. */
const workflowOf = (environment: Environment): string =>
  environment["REVIEW_WORKFLOW"] ?? "preview.yml";

/** Page of a run. */
function runUrl(environment: Environment, run: string): string {
  const server = environment["GITHUB_SERVER_URL"] ?? "https://github.com";
  return `${server}/${need(environment, "GITHUB_REPOSITORY")}/actions/runs/${run}`;
}

/**
 * `make comment`: the report of a folder as the one comment of its pull request.
 *
 * The pull request is PULL, or the open one of the head that the variables HEAD_REPOSITORY, HEAD_BRANCH and
 * HEAD_COMMIT tell, where there are several the one that HEAD_TITLE begins with; never one that the report names.
 */
export async function runComment(
  { from, pull }: { from?: string | undefined; pull?: string | undefined },
  environment: Environment,
): Promise<number> {
  const forge = forgeOf(environment);
  const to = pull === undefined ? await byHead(forge, environment) : await byNumber(forge, pull);
  if (to === undefined) {
    console.log("a newer commit or run is there, or no open pull request any more: nothing to say");
    return 0;
  }
  const { commit, number, stranger } = to;
  const run = environment["REVIEW_RUN"] ?? "";
  const known: Known = { commit, stranger, url: run === "" ? "" : runUrl(environment, run) };
  const report = bare(trustedReport(resolve(from ?? reportFolder), known));
  const placed = await placeComment(forge, {
    ...{ number, marker, body: renderMarkdown(report), user: userOf(environment) },
    // What is told of a stack without a preview is told, although nothing changes in any.
    quiet:
      report.verdict.exitCode === 0 && report.missing.every(({ stack }) => stack === undefined),
  });
  console.log(`the comment of pull request ${number}: ${placed}`);
  return 0;
}

/** Without an address where there is none. */
function bare(report: Report): Report {
  if (report.provenance.url === "") {
    delete report.provenance.url;
  }
  return report;
}

interface Addressee {
  readonly number: number;
  readonly commit: string;
  readonly stranger: Stranger | undefined;
}

async function byHead(forge: Forge, environment: Environment): Promise<Addressee | undefined> {
  const head: Head = {
    repository: need(environment, "HEAD_REPOSITORY"),
    branch: need(environment, "HEAD_BRANCH"),
    commit: need(environment, "HEAD_COMMIT"),
    title: environment["HEAD_TITLE"],
  };
  const pull = await pullOf(forge, head);
  if (pull === undefined) {
    return undefined;
  }
  // One that was cut off has a newer one behind it, unless somebody cut it off, or it ran out of time.
  const run = Number(environment["REVIEW_RUN"]);
  const wasCut = environment["REVIEW_ENDED"] === "cancelled";
  const of = { head, run, pull: pull.number, workflow: workflowOf(environment) };
  return wasCut && (await hasNewerRun(forge, of)) ? undefined : { ...pull, commit: head.commit };
}

const PullHead = z.object({
  state: z.string(),
  head: z.object({ sha: z.string(), repo: z.object({ full_name: z.string() }).nullish() }),
  user: z.object({ type: z.string() }).nullish(),
});

async function byNumber(forge: Forge, pull: string): Promise<Addressee | undefined> {
  if (!/^[1-9]\d{0,9}$/.test(pull)) {
    throw new CommandError(
      `PULL must be the number of a pull request (it is ${JSON.stringify(pull)})`,
    );
  }
  const found = PullHead.parse(await forge.get(`pulls/${pull}`));
  return found.state === "open"
    ? {
        number: Number(pull),
        commit: found.head.sha,
        stranger: strangerOf(found, forge.repository),
      }
    : undefined;
}

/** `make merged`: which run has reviewed what was merged as COMMIT into BRANCH. */
export async function runMerged(
  { branch, commit }: { branch?: string | undefined; commit?: string | undefined },
  environment: Environment,
): Promise<number> {
  if (commit === undefined || !/^[0-9a-f]{40}$/.test(commit)) {
    throw new CommandError(`COMMIT must be a whole hash${instead(commit)}`);
  }
  if (branch === undefined) {
    throw new CommandError("BRANCH must be the branch that it was merged into");
  }
  const forge = forgeOf(environment);
  const workflow = workflowOf(environment);
  const { pull, run } = await reviewOf(forge, { branch, commit, workflow });
  giveOutput({ run: `${run}`, pull: `${pull}` }, environment);
  return 0;
}

/** `make alarm`: the issue about a stack's drift, by the report of a folder. */
export async function runAlarm(
  stack: string,
  from: string | undefined,
  environment: Environment,
): Promise<number> {
  const forge = forgeOf(environment);
  const report = driftReport(resolve(from ?? reportFolder), stack);
  const done = await raiseAlarm(forge, { report, stack, user: userOf(environment) });
  console.log(`the issue about ${stack}: ${done}`);
  // The run of the night is red as long as there is something to look at.
  return report.verdict.exitCode === 0 ? 0 : report.verdict.exitCode;
}

/** No report is an alarm, too: nobody knows what is there. */
function driftReport(folder: string, stack: string): Report {
  let why = `it is not of ${stack}`;
  try {
    const report = readReport(folder);
    if (report.stacks.some((one) => one.stack === stack)) {
      return report;
    }
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    why = error.message;
  }
  return noReport(why, { time: new Date().toISOString() });
}

/**
 * `make join-reports`: the reports of several jobs made into one, and judged.
 *
 * BASE is a commit that the change is made to: what has become of the table of stacks since asks for somebody's yes.
 * AGREED says that it was given, the variable AGREED_BY by whom.
 */
export async function runJoin(
  root: string,
  values: {
    from?: string | undefined;
    out?: string | undefined;
    agreed?: string | undefined;
    base?: string | undefined;
  },
  environment: Environment,
): Promise<number> {
  const { agreed, base, from, out } = values;
  if (from === undefined) {
    throw new CommandError("FROM must be the folder of the reports: one folder in it for each");
  }
  if (agreed !== undefined && agreed !== "yes") {
    throw new CommandError(`AGREED must be yes (it is ${JSON.stringify(agreed)})`);
  }
  const folder = outFolder(root, out ?? reportFolder);
  const url = environment["FLEET_REVIEW_URL"] ?? "";
  const stacks = readStacks(root);
  const former = base === undefined ? undefined : await tableOf(root, base, environment);
  const changes = tableChanges(former, stacks);
  const report = joinFolders(resolve(from), Object.keys(stacks), url, changes);
  if (changes.length > 0 && report.verdict.exitCode !== 1) {
    report.verdict.exitCode = 3;
  }
  writeReport(report, folder);
  process.stdout.write(terminalText(report, environment));
  summarize(report, environment);
  const { exitCode } = report.verdict;
  return exitCode === 3 && agreed === "yes" && (await mayAgree(environment)) ? 2 : exitCode;
}

/** Where a pipeline says whose yes it is, the forge is asked what they may do; else it is that of whoever runs this. */
async function mayAgree(environment: Environment): Promise<boolean> {
  const user = environment["AGREED_BY"] ?? "";
  const why = user === "" ? undefined : await whyNoYes(forgeOf(environment), user);
  if (why !== undefined) {
    console.log(why);
  }
  return why === undefined;
}

/** Text of the table of stacks as a commit has it. */
async function tableOf(
  root: string,
  base: string,
  environment: Environment,
): Promise<string | undefined> {
  const git = new Git(root, environment);
  const commit = await git.resolve(base);
  if (commit === undefined) {
    throw new CommandError(`BASE must be a commit of this clone (it is ${JSON.stringify(base)})`);
  }
  return git.textOf(commit, tablePath);
}
