/** A clone of its own for tests of `make review`: all of Fleet as it stands here, in a repository to change. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Report } from "../../review/model.ts";
import { type Finished, run } from "../judges/tools.ts";
import { copyFleet } from "./fleet-copy.ts";

/** The files that a review leaves. */
export interface Reviewed extends Finished {
  readonly report: Report;
  /** Name of the file → its text. */
  readonly files: Readonly<Record<string, string>>;
}

/** The clone. */
export interface ReviewClone {
  readonly folder: string;
  readonly git: (...words: string[]) => string;
  /** Changes a file; each text must be there. */
  readonly change: (file: string, changes: Readonly<Record<string, string>>) => void;
  /** Runs `make review`'s program, and reads what it wrote. */
  readonly review: (...words: string[]) => Promise<Reviewed>;
  /** Runs a command of `ops/cli.ts`. */
  readonly command: (...words: string[]) => Promise<Finished>;
  readonly dispose: () => void;
}

/** What a review needs beside the commands. */
const parts = [
  ...["tools", "index.ts"],
  ...["Pulumi.prod.yaml", "Pulumi.test.yaml", "Pulumi.voting.yaml"],
];

/** Names of the report's files. */
const names = ["report.md", "report.html", "report.txt", "report.json", "exit-code"];

/** Makes the clone, committed on `master`, with the branch `change` checked out. */
export function reviewClone(
  environment: Readonly<Record<string, string | undefined>> = {},
): ReviewClone {
  const folder = copyFleet("reviewed", ...parts);
  writeFileSync(join(folder, ".gitignore"), "node_modules\n.sandbox/\n.review/\n");
  const git = (...words: string[]): string => {
    const who = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
    return execFileSync("git", [...who, ...words], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  };
  git("init", "--quiet", "--initial-branch=master");
  git("add", "--all");
  git("commit", "--quiet", "-m", "Before");
  git("checkout", "--quiet", "-b", "change");
  const command = (...words: string[]): Promise<Finished> =>
    run(process.execPath, [join(folder, "ops", "cli.ts"), ...words], {
      cwd: folder,
      env: { ...process.env, FLEET_SANDBOX_ROOT: join(folder, ".sandbox"), ...environment },
    });
  return {
    folder,
    git,
    command,
    change: (file, changes) => {
      const path = join(folder, file);
      let text = readFileSync(path, "utf8");
      for (const [before, after] of Object.entries(changes)) {
        if (!text.includes(before)) {
          throw new Error(`${file} has no ${JSON.stringify(before)}`);
        }
        text = text.replace(before, after);
      }
      writeFileSync(path, text);
    },
    review: async (...words) => {
      const finished = await command("review", ...words);
      const out = join(folder, ".review");
      if (!existsSync(join(out, "report.json"))) {
        throw new Error(`no report:\n${finished.stdout}\n${finished.stderr}`);
      }
      const files = Object.fromEntries(
        names.map((name) => [name, readFileSync(join(out, name), "utf8")]),
      );
      const report = Report.parse(JSON.parse(files["report.json"] ?? ""));
      return { ...finished, report, files };
    },
    dispose: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
