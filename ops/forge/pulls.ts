/** Which pull request a commit is of, and which run has reviewed it. */
import * as z from "zod";

import { CommandError } from "../command.ts";
import type { Forge } from "./forge.ts";
import { ForgeFault } from "./fault.ts";

/** Of a pull request, what is needed here. */
const Pull = z.object({
  number: z.int().positive(),
  state: z.string(),
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
  display_title: z.string().nullish(),
});

/**
 * Number of the pull request that a run says it was made for; undefined where it says none. The workflow's `run-name`
 * begins with it, and GitHub hands that on as the title of the run (docs.github.com/rest/actions/workflow-runs): its own
 * list of pull requests is empty for forks and after a merge, and two that are open may have one head.
 *
 * A pull request makes its own workflow: this may choose between those of one head, and nothing else.
 */
export function pullInTitle(title: string | null | undefined): number | undefined {
  const number = /^#([1-9]\d{0,9})(?: |$)/.exec(title ?? "")?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Whether a run is of a pull request, as far as anybody says. */
const isOf =
  (pull: number) =>
  ({ display_title: title, pull_requests: open }: z.infer<typeof Run>): boolean =>
    (pullInTitle(title) ?? pull) === pull &&
    (open ?? []).every(({ number }) => number === pull || pullInTitle(title) === pull);

/** The head of a run, as the event of its end tells it: a fork's event names no pull request. */
export interface Head {
  /** `owner/name`. */
  readonly repository: string;
  readonly branch: string;
  readonly commit: string;
  /** Title of the run: its workflow begins it with the pull request's number. */
  readonly title?: string | undefined;
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
 * What is reported is not asked: it could name any pull request. Of several with that head it is the one that the
 * run's title names.
 */
export async function pullOf(
  forge: Forge,
  head: Head,
): Promise<{ readonly number: number; readonly stranger: Stranger | undefined } | undefined> {
  const [owner = ""] = head.repository.split("/");
  const query = new URLSearchParams({ state: "all", head: `${owner}:${head.branch}` });
  const found: Pull[] = [];
  for await (const entry of forge.list(`pulls?${query.toString()}`)) {
    found.push(parse(Pull, entry, "a pull request"));
  }
  const heads = found.filter(
    ({ head: { repo, sha } }) => repo?.full_name === head.repository && sha === head.commit,
  );
  const titled = pullInTitle(head.title);
  // One that is none of these is a lie, or a workflow without that title: then the comment says what it can.
  const named = heads.find(({ number }) => number === titled);
  const pull = named ?? heads.find(({ state }) => state === "open");
  return pull?.state !== "open"
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
  return runs
    .filter(isOf(of.pull))
    .some(({ head_repository: from, id }) => id > of.run && from?.full_name === of.head.repository);
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
  // One commit may be the head of two pull requests. Where nobody says whose a run was, what it says of this branch's
  // stacks is not live if it was the other's, and binds nothing.
  const fits = runs
    .filter(isOf(number))
    .filter((run) => run.head_repository?.full_name === forge.repository);
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
