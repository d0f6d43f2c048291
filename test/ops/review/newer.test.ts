/** Whether an update would take a stack back: an approval that comes late, an old run that is started again. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { appliedCommit, refuseOlder } from "../../../ops/review/newer.ts";
import { Git } from "../../../release/git.ts";

describe("what was applied last", () => {
  const entry = (kind: string, commit?: string, result = "succeeded") => ({
    ...{ version: 1, kind, result, config: {}, startTime: "2026-11-22T10:00:00.000Z" },
    environment: commit === undefined ? { "exec.kind": "cli" } : { "git.head": commit },
  });

  test.each([
    ["nothing yet", [], undefined],
    ["the newest update", [entry("update", "b"), entry("update", "a")], "b"],
    [
      "one that failed: part of it runs",
      [entry("update", "b", "failed"), entry("update", "a")],
      "b",
    ],
    ["no refresh, whoever made it", [entry("refresh", "c"), entry("update", "a")], "a"],
    ["not one outside of a repository", [entry("update"), entry("update", "a")], "a"],
  ])("is %s", (_, history, commit) => {
    expect(appliedCommit(history)).toBe(commit);
  });
});

describe("an update that nobody watches", () => {
  let folder: string;
  const git = (...words: string[]): string =>
    execFileSync("git", words, { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();
  const commit = (message: string): string => {
    const who = ["-c", "user.name=a", "-c", "user.email=a@b"];
    git(...who, "commit", "--quiet", "--allow-empty", "-m", message);
    return git("rev-parse", "HEAD");
  };
  /** A clone that has `older` checked out, where the branch has gone on to `newer`; and a branch of somebody's own. */
  let older: string;
  let newer: string;
  let own: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-newer-"));
    git("init", "--quiet", "--initial-branch=master");
    older = commit("Two replicas");
    newer = commit("Three replicas");
    git("update-ref", "refs/remotes/origin/master", newer);
    git("checkout", "--quiet", "--detach", older);
    own = commit("What somebody tries");
    git("checkout", "--quiet", "--detach", older);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const refuse = (applied: string, branch?: string): Promise<string | undefined> =>
    refuseOlder({
      ...{ stack: "prod", branch, git: new Git(folder, process.env) },
      pulumi: () =>
        Promise.resolve(JSON.stringify([{ kind: "update", environment: { "git.head": applied } }])),
    });

  test.each(["master", undefined])(
    "takes nothing back that has come since (branch %s)",
    async (branch) => {
      await expect(refuse(newer, branch)).rejects.toThrow(
        /prod was brought to a newer commit already, \w+ Three replicas: this one, \w+ Two replicas/,
      );
    },
  );

  test("goes on from what was applied last, and may be run again", async () => {
    expect(await refuse(older, "master")).toBeUndefined();
    git("checkout", "--quiet", "--detach", newer);
    expect(await refuse(older, "master")).toBeUndefined();
  });

  test("brings a stack back to its branch from somebody's own, and to where that was set back", async () => {
    expect(await refuse(own, "master")).toBeUndefined();
    git("update-ref", "refs/remotes/origin/master", older);
    expect(await refuse(newer, "master")).toBeUndefined();
  });

  test("says so where the clone does not know what was applied", async () => {
    expect(await refuse("d".repeat(40), "master")).toContain("cannot be told");
  });
});
