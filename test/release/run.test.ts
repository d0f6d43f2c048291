/** The course of an update that keeps releases, over an engine that a test tells how to end. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Git } from "../../release/git.ts";
import { Journal } from "../../release/journal.ts";
import { updateOrRollBack } from "../../release/run.ts";
import { migrationsIn, releaseIn, type StackState } from "../../release/state.ts";
import { type Attempt, Interrupted, type Source, type Target } from "../../release/target.ts";
import type { Release } from "../../stacks/release.schema.ts";

const well: Attempt = {
  code: 0,
  interrupted: false,
  touched: true,
  changes: "1 changed",
  problems: [],
};
const failed: Attempt = { ...well, code: 255, problems: ["Deployment web", "  timed out"] };
const digest = `sha256:${"ab".repeat(32)}`;

describe("an update that fails", () => {
  let folder: string;
  let clone: string;
  let state: StackState;
  let ends: Attempt[];
  let runs: { readonly source: Source; readonly program: string; readonly config: string }[];
  let said: string[];
  let target: Target;
  let good: Release;

  const git = (...words: string[]): string =>
    execFileSync("git", words, { cwd: clone, encoding: "utf8", stdio: "pipe" }).trim();
  const commit = (text: string): string => {
    writeFileSync(join(clone, "index.ts"), text);
    git("add", "--all");
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", text);
    return git("rev-parse", "HEAD");
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-run-"));
    clone = join(folder, "clone");
    mkdirSync(join(clone, "node_modules"), { recursive: true });
    git("init", "--quiet");
    writeFileSync(join(clone, ".gitignore"), "node_modules\n");
    writeFileSync(join(clone, "Pulumi.test.yaml"), "config: new\n");
    const first = commit("first");
    commit("second");
    good = { commit: first, config: "config: old\n", digests: { "a/b:1": digest }, migrations: {} };
    state = { release: good, migrations: new Map() };
    ends = [];
    runs = [];
    said = [];
    target = {
      stack: "test",
      clone,
      name: "test/live",
      again: "make up",
      config: join(clone, "Pulumi.test.yaml"),
      checkout: join(folder, "checkout"),
      environment: process.env,
      git: new Git(clone, process.env),
      journal: new Journal(join(folder, "journal.json")),
      say: (line) => said.push(line),
      state: () => Promise.resolve(state),
      update: (source) => {
        const program = readFileSync(join(source.folder, "index.ts"), "utf8");
        runs.push({ source, program, config: readFileSync(source.config, "utf8") });
        const end = ends.shift();
        return end === undefined ? Promise.reject(new Error("killed")) : Promise.resolve(end);
      },
    };
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const isNoted = (): boolean => existsSync(join(folder, "journal.json"));
  const text = (): string => said.join("\n");

  it("is followed by the last good release: its program, its config, its digests", async () => {
    ends = [failed, well];
    expect(await updateOrRollBack(target)).toBe(1);
    expect(runs).toMatchObject([
      { program: "second", config: "config: new\n", source: { goingBack: false } },
      { program: "first", config: "config: old\n", source: { goingBack: true } },
    ]);
    expect(runs[0]?.source.release?.digests).toEqual({});
    expect(runs[1]?.source.release).toEqual({
      commit: good.commit,
      config: good.config,
      digests: good.digests,
    });
    expect(text()).toMatch(/was rolled back: 1 changed\n {2}tried .* second\n {2}failed .* web\n/);
    expect(text()).toMatch(/runs now {2}[0-9a-f]+ first, with its config and digests\n {2}next/);
    expect([isNoted(), existsSync(target.checkout)]).toEqual([false, false]);
    expect(git("rev-parse", "refs/fleet/test/live/good")).toBe(good.commit);
  });

  it.each<[string, RegExp, () => void]>([
    [
      "nothing was touched",
      /nothing was changed: what ran before runs on/,
      () => {
        ends = [{ ...failed, touched: false }];
      },
    ],
    [
      "it is the first",
      /there is no earlier release/,
      () => {
        state = { ...state, release: undefined };
      },
    ],
    [
      "it is the last good release itself",
      /what failed is the last good release itself/,
      () => {
        writeFileSync(target.config, good.config);
        state = { ...state, release: { ...good, commit: commit("the same") } };
      },
    ],
    [
      "a migration ran",
      /its data migration has run \(Job migrate\)/,
      () => {
        const urn = "urn:pulumi:test::fleet::t::migrate";
        const release = { ...good, migrations: { [urn]: "1" } };
        state = { release, migrations: new Map([[urn, "2"]]) };
      },
    ],
    [
      "the commit is not here",
      /cannot be fetched[\s\S]*the commit of the last good release, 0000.* is not in this clone/,
      () => {
        state = { ...state, release: { ...good, commit: "0".repeat(40) } };
      },
    ],
  ])("is left where it stopped where %s", async (_, why, given) => {
    ends = [failed];
    given();
    expect(await updateOrRollBack(target)).toBe(255);
    expect(runs).toHaveLength(1);
    expect(text()).toMatch(why);
    expect(text()).toMatch(/was not rolled back/);
    expect(isNoted()).toBe(false);
  });

  /** The engine ends well enough to write what was tried into its state as the release. */
  function recordReleases(): void {
    const before = target.update;
    target = {
      ...target,
      update: (source) => {
        const { commit: tried, config, digests } = source.release ?? good;
        state = { ...state, release: { commit: tried, config, digests, migrations: {} } };
        return before(source);
      },
    };
  }

  it("is left where it stopped where all its pods are ready", async () => {
    ends = [failed];
    recordReleases();
    await updateOrRollBack(target);
    expect(text()).toMatch(/all its pods are ready: what failed came after them/);
    expect(runs).toHaveLength(1);
  });

  it("is rolled back where the engine took pods for ready that are not", async () => {
    ends = [{ ...failed, unready: true }, well];
    recordReleases();
    expect(await updateOrRollBack(target)).toBe(1);
    expect(runs.map(({ program }) => program)).toEqual(["second", "first"]);
  });

  it("goes back over migrations that the last good release knows", async () => {
    const urn = "urn:pulumi:test::fleet::t::migrate";
    state = { release: { ...good, migrations: { [urn]: "1" } }, migrations: new Map([[urn, "1"]]) };
    ends = [failed, well];
    await updateOrRollBack(target);
    expect(runs).toHaveLength(2);
  });

  it("is not rolled back twice: a rollback that fails is said to have failed", async () => {
    ends = [failed, failed];
    expect(await updateOrRollBack(target)).toBe(1);
    expect(runs).toHaveLength(2);
    expect(text()).toMatch(/the rollback failed, too, and no second one is tried/);
    expect(isNoted()).toBe(false);
  });

  it("is rolled back by the next run where the engine was not let in", async () => {
    ends = [failed, { ...failed, touched: false }];
    await updateOrRollBack(target);
    expect(isNoted()).toBe(true);
    ends = [well];
    expect(await updateOrRollBack(target)).toBe(1);
    expect(runs.at(-1)?.program).toBe("first");
  });

  it("does not stand in the way for ever where the packages of the last good release are not to be had", async () => {
    const lock = join(clone, "package-lock.json");
    writeFileSync(lock, "{}");
    ends = [failed];
    expect(await updateOrRollBack(target)).toBe(1);
    expect(text()).toMatch(/its files cannot be had: npm ci failed/);
    expect(isNoted()).toBe(false);
  });

  it.each(["before", "after"] as const)(
    "and was killed %s its rollback began goes on from there",
    async (moment) => {
      ends = moment === "before" ? [] : [failed];
      await expect(updateOrRollBack(target)).rejects.toThrow("killed");
      expect(isNoted()).toBe(true);
      // The killed engine's state is gone: the note still knows what was good.
      state = { release: undefined, migrations: new Map() };
      ends = moment === "before" ? [{ ...failed, touched: false }, well] : [well];
      expect(await updateOrRollBack(target)).toBe(1);
      expect(runs.at(-1)).toMatchObject({ program: "first", config: "config: old\n" });
      expect(isNoted()).toBe(false);
    },
  );

  // The engine took its pods for ready and wrote so; the run that would have looked again was stopped.
  it("is rolled back to the release before, not to one that a stopped run left in the state", async () => {
    const stopped = { ...well, interrupted: true };
    const unready = { ...failed, touched: false, unready: true };
    ends = [stopped];
    expect(await updateOrRollBack(target)).toBe(130);
    const half = { commit: git("rev-parse", "HEAD"), config: "config: new\n" };
    state = { ...state, release: { ...half, digests: {}, migrations: {} } };
    // Another one is stopped on top of it, which the engine wrote nothing of.
    commit("third");
    ends = [stopped];
    expect(await updateOrRollBack(target)).toBe(130);
    ends = [unready, well];
    expect(await updateOrRollBack(target)).toBe(1);
    expect(runs.at(-1)).toMatchObject({ program: "first", config: "config: old\n" });
    expect(isNoted()).toBe(false);
  });

  it.each<[string, Attempt[], () => StackState["migrations"]]>([
    ["its rollback failed", [{ ...failed, unready: true }, failed], () => new Map()],
    ["it was left", [{ ...failed, unready: true }], () => new Map([["urn::migrate", "2"]])],
  ])("is not what the next one goes back to where %s", async (_, theirEnds, migrations) => {
    const bad = git("rev-parse", "HEAD");
    const atFirst = state;
    let reads = 0;
    target = { ...target, state: () => Promise.resolve((reads += 1) === 1 ? atFirst : state) };
    const release = { commit: bad, config: "config: new\n", digests: {}, migrations: {} };
    state = { release, migrations: migrations() };
    ends = theirEnds;
    expect(await updateOrRollBack(target)).not.toBe(0);
    expect(isNoted()).toBe(true);
    state = { ...state, migrations: new Map() };
    commit("third");
    ends = [failed, well];
    expect(await updateOrRollBack(target)).toBe(1);
    expect(runs.at(-1)?.program).toBe("first");
    expect(isNoted()).toBe(false);
  });

  it("goes back to what another clone brought up since, not to what a stopped run here remembers", async () => {
    ends = [{ ...well, interrupted: true }];
    await updateOrRollBack(target);
    const release = { ...good, commit: commit("from elsewhere") };
    state = { ...state, release };
    commit("third");
    ends = [failed, well];
    expect(await updateOrRollBack(target)).toBe(1);
    expect(runs.at(-1)?.program).toBe("from elsewhere");
  });

  it("is followed by what is here, once the rollback is finished, where that has changed since", async () => {
    ends = [failed];
    await expect(updateOrRollBack(target)).rejects.toThrow("killed");
    commit("third");
    ends = [well, well];
    expect(await updateOrRollBack(target)).toBe(0);
    expect(runs.slice(2).map(({ program }) => program)).toEqual(["first", "third"]);
    expect(git("rev-parse", "refs/fleet/test/live/good")).toBe(git("rev-parse", "HEAD"));
  });

  it("does not bar the way of what was mended where the last good release cannot be put back", async () => {
    ends = [failed];
    await expect(updateOrRollBack(target)).rejects.toThrow("killed");
    commit("third");
    ends = [{ ...failed, touched: false }, well];
    expect(await updateOrRollBack(target)).toBe(0);
    expect(runs.slice(2).map(({ program }) => program)).toEqual(["first", "third"]);
    expect(isNoted()).toBe(false);
  });

  /** A release that somebody has brought up from another clone. */
  function bringUpElsewhere(text: string): Release {
    const release = { ...good, commit: commit(text), config: "config: theirs\n" };
    state = { ...state, release };
    return release;
  }

  it("stays as it is where a rollback was stopped and another clone has brought something up since", async () => {
    ends = [failed, { ...failed, interrupted: true }];
    expect(await updateOrRollBack(target)).toBe(130);
    bringUpElsewhere("from elsewhere");
    commit("third");
    ends = [failed, well];
    expect(await updateOrRollBack(target)).toBe(1);
    expect(runs.slice(2).map(({ program }) => program)).toEqual(["third", "from elsewhere"]);
    expect(text()).toMatch(/[0-9a-f]+ from elsewhere was brought up since, and stays/);
    expect(isNoted()).toBe(false);
  });

  it("is not rolled back over what another clone has brought up while the engine was not let in", async () => {
    ends = [{ ...failed, interrupted: true }];
    expect(await updateOrRollBack(target)).toBe(130);
    ends = [{ ...failed, touched: false }, well];
    const { update } = target;
    let theirs = good;
    target = {
      ...target,
      update: (source) => {
        theirs = bringUpElsewhere("from elsewhere");
        return update(source);
      },
    };
    expect(await updateOrRollBack(target)).toBe(255);
    expect(runs).toHaveLength(2);
    expect(text()).toContain(`another run has brought up ${theirs.commit.slice(0, 12)} meanwhile`);
    expect(isNoted()).toBe(false);
  });

  it("is no rollback's any more once an update went well of which no release could be kept", async () => {
    ends = [failed, { ...failed, interrupted: true }];
    expect(await updateOrRollBack(target)).toBe(130);
    const { git: whole } = target;
    target = { ...target, git: new Git(folder, process.env) };
    ends = [well];
    expect(await updateOrRollBack(target)).toBe(0);
    expect([text(), isNoted()]).toEqual([expect.stringMatching(/will only pause/), false]);
    target = { ...target, git: whole };
    ends = [well];
    expect(await updateOrRollBack(target)).toBe(0);
    expect(runs.slice(3).map(({ program }) => program)).toEqual(["second"]);
  });

  it("leaves its note where an update of which no release could be kept fails as well", async () => {
    ends = [failed, { ...failed, interrupted: true }, failed];
    await updateOrRollBack(target);
    expect(await updateOrRollBack({ ...target, git: new Git(folder, process.env) })).toBe(255);
    expect(isNoted()).toBe(true);
  });

  // Each of them took its pods for ready and wrote so, and was stopped before that was looked at once more.
  it.each<[string, Attempt[]]>([
    ["whose rollback failed", [failed, failed]],
    ["that was left where it stopped", [failed]],
  ])("is no reason to trust what was begun before one %s", async (_, theirEnds) => {
    ends = [{ ...well, interrupted: true }];
    await updateOrRollBack(target);
    const half = { commit: git("rev-parse", "HEAD"), config: "config: new\n" };
    const migrations = new Map(theirEnds.length === 1 ? [["urn::migrate", "2"]] : []);
    state = { release: { ...half, digests: {}, migrations: {} }, migrations };
    commit("third");
    ends = theirEnds;
    expect(await updateOrRollBack(target)).not.toBe(0);
    state = { ...state, migrations: new Map() };
    commit("fourth");
    ends = [failed, well];
    expect(await updateOrRollBack(target)).toBe(1);
    expect(runs.at(-1)?.program).toBe("first");
  });

  it("says that its rollback did not begin where the engine was not let in, and who begins it", async () => {
    ends = [failed, { ...failed, touched: false }];
    await updateOrRollBack(target);
    expect(text()).toMatch(/could not begin, and nothing was put back: make up begins with it/);
    expect(text()).not.toMatch(/no second one is tried/);
  });

  it("is decided on no state that cannot be read: neither before nor after it is nothing done", async () => {
    const unreadable = { ...target, state: () => Promise.reject(new Error("no such key")) };
    await expect(updateOrRollBack(unreadable)).rejects.toThrow("no such key");
    expect([runs, isNoted()]).toEqual([[], false]);
    let reads = 0;
    ends = [failed];
    const later = {
      ...target,
      state: () => ((reads += 1) === 1 ? target.state() : unreadable.state()),
    };
    await expect(updateOrRollBack(later)).rejects.toThrow("no such key");
    expect([runs.length, isNoted()]).toEqual([1, true]);
  });

  it("ends as Ctrl-C does where that came while the state was read", async () => {
    target = { ...target, state: () => Promise.reject(new Interrupted()) };
    expect(await updateOrRollBack(target)).toBe(130);
    expect(text()).toBe("up: stopped; make up goes on from there");
    expect(runs).toEqual([]);
  });

  it("takes half a note for a run that was killed", async () => {
    writeFileSync(join(folder, "journal.json"), '{"phase": "upd');
    ends = [{ ...failed, touched: false }, well];
    expect(await updateOrRollBack(target)).toBe(1);
    expect(runs.at(-1)?.program).toBe("first");
    expect(isNoted()).toBe(false);
  });

  it("has ended well, though git cannot keep its commit from the next collection of garbage", async () => {
    ends = [well];
    target.git.keep = (name) =>
      name.endsWith("/good") ? Promise.reject(new Error("disk full")) : Promise.resolve();
    expect(await updateOrRollBack(target)).toBe(0);
    expect(text()).toMatch(/warning: git may collect what runs now.*disk full/);
    expect(isNoted()).toBe(false);
  });

  it("only pauses where no release can be kept, and says so", async () => {
    rmSync(join(clone, ".git"), { recursive: true });
    ends = [failed];
    expect(await updateOrRollBack(target)).toBe(255);
    expect(runs.map(({ source }) => source.release)).toEqual([undefined]);
    expect(text()).toMatch(/warning: a failed update will only pause/);
  });
});

describe("migrations of a state", () => {
  const job = (name: string, annotations: object, uid?: string): object => ({
    urn: `urn:pulumi:test::fleet::kubernetes:batch/v1:Job::${name}`,
    type: "kubernetes:batch/v1:Job",
    inputs: { metadata: { annotations } },
    outputs: { metadata: { uid } },
  });
  const marked = { "fleet/migration": "true" };

  it("are the marked Jobs, and those that an engine was killed over", () => {
    const found = migrationsIn({
      resources: [
        { urn: "urn:x", type: "pulumi:pulumi:Stack" },
        job("report", {}, "1"),
        job("migrate", marked, "2"),
      ],
      pending_operations: [
        { resource: job("begun", marked), type: "creating" },
        { resource: job("going", marked), type: "deleting" },
      ],
    });
    expect([...found].map(([urn, uid]) => [urn.split("::").at(-1), uid])).toEqual([
      ["migrate", "2"],
      ["begun", ""],
    ]);
    expect(migrationsIn(undefined).size).toBe(0);
  });

  it("are those that ran last, where an update that failed leaves the Jobs that they replaced", () => {
    const replaced = { ...job("migrate", marked, "1"), delete: true };
    const found = migrationsIn({ resources: [job("migrate", marked, "2"), replaced] });
    expect([...found.values()]).toEqual(["2"]);
    expect([...migrationsIn({ resources: [replaced] }).values()]).toEqual(["1"]);
  });
});

describe("the release of a state", () => {
  const release = { commit: "a".repeat(40), config: "text", digests: {}, migrations: {} };

  it("is the output of that name; a stack without it, or with one that is none, has no release", () => {
    expect(releaseIn(JSON.stringify({ system: "voting", release }))).toEqual(release);
    expect(releaseIn("{}")).toBeUndefined();
    expect(releaseIn('{"release": {"commit": "main"}}')).toBeUndefined();
  });

  it("is not missing where nothing could be read", () => {
    expect(() => releaseIn("")).toThrow();
    expect(() => releaseIn("error: no stack")).toThrow();
  });
});
