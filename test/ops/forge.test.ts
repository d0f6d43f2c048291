/**
 * The one comment of a pull request, and what else the pipelines ask of a forge, against a server that
 * speaks its API. Proves what is asked for and what is made of the answers; not that GitHub answers so.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { whyNoYes } from "../../ops/forge/agreed.ts";
import { raiseAlarm } from "../../ops/forge/alarm.ts";
import { joinFolders, mostBytes, trustedReport } from "../../ops/forge/artifact.ts";
import { placeComment } from "../../ops/forge/comment.ts";
import { ForgeFault } from "../../ops/forge/fault.ts";
import { Forge, type ForgeOptions } from "../../ops/forge/forge.ts";
import { pullOf, reviewOf } from "../../ops/forge/pulls.ts";
import { runComment, runJoin } from "../../ops/forge/run.ts";
import { joinReports } from "../../review/join.ts";
import { Report } from "../../review/model.ts";
import { renderJson } from "../../review/render/json.ts";
import { marker, renderMarkdown } from "../../review/render/markdown.ts";
import { item, quietStack, sample } from "../review/render/sample.ts";
import { bot, ForgeServer, repository } from "./forge-server.ts";

const server = new ForgeServer();
let waits: number[] = [];

const forge = (options: Partial<ForgeOptions> = {}): Forge =>
  new Forge({
    ...{ api: server.url, repository, token: "a-token" },
    wait: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
    now: () => Date.UTC(2026, 10, 21),
    ...options,
  });

beforeEach(async () => {
  await server.start();
  waits = [];
});
afterEach(async () => {
  await server.stop();
  for (const list of [server.comments, server.issues, server.pulls, server.runs, server.mishaps]) {
    list.length = 0;
  }
  server.permissions.clear();
  server.asked.length = 0;
  server.mostOnPage = 100;
});

const commit = "c".repeat(40);
const head = (name = repository, sha = commit) => ({
  sha,
  ref: "change",
  repo: { full_name: name },
});

const body = renderMarkdown(sample);
const place = (text = body, quiet = false, on = forge()): ReturnType<typeof placeComment> =>
  placeComment(on, { number: 7, marker, body: text, user: bot, quiet });
const ours = (): readonly string[] =>
  server.comments.filter(({ user }) => user.login === bot).map((comment) => comment.body);

describe("the comment", () => {
  test("is made once, and left alone while it says the same but for its time", async () => {
    expect(await place()).toBe("made");
    const later = { ...sample, provenance: { ...sample.provenance, time: "2031-01-01T00:00:00Z" } };
    expect(renderMarkdown(later)).not.toBe(body);
    expect(await place(renderMarkdown(later))).toBe("unchanged");
    expect(server.changes).toEqual(["POST /issues/7/comments"]);
    expect(ours()).toEqual([body]);
  });

  test("is found on the third page, and changed where it stands", async () => {
    for (let count = 0; count < 250; count += 1) {
      server.say(7, "somebody", `comment ${count}`);
    }
    const old = server.say(7, bot, `${marker}0 -->\n\nwhat it said before`);
    expect(await place()).toBe("updated");
    expect(old.body).toBe(body);
    expect(ours()).toHaveLength(1);
    expect(server.asked.filter((line) => line.startsWith("GET"))).toHaveLength(3);
  });

  test("is put right where somebody has edited it", async () => {
    const edited = server.say(7, bot, body.replace("data loss", "nothing to see"));
    expect(edited.body).not.toBe(body);
    expect(await place()).toBe("updated");
    expect(edited.body).toBe(body);
  });

  test("is nobody else's, whatever it begins with", async () => {
    const other = server.say(7, "mallory", `${marker}0 -->\n\nmine`);
    const quoted = server.say(7, bot, `> ${marker}0 -->\n\nquoted by us`);
    expect(await place()).toBe("made");
    expect([other.body, quoted.body]).toEqual([
      `${marker}0 -->\n\nmine`,
      `> ${marker}0 -->\n\nquoted by us`,
    ]);
  });

  test("is one: of several of ours the oldest stays", async () => {
    const [first] = [1, 2, 3].map((count) => server.say(7, bot, `${marker}${count} -->`));
    expect(await place()).toBe("updated");
    expect(ours()).toEqual([body]);
    expect(server.comments[0]?.id).toBe(first?.id);
  });

  test("is not made where nothing changes, and brought up to date where it stands", async () => {
    expect(await place("nothing", true)).toBe("none");
    expect(server.changes).toEqual([]);
    server.say(7, bot, body);
    const none = renderMarkdown({ ...sample, stacks: [quietStack("prod")] });
    expect(await place(none, true)).toBe("updated");
    expect(ours()).toEqual([none]);
  });

  test("that the forge would refuse for its length is not sent", async () => {
    await expect(place(marker + "x".repeat(65_536))).rejects.toThrow("65536 at most");
    expect(server.asked).toEqual([]);
  });
});

describe("a forge that fails for a while", () => {
  test.each([
    [{ status: 429, headers: { "retry-after": "7" } }, 7000],
    [{ status: 403, headers: { "retry-after": "Sat, 21 Nov 2026 00:00:09 GMT" } }, 9000],
    [
      {
        status: 403,
        headers: {
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": `${Date.UTC(2026, 10, 21) / 1000 + 30}`,
        },
      },
      31_000,
    ],
    [{ status: 403, message: "You have exceeded a secondary rate limit." }, 60_000],
    [{ status: 503, headers: { "retry-after": "3" } }, 3000],
    [{ status: 502 }, 1000],
    [{ breakOff: true }, 1000],
  ])("is waited for: %j", async (mishap, milliseconds) => {
    server.mishaps.push({ on: "GET /issues", ...mishap });
    expect(await place()).toBe("made");
    expect(waits).toEqual([milliseconds]);
    expect(ours()).toEqual([body]);
  });

  test("and has made the comment without saying so has made one comment", async () => {
    server.mishaps.push({ on: "POST", loseAnswer: true });
    await place();
    expect(ours()).toEqual([body]);
  });

  test.each([
    { breakOff: true },
    { status: 500 },
    { status: 429, headers: { "retry-after": "1" } },
  ])("and has not made it is asked again: %j", async (mishap) => {
    server.mishaps.push({ on: "POST", ...mishap });
    expect(await place()).toBe("made");
    expect(ours()).toEqual([body]);
  });

  test("and loses the comment meanwhile gets a new one", async () => {
    server.say(7, bot, `${marker}0 -->`);
    server.mishaps.push({ on: "PATCH", status: 404, message: "Not Found" });
    expect(await place()).toBe("updated");
    expect(ours()).toEqual([body]);
  });

  test("is not waited for longer than our patience, and says how long it wants", async () => {
    server.mishaps.push({ on: "GET", status: 429, headers: { "retry-after": "3600" } });
    await expect(place()).rejects.toThrow(/wants 3600 s, and 600 s are left/);
  });

  test("for good is given up after some tries", async () => {
    for (let count = 0; count < 9; count += 1) {
      server.mishaps.push({ on: "GET", status: 502 });
    }
    await expect(place()).rejects.toThrow("502; a failure of the forge's own");
    expect(waits).toEqual([1000, 2000, 4000, 8000]);
  });

  test("and does not answer is not waited for longer than a time-out", async () => {
    server.pulls.push({ number: 1, state: "open", base: { ref: "develop" }, head: head() });
    server.mishaps.push(...[1, 2].map(() => ({ on: "GET", silent: true })));
    // Whether or not the first question has come there by then: the next one is answered, and in its own time.
    const options = {
      ...{ api: server.url, repository, token: "a-token", timeout: 100 },
      wait: (milliseconds: number) => {
        waits.push(milliseconds);
        server.mishaps.length = 0;
        options.timeout = 60_000;
        return Promise.resolve();
      },
    };
    expect(await new Forge(options).get("pulls/1")).toMatchObject({ number: 1 });
    expect(waits).toEqual([1000]);
    const nowhere = forge({ api: "http://127.0.0.1:9", patience: 1500 });
    await expect(nowhere.get("pulls/1")).rejects.toThrow(
      /fails \(127.0.0.1:9 does not answer.*patience/,
    );
  });
});

describe("a refusal", () => {
  test.each([
    [403, "Resource not accessible by integration", /403 Resource not accessible .*lacks a right/],
    [404, "Not Found", /404 Not Found; it is not there, or the token may not read/],
    [401, "Bad credentials", /401 Bad credentials; the token is none/],
    [422, "Validation Failed", /422 Validation Failed$/],
    [301, "", /moved\? The token goes to no other address/],
  ])("with %i is told and not tried again", async (status, message, told) => {
    server.mishaps.push(...[1, 2].map(() => ({ on: "GET", status, message })));
    const failure = await place().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ForgeFault);
    expect((failure as ForgeFault).message).toMatch(told);
    expect((failure as ForgeFault).message).not.toContain("a-token");
    expect(waits).toEqual([]);
  });

  test("to give the token to another server, or in plain text", async () => {
    expect(() => forge({ api: "http://api.example.org" })).toThrow("must begin with https://");
    expect(() => forge({ repository: "../x" })).toThrow("owner/name");
    const elsewhere = { link: '<https://elsewhere.example/?page=2>; rel="next"' };
    server.mishaps.push({ on: "GET", status: 200, headers: elsewhere });
    const list = forge().list("issues", () => []);
    await expect(list.next()).rejects.toThrow("on another server");
  });
});

describe("the pull request of a run", () => {
  const pull = (number: number, from: string, sha = commit) =>
    server.pulls.push({ number, state: "open", base: { ref: "develop" }, head: head(from, sha) });
  const find = (name: string) => pullOf(forge(), { repository: name, branch: "change", commit });

  test("is the open one of that very head, a fork's too", async () => {
    pull(1, repository, "d".repeat(40));
    pull(2, repository);
    pull(3, "mallory/fleet");
    expect(await find(repository)).toEqual({ number: 2, stranger: undefined });
    expect(await find("mallory/fleet")).toEqual({ number: 3, stranger: "fork" });
    expect(await find("mallory/other")).toBeUndefined();
  });

  test("is a stranger's where a bot has made it, in the repository itself as it may be", async () => {
    const user = { type: "Bot" } as const;
    server.pulls.push({
      ...{ number: 4, state: "open", base: { ref: "develop" }, head: head(), user },
    });
    expect(await find(repository)).toEqual({ number: 4, stranger: "bot" });
  });
});

describe("two pull requests of one head", () => {
  const open = (number: number, state: "open" | "closed" = "open") =>
    server.pulls.push({ number, state, base: { ref: `to-${number}` }, head: head() });
  const find = (title: string | undefined) =>
    pullOf(forge(), { repository, branch: "change", commit, title });

  test("have each its own report, by the number that its run begins with", async () => {
    [4, 5].forEach((number) => open(number));
    expect(await find("#5 A change")).toMatchObject({ number: 5 });
    expect(await find("#4 A change, as #5")).toMatchObject({ number: 4 });
  });

  test("have the one nothing said of the other, which was closed meanwhile", async () => {
    open(4);
    open(5, "closed");
    expect(await find("#5 A change")).toBeUndefined();
  });

  test("are all that a run's name chooses from: it leads to nobody else's, and hides nothing", async () => {
    open(4);
    server.pulls.push({
      ...{ number: 9, state: "open", base: { ref: "develop" } },
      head: { ...head(repository, "e".repeat(40)) },
    });
    expect(await find("#9 A change")).toMatchObject({ number: 4 });
    expect(await find(undefined)).toMatchObject({ number: 4 });
  });
});

describe("a preview that was cut off", () => {
  const number = 9;
  const run = (id: number, rest: object = {}) =>
    server.runs.push({
      ...{ id, run_number: id, head_sha: commit, event: "pull_request", conclusion: "cancelled" },
      ...{ head_repository: { full_name: repository }, pull_requests: [{ number }], ...rest },
    });
  const comment = async (): Promise<readonly string[]> => {
    server.pulls.push({ number, state: "open", base: { ref: "develop" }, head: head() });
    server.say(number, bot, `${marker}0 -->\n\nwhat an older commit did`);
    const environment = {
      ...{ GITHUB_API_URL: server.url, GITHUB_REPOSITORY: repository, GITHUB_TOKEN: "a-token" },
      ...{ HEAD_REPOSITORY: repository, HEAD_BRANCH: "change", HEAD_COMMIT: commit },
      ...{ REVIEW_RUN: "10", REVIEW_ENDED: "cancelled" },
    };
    expect(await runComment({ from: "/nowhere" }, environment)).toBe(0);
    return ours();
  };

  test("has its comment say so: an older commit's would pass for this one's", async () => {
    run(8, { conclusion: "success" });
    run(10);
    expect((await comment()).join("")).toContain("no report of this commit");
  });

  test("has nothing said where a newer one of the same pull request is behind it", async () => {
    run(10);
    run(12, { status: "in_progress", conclusion: null });
    expect((await comment()).join("")).toContain("what an older commit did");
  });

  test("is not stood in for by another pull request's, nor by a fork's", async () => {
    run(10);
    run(12, { pull_requests: [{ number: 4 }] });
    run(13, { display_title: "#4 A change", pull_requests: [] });
    run(14, { head_repository: { full_name: "mallory/fleet" } });
    expect((await comment()).join("")).toContain("no report of this commit");
  });
});

describe("the review of what was merged", () => {
  const merged = (number: number, from = repository, base = "master") =>
    server.pulls.push({
      ...{
        number,
        state: "closed",
        merged_at: "2026-11-20T00:00:00Z",
        merge_commit_sha: "m".repeat(40),
      },
      ...{ base: { ref: base }, head: head(from) },
    });
  const run = (id: number, number: number, rest: object = {}) =>
    server.runs.push({
      ...{ id, run_number: id, head_sha: commit, event: "pull_request", conclusion: "success" },
      ...{
        head_repository: { full_name: repository },
        pull_requests: number === 4 ? [] : [{ number }],
      },
      ...rest,
    });
  const find = () =>
    reviewOf(forge(), { branch: "master", commit: "m".repeat(40), workflow: "preview.yml" });

  test("is the newest over its last commit", async () => {
    merged(4);
    run(10, 4);
    run(11, 4, { conclusion: "cancelled" });
    run(12, 4);
    run(16, 5);
    // After the merge none of them names a pull request but by its title.
    run(17, 4, { display_title: "#5 A change" });
    run(18, 4, { head_repository: { full_name: "mallory/fleet" } });
    run(20, 4, { head_sha: "e".repeat(40) });
    expect(await find()).toEqual({ run: 12, pull: 4 });
  });

  test.each([
    ["a direct push", () => undefined, /is of no pull request to master/],
    ["another branch's", () => merged(4, repository, "develop"), /no pull request to master/],
    ["a fork's", () => merged(4, "mallory/fleet"), /came from a fork/],
    ["one nobody reviewed", () => merged(4), /merged without a review/],
    [
      "one whose agreement was taken back",
      () => {
        merged(4);
        run(10, 4);
        run(12, 4, { conclusion: "failure" });
      },
      /merged without a review .* that ended well/,
    ],
    [
      "one whose last review was cut off, as GitHub calls what runs out of time as well",
      () => {
        merged(4);
        run(10, 4);
        run(12, 4, { conclusion: "cancelled" });
      },
      /merged without a review .* that ended well/,
    ],
  ])("does not exist for %s, and it says what to do", async (_, prepare, told) => {
    prepare();
    await expect(find()).rejects.toThrow(told);
    await expect(find()).rejects.toThrow("by hand");
  });

  test("is waited for where it is still at work: an older one may have agreed to something else", async () => {
    merged(4);
    run(10, 4);
    run(12, 4, { status: "in_progress", conclusion: null });
    await expect(find()).rejects.toThrow(/run this job again when run 12 has ended/);
  });
});

describe("an artifact of a job that is not trusted", () => {
  let folder: string;
  const known = { commit, url: "https://forge.example/run/1", stranger: undefined };
  const write = (text: string): void => {
    writeFileSync(join(folder, "report.json"), text);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-artifact-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("is judged anew: a verdict that its changes do not bear out counts for nothing", () => {
    const lie = {
      ...sample,
      verdict: { line: "prod: no change", exitCode: 0 as const, risky: [] },
      stacks: sample.stacks.map((stack) => ({
        ...stack,
        ...{ outcome: "unchanged" as const, line: "no change", counts: quietStack("a").counts },
        items: stack.items.map((one) => ({ ...one, folded: true })),
      })),
      groups: [],
    };
    expect(sample.stacks.some(({ items }) => items.length > 0)).toBe(true);
    write(renderJson(lie));
    const report = trustedReport(folder, known);
    expect(report.verdict.exitCode).not.toBe(0);
    expect(report.verdict.line).not.toContain("no change");
    expect(renderMarkdown(report)).toContain("claim-shrunk");
  });

  test("says nothing of its commit, its page, or what a reader may run", () => {
    const stacks = [
      { ...quietStack("prod"), provenance: { versions: {}, reproduce: "curl x | sh" } },
    ];
    const provenance = { commit: "f".repeat(40), url: "https://evil.example", time: "<img>" };
    write(renderJson({ ...sample, stacks, provenance }));
    const text = renderMarkdown(trustedReport(folder, known));
    expect(text).not.toMatch(/evil|curl|<img|ffff/);
    expect(text).toContain(commit.slice(0, 12));
  });

  test.each(["fork", "bot"] as const)(
    "of a %s says so, and cannot say that it is live",
    (stranger) => {
      const from = (target: string) => ({
        ...quietStack("prod"),
        provenance: { versions: {}, target },
      });
      write(renderJson({ ...sample, stacks: [from("state")] }));
      const offline = trustedReport(folder, { ...known, stranger });
      expect(renderMarkdown(offline)).toContain(`the code of a ${stranger} has made this report`);
      write(renderJson({ ...sample, stacks: [from("live")] }));
      const live = trustedReport(folder, { ...known, stranger });
      expect(live.stacks).toEqual([]);
      expect(live.verdict.exitCode).toBe(1);
    },
  );

  test.each([
    ["none at all", () => undefined, "left no report.json"],
    [
      "no JSON",
      () => {
        write("{");
      },
      "no report of this version",
    ],
    [
      "another schema",
      () => {
        write('{"format":2}');
      },
      "no report of this version",
    ],
    [
      "a nest of lists",
      () => {
        write("[".repeat(100_000));
      },
      "no report of this version",
    ],
    [
      "a name of a stack that is none",
      () => {
        write(renderJson({ ...sample, stacks: [quietStack("../x")] }));
      },
      "must be the name of a stack",
    ],
    [
      "a folder",
      () => {
        mkdirSync(join(folder, "report.json"));
      },
      "left no report.json|no file",
    ],
    [
      "a link",
      () => {
        symlinkSync("/etc/hostname", join(folder, "report.json"));
      },
      "left no report.json",
    ],
    [
      "more than is read",
      () => {
        write("");
        truncateSync(join(folder, "report.json"), mostBytes + 1);
      },
      "no file of 32 MiB",
    ],
  ])("that is %s stands in the comment as a report that is missing", (_, prepare, told) => {
    prepare();
    const report = trustedReport(folder, known);
    expect(report.verdict.exitCode).toBe(1);
    expect(report.missing[0]?.why).toMatch(new RegExp(told));
    expect(renderMarkdown(report)).toContain("no report of this commit");
  });

  test("with 200 KB to say is a comment that the forge takes, the worst of it first", async () => {
    const many = Array.from({ length: 1500 }, (_, count) =>
      item(`ConfigMap skywire/config-${count}`, count === 1499 ? "data-loss" : "rollout", {
        words: [`a line of its own that says ${"what ".repeat(12)}${count}`],
      }),
    );
    write(renderJson({ ...sample, stacks: [{ ...quietStack("prod"), items: many }] }));
    const report = trustedReport(folder, known);
    expect(renderMarkdown(report, { budget: 10_000_000 }).length).toBeGreaterThan(200_000);
    expect(await place(renderMarkdown(report))).toBe("made");
    expect(ours()[0]?.length).toBeLessThan(65_536);
    expect(ours()[0]).toContain("config-1499");
    expect(ours()[0]).toContain("this leaves out");
  });
});

describe("a yes to a risk", () => {
  test.each([
    ["of somebody who may write", "write", undefined],
    ["of an administrator", "admin", undefined],
    ["of somebody who sorts issues, which is a reader to the forge", "read", /may not write to/],
    ["of a stranger", "none", /may not write to/],
    ["of somebody whom the forge does not know", undefined, /nobody says what they may do \(.*404/],
  ])("%s", async (_, permission, why) => {
    const user = "ann/../of[bot]";
    if (permission !== undefined) {
      server.permissions.set(user, permission);
    }
    const told = await whyNoYes(forge(), user);
    expect(told).toEqual(why === undefined ? undefined : expect.stringMatching(why));
  });

  test("is none where the forge does not answer", async () => {
    server.mishaps.push(...Array.from({ length: 5 }, () => ({ on: "GET", status: 502 })));
    expect(await whyNoYes(forge(), "ann")).toMatch(/nobody says.*502/);
  });
});

describe("reports of several jobs", () => {
  test("are one, in which the stack whose job left none is missing", () => {
    const folder = mkdtempSync(join(tmpdir(), "fleet-joined-"));
    try {
      const prod = sample.stacks.find(({ stack }) => stack === "prod") ?? quietStack("none");
      const stacks = { prod, test: quietStack("test") };
      for (const [name, stack] of Object.entries(stacks)) {
        mkdirSync(join(folder, `report-${name}`));
        const part = joinReports([{ ...sample, stacks: [stack] }], {
          provenance: sample.provenance,
        });
        writeFileSync(join(folder, `report-${name}`, "report.json"), renderJson(part));
      }
      const whole = joinFolders(folder, ["prod", "test"], "https://forge.example/1");
      expect(whole.stacks.map(({ stack }) => stack).sort()).toEqual(["prod", "test"]);
      expect(whole.provenance.url).toBe("https://forge.example/1");
      expect(Report.parse(JSON.parse(renderJson(whole)))).toEqual(whole);
      const lacking = joinFolders(folder, ["prod", "test", "voting"], "");
      expect(lacking.verdict.exitCode).toBe(1);
      expect(lacking.missing.map(({ what }) => what)).toContain("no report of voting");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("may be one alone, which GitHub's download gives no folder of its own", () => {
    const folder = mkdtempSync(join(tmpdir(), "fleet-joined-"));
    try {
      writeFileSync(join(folder, "report.json"), renderJson(sample));
      const stacks = sample.stacks.map(({ stack }) => stack);
      const whole = joinFolders(folder, stacks, "");
      expect(whole.stacks.map(({ stack }) => stack).sort()).toEqual([...stacks].sort());
      expect(whole.missing.filter(({ what }) => what.startsWith("no report"))).toEqual([]);
      writeFileSync(join(folder, "report.json"), "{");
      expect(joinFolders(folder, [], "").missing.map(({ what }) => what)).toEqual(["no report"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("ask for somebody's yes where a stack goes, of which none of them tells", async () => {
    const folder = mkdtempSync(join(tmpdir(), "fleet-joined-"));
    const git = (...words: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...words], { cwd: folder });
    const commit = (table: object): void => {
      writeFileSync(join(folder, ".github", "stacks.json"), JSON.stringify(table));
      git("add", "--all");
      git("commit", "--quiet", "-m", "A table");
    };
    try {
      const row = { branch: "master", update: "reviewed", drift: "nightly" };
      mkdirSync(join(folder, ".github"));
      mkdirSync(join(folder, "in"));
      writeFileSync(join(folder, "Pulumi.prod.yaml"), "");
      git("init", "--quiet");
      commit({ prod: row, old: row });
      commit({ prod: row });
      const quiet = joinReports([{ ...sample, stacks: [quietStack("prod")] }], {
        provenance: sample.provenance,
      });
      writeFileSync(join(folder, "in", "report.json"), renderJson({ ...quiet, missing: [] }));
      const words = { from: join(folder, "in"), base: "HEAD^1" };
      server.permissions.set("ann", "write").set("tom", "read");
      expect(await runJoin(folder, words, process.env)).toBe(3);
      const agreedBy = (user: string) =>
        runJoin(
          folder,
          { ...words, agreed: "yes" },
          {
            ...{ AGREED_BY: user, GITHUB_TOKEN: "a-token" },
            ...{ GITHUB_API_URL: server.url, GITHUB_REPOSITORY: repository },
          },
        );
      expect(await agreedBy("")).toBe(2);
      expect(await agreedBy("ann")).toBe(2);
      expect(await agreedBy("tom")).toBe(3);
      expect(await runJoin(folder, { ...words, base: "HEAD" }, process.env)).toBe(0);
      await expect(runJoin(folder, { ...words, base: "none" }, {})).rejects.toThrow("BASE must be");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("of one stack count once, and that is said", () => {
    const provenance = { time: "2026-11-21T00:00:00Z" };
    const twice = joinReports([sample, sample], { provenance });
    expect(twice.stacks).toHaveLength(sample.stacks.length);
    expect(twice.verdict.exitCode).toBe(1);
  });
});

describe("an alarm", () => {
  const report = (exitCode: 0 | 1 | 2 | 3, words: string): Report => ({
    ...joinReports([], { provenance: { time: new Date().toISOString() } }),
    verdict: { line: words, exitCode, risky: [] },
  });
  const raise = (exitCode: 0 | 1 | 2 | 3, words = "") =>
    raiseAlarm(forge(), { report: report(exitCode, words), stack: "prod", user: bot });

  test("is one issue: opened, brought up to date, closed when all is well", async () => {
    expect(await raise(0)).toBe("none");
    server.mishaps.push({ on: "POST", loseAnswer: true });
    await raise(3, "2 drifted");
    expect(server.issues).toHaveLength(1);
    expect(await raise(3, "2 drifted")).toBe("unchanged");
    expect(await raise(3, "3 drifted")).toBe("updated");
    expect(server.issues[0]?.body).toContain("3 drifted");
    expect(await raise(0)).toBe("closed");
    expect(server.issues.map(({ state }) => state)).toEqual(["closed"]);
    expect(await raise(1)).toBe("opened");
  });

  test("leaves the issues of others alone", async () => {
    const text = "<!-- fleet-drift prod -->\nmine";
    const theirs = { number: 1, title: "", user: { login: "mallory" }, state: "open", body: text };
    server.issues.push(theirs, { ...theirs, number: 2, user: { login: bot }, pull_request: {} });
    expect(await raise(3)).toBe("opened");
    expect(server.issues.slice(0, 2).map(({ body: one }) => one)).toEqual([text, text]);
  });
});
