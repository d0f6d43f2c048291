/**
 * The program's source as git keeps it: what is being deployed as a commit, and the files of an
 * earlier one. The user's index, HEAD and work tree are never touched.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Git refused, or there is none: without it a failed update can only pause. */
export class GitError extends Error {
  override name = "GitError";
}

/** A commit of the source. */
export interface Snapshot {
  readonly commit: string;
  /** The work tree had changes: the commit was made of it, and no branch has it. */
  readonly changed: boolean;
}

/**
 * What the program is made of. Nothing else of the work tree is kept: a file of secrets that waits to be
 * imported must not end up in the object store.
 */
const programFiles = [
  "Pulumi.yaml",
  "main.mjs",
  "index.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "stacks",
  "components",
];

/**
 * Of the user's settings for git, those that lead to the remote and say whom to trust. A hook's own would
 * lead to its index, and to another repository.
 */
const kept = /^GIT_(SSH|ASKPASS|CONFIG_|SSL_|HTTP_|PROXY_|EXEC_PATH)/;

/** How long a remote may take to give one commit. */
const fetchMilliseconds = 60_000;

/** The repository of a clone. */
export class Git {
  readonly #clone: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(clone: string, environment: Readonly<Record<string, string | undefined>>) {
    this.#clone = clone;
    const own = Object.entries(environment).filter(
      ([name]) => !name.startsWith("GIT_") || kept.test(name),
    );
    this.#environment = { ...Object.fromEntries(own), GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };
  }

  /**
   * The source as it is now. Without changes that is HEAD; otherwise a commit on top of it, the same
   * for the same files, so that a second run of one work tree is one release.
   *
   * @throws GitError where the clone is no repository of its own, or has no commit.
   */
  async snapshot(stack: string): Promise<Snapshot> {
    const top = await this.#git(["rev-parse", "--show-toplevel"]);
    if (realpathSync(top) !== realpathSync(this.#clone)) {
      throw new GitError(`${this.#clone} is no git clone of its own`);
    }
    const head = await this.#git(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).catch(
      () => {
        throw new GitError(`${this.#clone} has no commit yet`);
      },
    );
    const tree = await this.#treeOfFiles(stack);
    if (tree === (await this.#git(["rev-parse", "HEAD^{tree}"]))) {
      return { commit: head, changed: false };
    }
    const [short = "", date = ""] = (await this.#git(["log", "-1", "--format=%h%n%cI"])).split(
      "\n",
    );
    const message = `Work tree of stack ${stack}, with changes since ${short}`;
    const person = { NAME: "fleet", EMAIL: "fleet@localhost", DATE: date };
    const identity = Object.entries(person).flatMap(([part, value]) => [
      [`GIT_AUTHOR_${part}`, value],
      [`GIT_COMMITTER_${part}`, value],
    ]);
    const commit = await this.#git(
      ["commit-tree", tree, "-p", head, "-m", message],
      Object.fromEntries(identity) as Record<string, string>,
    );
    return { commit, changed: true };
  }

  /** Whether a commit is here, with all its files. */
  async has(commit: string): Promise<boolean> {
    return this.#git(["cat-file", "-e", `${commit}^{tree}`]).then(
      () => true,
      () => false,
    );
  }

  /** The commit that a name stands for: a branch, also one that only the remote has, a tag, a hash; undefined for none. */
  async resolve(name: string): Promise<string | undefined> {
    for (const candidate of [name, `origin/${name}`]) {
      const words = ["rev-parse", "--verify", "--quiet", "--end-of-options"];
      const found = await this.#git([...words, `${candidate}^{commit}`]).catch(() => "");
      if (found !== "") {
        return found;
      }
    }
    return undefined;
  }

  /** Why git has no say here: there is none, this is no clone, or another user's; undefined where it has. */
  async refusal(): Promise<string | undefined> {
    return this.#git(["rev-parse", "--git-dir"]).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  /** Where what is checked out left another commit; undefined where the history at hand does not tell. */
  async mergeBase(commit: string): Promise<string | undefined> {
    return this.#git(["merge-base", "HEAD", commit]).catch(() => undefined);
  }

  /** Whether another commit has this one in its history, or is it; false also where the history at hand does not tell. */
  async isBelow(commit: string, other: string): Promise<boolean> {
    return this.#git(["merge-base", "--is-ancestor", commit, other]).then(
      () => true,
      () => false,
    );
  }

  /** Text of a file of a commit; undefined where it has none. */
  async textOf(commit: string, path: string): Promise<string | undefined> {
    return this.#git(["cat-file", "blob", `${commit}:${path}`]).catch(() => undefined);
  }

  /** Asks the remote for a commit: a pipeline's clone has the newest one only. Never throws. */
  async fetch(commit: string): Promise<void> {
    try {
      // A depth would cut the history of a clone that has it whole.
      const shallow = (await this.#git(["rev-parse", "--is-shallow-repository"])) === "true";
      await this.#git(
        [
          ...["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"],
          ...(shallow ? ["--depth=1"] : []),
          ...["origin", commit],
        ],
        {},
        fetchMilliseconds,
      );
    } catch {
      // Whoever asked looks whether it is there.
    }
  }

  /** Keeps a commit from being collected as garbage, under a name of ours. */
  async keep(name: string, commit: string): Promise<void> {
    await this.#git(["update-ref", `refs/fleet/${name}`, commit]);
  }

  /** Forgets every commit kept under a name. */
  async forget(name: string): Promise<void> {
    const refs = await this.#git(["for-each-ref", "--format=%(refname)", `refs/fleet/${name}`]);
    for (const ref of refs.split("\n").filter((line) => line !== "")) {
      await this.#git(["update-ref", "-d", ref]);
    }
  }

  /** A commit as people name it: `1a2b3c4 Its first line`. */
  async describe(commit: string): Promise<string> {
    const line = this.#git(["log", "-1", "--format=%h %s", commit, "--"]);
    return line.catch(() => commit.slice(0, 7));
  }

  /** Writes the files of a commit into a folder, in the place of whatever is there. */
  async checkOut(commit: string, folder: string): Promise<void> {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await this.#withIndex(async (index) => {
      await this.#git(["read-tree", commit], index);
      await this.#git(["checkout-index", "--all", `--prefix=${folder}/`], index);
    });
  }

  /** Path of a file of ours in the repository's own folder, which is never committed. */
  async privatePath(name: string): Promise<string> {
    return this.#git(["rev-parse", "--path-format=absolute", "--git-path", `fleet/${name}`]);
  }

  async #treeOfFiles(stack: string): Promise<string> {
    return this.#withIndex(async (index) => {
      await this.#git(["read-tree", "HEAD"], index);
      const wanted = [...programFiles, `Pulumi.${stack}.yaml`];
      const listed = await this.#git(["ls-tree", "--name-only", "HEAD", "--", ...wanted]);
      const known = listed.split("\n");
      const present: string[] = [];
      for (const path of wanted) {
        if (known.includes(path) || (await this.#isNew(path, index))) {
          present.push(path);
        }
      }
      await this.#git(["add", "--all", "--", ...present], index);
      return this.#git(["write-tree"], index);
    });
  }

  /** Whether git would take a path in that an index does not have: it refuses one that it is told to ignore. */
  async #isNew(path: string, index: Readonly<Record<string, string>>): Promise<boolean> {
    const words = ["ls-files", "--others", "--exclude-standard", "--", path];
    return (await this.#git(words, index)) !== "";
  }

  /** Does work with an index of its own: the user's may hold half a commit. */
  async #withIndex<Result>(
    work: (index: Readonly<Record<string, string>>) => Promise<Result>,
  ): Promise<Result> {
    const folder = mkdtempSync(join(tmpdir(), "fleet-index-"));
    const remove = (): void => {
      rmSync(folder, { recursive: true, force: true });
    };
    // A command that a signal ends does not come back here.
    process.on("exit", remove);
    try {
      return await work({ GIT_INDEX_FILE: join(folder, "index") });
    } finally {
      process.off("exit", remove);
      remove();
    }
  }

  async #git(
    words: readonly string[],
    more: Readonly<Record<string, string>> = {},
    timeout = 0,
  ): Promise<string> {
    try {
      // Signatures would stand between the words that are read.
      const { stdout } = await execute("git", ["-c", "log.showSignature=false", ...words], {
        cwd: this.#clone,
        env: { ...this.#environment, ...more },
        maxBuffer: 64 * 2 ** 20,
        timeout,
      });
      return stdout.trim();
    } catch (error) {
      const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
      throw new GitError(said === "" ? `git ${words[0] ?? ""} failed: is git on PATH?` : said);
    }
  }
}
