/** Which pull request a commit is of, and which run has reviewed it. */
import * as z from "zod";

import { CommandError } from "../command.ts";
import type { Forge } from "./forge.ts";
import { ForgeFault } from "./fault.ts";

/** Of a pull request, what is needed here. */
const Pull = z.object({
  number: z.int().positive(),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  base: z.object({ ref: z.string() }),
  head: z.object({ sha: z.string(), repo: z.object({ full_name: z.string() }).nullish() }),
  user: z.object({ type: z.string() }).nullish(),
});
type Pull = z.infer<typeof Pull>;

const Run = z.object({
  id: z.int().positive(),
  run_number: z.int(),
  head_sha: z.string(),
  event: z.string(),
  status: z.string().nullish(),
  conclusion: z.string().nullish(),
  head_repository: z.object({ full_name: z.string() }).nullish(),
  pull_requests: z.array(z.object({ number: z.int() })).nullish(),
});

/** The head of a run, as the event of its end tells it: a fork's event names no pull request. */
export interface Head {
  /** `owner/name`. */
  readonly repository: string;
  readonly branch: string;
  readonly commit: string;
}

/** Whose code it is that gets no secret, whatever it asks for. */
export type Stranger = "fork" | "bot";

/**
 * Whether the code of a pull request runs without secrets: a fork's, and a bot's, as nobody has read yet what its
 * newer packages do. The workflow «preview» draws the same line.
 */
export function strangerOf(
  { head, user }: Pick<Pull, "head" | "user">,
  repository: string,
): Stranger | undefined {
  if (head.repo?.full_name !== repository) {
    return "fork";
  }
  // What GitHub Apps, Dependabot among them, are: docs.github.com/rest/pulls, «user».
  return user?.type === "Bot" ? "bot" : undefined;
}

/**
 * The open pull request of a head; undefined where there is none any more, or a newer commit is there.
 * What is reported is not asked: it could name any pull request.
 */
export async function pullOf(
  forge: Forge,
  head: Head,
): Promise<{ readonly number: number; readonly stranger: Stranger | undefined } | undefined> {
  const [owner = ""] = head.repository.split("/");
  const query = new URLSearchParams({ state: "open", head: `${owner}:${head.branch}` });
  const found: Pull[] = [];
  for await (const entry of forge.list(`pulls?${query.toString()}`)) {
    found.push(parse(Pull, entry, "a pull request"));
  }
  const pull = found.find(
    ({ head: { repo, sha } }) => repo?.full_name === head.repository && sha === head.commit,
  );
  return pull === undefined
    ? undefined
    : { number: pull.number, stranger: strangerOf(pull, forge.repository) };
}

/** Runs of the workflow that reviews, over a commit. */
async function runsOver(
  forge: Forge,
  commit: string,
  workflow: string,
): Promise<readonly z.infer<typeof Run>[]> {
  const query = new URLSearchParams({ event: "pull_request", head_sha: commit });
  const path = `actions/workflows/${encodeURIComponent(workflow)}/runs?${query.toString()}`;
  const runs: z.infer<typeof Run>[] = [];
  for await (const entry of forge.list(path, (page) => fieldOf(page, "workflow_runs"))) {
    runs.push(parse(Run, entry, "a run"));
  }
  return runs.filter((run) => run.head_sha === commit && run.event === "pull_request");
}

/** Whether a pull request's commit is reviewed by a newer run than this one, at work or ended. */
export async function hasNewerRun(
  forge: Forge,
  of: {
    readonly head: Head;
    readonly pull: number;
    readonly run: number;
    readonly workflow: string;
  },
): Promise<boolean> {
  const runs = await runsOver(forge, of.head.commit, of.workflow);
  return runs.some(
    ({ head_repository: from, id, pull_requests: pulls }) =>
      id > of.run &&
      from?.full_name === of.head.repository &&
      (pulls ?? []).every(({ number }) => number === of.pull),
  );
}

/**
 * The run that has reviewed what was merged as a commit: the newest one over the last commit of the pull
 * request, which must have ended, and well.
 *
 * @param workflow Name of the file of the workflow that reviews.
 * @throws CommandError where nobody has reviewed it, or a fork's code has.
 */
export async function reviewOf(
  forge: Forge,
  { branch, commit, workflow }: { branch: string; commit: string; workflow: string },
): Promise<{ readonly run: number; readonly pull: number }> {
  const again = "preview and agree to it by hand: run the workflow «apply» for the stack";
  const pull = await mergedAs(forge, commit, branch);
  if (pull === undefined) {
    throw new CommandError(`${commit.slice(0, 12)} is of no pull request to ${branch}; ${again}`);
  }
  const { head, number } = pull;
  if (head.repo?.full_name !== forge.repository) {
    throw new CommandError(
      `pull request ${number} came from a fork, whose report is not of what is live; ${again}`,
    );
  }
  const runs = await runsOver(forge, head.sha, workflow);
  const fits = runs.filter(
    (run) =>
      run.head_repository?.full_name === forge.repository &&
      // One commit may be the head of two pull requests. A run names those that are open, so none after the merge;
      // where it was the other's, what it says of this branch's stacks is not live, and binds nothing.
      (run.pull_requests ?? []).every((one) => one.number === number),
  );
  const [newest] = fits.sort((left, right) => right.run_number - left.run_number);
  // An older one counts for nothing: somebody has taken back since what was agreed to. One that was cut off by a newer
  // one is not the newest; one that somebody cut off, or that ran out of time, says nothing that could be held to.
  if (newest !== undefined && (newest.status ?? "completed") !== "completed") {
    throw new CommandError(
      `pull request ${number} was merged while its review was at work: run this job again when run ${newest.id} has ended`,
    );
  }
  if (newest?.conclusion !== "success") {
    throw new CommandError(
      `pull request ${number} was merged without a review of ${head.sha.slice(0, 12)} that ended well; ${again}`,
    );
  }
  return { run: newest.id, pull: number };
}

async function mergedAs(forge: Forge, commit: string, branch: string): Promise<Pull | undefined> {
  const found: Pull[] = [];
  for await (const entry of forge.list(`commits/${encodeURIComponent(commit)}/pulls`)) {
    found.push(parse(Pull, entry, "a pull request"));
  }
  const merged = found.filter(
    (pull) => pull.base.ref === branch && typeof pull.merged_at === "string",
  );
  return merged.find((pull) => pull.merge_commit_sha === commit) ?? merged[0];
}

/** A field of an object; undefined where it is none. */
function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new ForgeFault(`${what} has another form than the forge documents`);
  }
  return parsed.data;
}
