/**
 * A report out of a job that is not trusted: a pull request's own code has made it. Nothing of it is passed
 * on as it stands. It is read within bounds, held against the schema, judged anew, and written by our own
 * renderer, which shows all content as text.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { joinReports } from "../../review/join.ts";
import { type Missing, Report } from "../../review/model.ts";
import { CommandError, readStackName } from "../command.ts";
import type { Stranger } from "./pulls.ts";

/** Bytes of a report.json that is read: production's is a few megabytes when everything changes. */
export const mostBytes = 32 * 2 ** 20;

/** Stacks that a report may tell of. */
const mostStacks = 100;

/** What is known of a report without asking it. */
export interface Known {
  /** Commit that the pull request's head had. */
  readonly commit: string;
  /** Page of the run that made it. */
  readonly url: string;
  /** Whose code made it, where that had no secret: then nothing in it can be live. */
  readonly stranger: Stranger | undefined;
}

/**
 * Reads a folder's report.json.
 *
 * @throws CommandError that repeats nothing of it.
 */
export function readReport(folder: string): Report {
  const path = join(folder, "report.json");
  let file: number;
  try {
    // A link could lead to whatever else the job may read.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    throw new CommandError("its run left no report.json");
  }
  let text: string;
  try {
    const { size } = fstatSync(file);
    if (!fstatSync(file).isFile() || size > mostBytes) {
      throw new CommandError(`its report.json is no file of ${mostBytes / 2 ** 20} MiB at most`);
    }
    text = readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
  const parsed = parse(text);
  if (parsed === undefined || parsed.stacks.length > mostStacks) {
    throw new CommandError("its report.json is no report of this version");
  }
  parsed.stacks.forEach(({ stack }) => readStackName("a stack of the report", stack));
  return parsed;
}

function parse(text: string): Report | undefined {
  try {
    return Report.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The report of a folder as it may be shown: what is known stands in it instead of what it says of itself. */
export function trustedReport(folder: string, known: Known): Report {
  const { commit, stranger, url } = known;
  const time = new Date().toISOString();
  let report: Report;
  try {
    report = readReport(folder);
    if (
      stranger !== undefined &&
      report.stacks.some(({ provenance }) => provenance.target === "live")
    ) {
      throw new CommandError("its run had no secret, and yet it says that it was made live");
    }
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    return noReport(error.message, { commit, url, time });
  }
  const { base, time: made } = report.provenance;
  const provenance = {
    ...{ commit, url, time: isTime(made) ? made : time },
    ...(base === undefined ? {} : { base }),
  };
  const joined = joinReports([report], {
    provenance,
    missing: stranger === undefined ? [] : [byStranger(stranger)],
  });
  for (const stack of joined.stacks) {
    // A reader may run what stands there.
    stack.provenance.reproduce =
      stack.provenance.target === "live"
        ? `make live-preview STACK=${stack.stack}`
        : `make review STACK=${stack.stack}`;
  }
  return joined;
}

/** What stands in the place of a report that there is not: an old one would be taken for the new commit's. */
export function noReport(why: string, provenance: Report["provenance"]): Report {
  const missing = [{ what: "no report of this commit", why, hides: true }];
  return joinReports([], { provenance, missing });
}

const byStranger = (stranger: Stranger): Missing => ({
  what: "nothing live was asked",
  why: `the code of a ${stranger} has made this report, without secrets and without access to any stack`,
  hides: false,
});

const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text);

/**
 * Reports of several jobs, each in a folder of its own below one; one that is alone may lie in that itself, where
 * GitHub's action puts what a pattern finds once (actions/download-artifact, src/download-artifact.ts since v5).
 *
 * @param expected Stacks that there must be a report of.
 * @param more What none of them tells.
 */
export function joinFolders(
  folder: string,
  expected: readonly string[],
  url: string,
  more: readonly Missing[] = [],
): Report {
  const missing: Missing[] = [...more];
  const reports = foldersIn(folder).flatMap((name) => {
    try {
      return [readReport(join(folder, name))];
    } catch (error) {
      if (!(error instanceof CommandError)) {
        throw error;
      }
      const where = name === own ? "" : ` in ${name}`;
      missing.push({ what: `no report${where}`, why: error.message, hides: true });
      return [];
    }
  });
  const there = new Set(reports.flatMap(({ stacks }) => stacks.map(({ stack }) => stack)));
  for (const stack of expected.filter((one) => !there.has(one))) {
    const why = "its job ended without one: see the log of the run";
    missing.push({ stack, what: `no report of ${stack}`, why, hides: true });
  }
  const [first] = reports;
  const provenance = first?.provenance ?? { time: new Date().toISOString() };
  return joinReports(reports, {
    provenance: { ...provenance, ...(url === "" ? {} : { url }) },
    missing,
  });
}

/** The folder itself. */
const own = ".";

function foldersIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const alone = entries.some(({ name }) => name === "report.json") ? [own] : [];
    const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return [...alone, ...below.sort()];
  } catch {
    return [];
  }
}
