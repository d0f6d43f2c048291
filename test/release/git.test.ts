/** Commits of what is deployed: made beside the user's own work, never in it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Git } from "../../release/git.ts";

describe("a clone", () => {
  let folder: string;
  let clone: string;
  let git: Git;

  const run = (...words: string[]): string =>
    execFileSync("git", words, { cwd: clone, encoding: "utf8", stdio: "pipe" }).trim();
  const write = (path: string, text: string): void => {
    writeFileSync(join(clone, path), text);
  };
  const commitAll = (message: string): void => {
    run("add", "--all");
    run("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", message);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-git-"));
    clone = join(folder, "clone");
    mkdirSync(join(clone, "stacks"), { recursive: true });
    mkdirSync(join(clone, "docs"));
    run("init", "--quiet");
    write("index.ts", "one");
    write("stacks/a.ts", "a");
    write("docs/a.md", "a");
    write("Pulumi.test.yaml", "config: {}\n");
    write(".gitignore", "*.log\n");
    commitAll("First");
    git = new Git(clone, process.env);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("says why git has no say in it, and nothing where it has", async () => {
    expect(await git.refusal()).toBeUndefined();
    const none = new Git(clone, { ...process.env, PATH: folder });
    expect(await none.refusal()).toContain("is git on PATH?");
    rmSync(join(clone, ".git"), { recursive: true });
    expect(await git.refusal()).toContain("not a git repository");
  });

  it("without changes is its HEAD, whatever has changed beside the program", async () => {
    write("docs/a.md", "b");
    write("keys.json", "a file that waits to be imported");
    expect(await git.snapshot("test")).toEqual({
      commit: run("rev-parse", "HEAD"),
      changed: false,
    });
  });

  it("with changes is a commit of its own, and index, HEAD and work tree are as they were", async () => {
    write("index.ts", "staged");
    run("add", "index.ts");
    write("index.ts", "two");
    write("stacks/new.ts", "new");
    write("stacks/debug.log", "ignored");
    write("keys.json", "a file that waits to be imported");
    rmSync(join(clone, "stacks/a.ts"));
    const before = [run("status", "--porcelain=v2", "--branch"), run("diff", "--cached")];

    const { commit, changed } = await git.snapshot("test");
    expect(changed).toBe(true);
    expect([run("status", "--porcelain=v2", "--branch"), run("diff", "--cached")]).toEqual(before);
    expect(run("ls-tree", "-r", "--name-only", commit).split("\n")).toEqual([
      ".gitignore",
      "Pulumi.test.yaml",
      "docs/a.md",
      "index.ts",
      "stacks/new.ts",
    ]);
    expect(run("show", `${commit}:index.ts`)).toBe("two");
    // The same files are the same release, however often they are run.
    await new Promise((settle) => setTimeout(settle, 1_100));
    expect((await git.snapshot("test")).commit).toBe(commit);
  });

  it("takes a stack file that git ignores for none of its files, and does not fail of it", async () => {
    write("Pulumi.mine.yaml", "config: {}\n");
    write(".git/info/exclude", "Pulumi.mine.yaml\nkeys.json\n");
    write("stacks/keys.json", "secret");
    write("index.ts", "two");
    const { commit } = await git.snapshot("mine");
    const files = run("ls-tree", "-r", "--name-only", commit);
    expect(files).not.toMatch(/mine|keys/);
    expect(run("show", `${commit}:index.ts`)).toBe("two");
  });

  it("has a new stack file, whether or not its owner has told git of it", async () => {
    write("Pulumi.mine.yaml", "config: {}\n");
    const { commit } = await git.snapshot("mine");
    expect(run("show", `${commit}:Pulumi.mine.yaml`)).toBe("config: {}");
    run("add", "Pulumi.mine.yaml");
    expect((await git.snapshot("mine")).commit).toBe(commit);
  });

  it("without a branch, and in a work tree of its own, is what is checked out there", async () => {
    const head = run("rev-parse", "HEAD");
    run("checkout", "--quiet", "--detach");
    expect(await git.snapshot("test")).toEqual({ commit: head, changed: false });
    const other = join(folder, "other");
    run("worktree", "add", "--quiet", "--detach", other);
    const second = new Git(other, process.env);
    expect(await second.snapshot("test")).toEqual({ commit: head, changed: false });
    expect(await second.privatePath("note")).not.toBe(await git.privatePath("note"));
  });

  it.each([["whole"], ["shallow"]] as const)(
    "that is %s gets a commit that it lacks from its remote, and stays as it is",
    async (depth) => {
      const words = depth === "shallow" ? ["--depth=1"] : [];
      const copy = join(folder, "copy");
      run("clone", "--quiet", ...words, `file://${clone}`, copy);
      write("index.ts", "two");
      commitAll("Second");
      const missing = run("rev-parse", "HEAD");
      // The way to the remote is the user's own affair.
      execFileSync("git", ["remote", "set-url", "origin", "fleet:clone"], { cwd: copy });
      const own = new Git(copy, {
        ...process.env,
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: `url.file://${folder}/.insteadOf`,
        GIT_CONFIG_VALUE_0: "fleet:",
      });
      expect(await own.has(missing)).toBe(false);
      await own.fetch(missing);
      expect(await own.has(missing)).toBe(true);
      const files = [join(copy, ".git/shallow"), join(copy, ".git/FETCH_HEAD")];
      expect(files.map(existsSync)).toEqual([depth === "shallow", false]);
      await own.fetch("0".repeat(40));
    },
  );

  it("is not led astray by the settings of a hook that runs it", async () => {
    const index = join(folder, "hook-index");
    const inHook = new Git(clone, { ...process.env, GIT_INDEX_FILE: index, GIT_DIR: folder });
    write("index.ts", "two");
    expect(await inHook.snapshot("test")).toEqual(await git.snapshot("test"));
    expect(existsSync(index)).toBe(false);
  });

  it("keeps a commit through a collection of garbage until it is told to forget it", async () => {
    write("index.ts", "two");
    const { commit } = await git.snapshot("test");
    await git.keep("test/live/good", commit);
    run("checkout", "--quiet", "index.ts");
    run("gc", "--quiet", "--prune=now");
    expect(await git.has(commit)).toBe(true);
    await git.forget("test/live");
    run("gc", "--quiet", "--prune=now");
    expect(await git.has(commit)).toBe(false);
  });

  it("gives back the files of a commit, in the place of what was there", async () => {
    const first = run("rev-parse", "HEAD");
    write("index.ts", "two");
    commitAll("Second");
    const checkout = join(folder, "checkout");
    mkdirSync(checkout);
    writeFileSync(join(checkout, "left-over"), "");
    await git.checkOut(first, checkout);
    expect(readFileSync(join(checkout, "index.ts"), "utf8")).toBe("one");
    expect(existsSync(join(checkout, "left-over"))).toBe(false);
    expect(run("status", "--porcelain")).toBe("");
  });

  it("says why no release can be kept", async () => {
    const bare = join(folder, "bare");
    mkdirSync(bare);
    await expect(new Git(bare, process.env).snapshot("test")).rejects.toThrow(
      /not a git repository/,
    );
    await expect(new Git(join(clone, "stacks"), process.env).snapshot("test")).rejects.toThrow(
      /no git clone of its own/,
    );
    execFileSync("git", ["init", "--quiet"], { cwd: bare });
    await expect(new Git(bare, process.env).snapshot("test")).rejects.toThrow(/has no commit yet/);
    await expect(new Git(clone, { PATH: folder }).snapshot("test")).rejects.toThrow(
      /is git on PATH/,
    );
  });
});
