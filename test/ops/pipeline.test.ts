/** What a pipeline does with which stack, and how it comes by a kubeconfig. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";

import { logIn, logOut } from "../../ops/pipeline/login.ts";
import { installLiveTools } from "../../ops/pipeline/tools.ts";
import { giveOutput, readOccasion, readStacks, tasksFor } from "../../ops/pipeline/stacks.ts";
import { packWords } from "../../sandbox/policy.ts";
import { readStackFile } from "../../ops/stack-file.ts";
import { readKubeContexts } from "../../stacks/kubeconfig.ts";
import { clone } from "../rendered.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-pipeline-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the table of stacks", () => {
  const isTest = (stack: string): boolean => stack === "test";
  const names = (...asked: Parameters<typeof tasksFor>): readonly string[] =>
    tasksFor(...asked).map(({ stack }) => stack);
  const stacks = readStacks(clone);

  test("has a row for each stack file here", () => {
    expect(Object.keys(stacks)).toEqual(expect.arrayContaining(["prod", "test", "voting"]));
  });

  test("has every stack reviewed, live where the pull request goes to its branch", () => {
    const tasks = tasksFor(stacks, { occasion: "review", branch: "develop", isTest });
    expect(tasks.map(({ live, stack }) => [stack, live])).toEqual(
      expect.arrayContaining([
        ["prod", false],
        ["test", true],
      ]),
    );
    expect(tasks).toHaveLength(Object.keys(stacks).length);
  });

  test("updates test with a push to develop, and prod with a reviewed one to master", () => {
    const pushed = (branch: string) => tasksFor(stacks, { occasion: "push", branch, isTest });
    expect(pushed("develop").map(({ reviewed, stack }) => [stack, reviewed])).toEqual([
      ["test", false],
    ]);
    expect(pushed("master").map(({ reviewed, stack }) => [stack, reviewed])).toEqual([
      ["prod", true],
    ]);
    expect(pushed("feature")).toEqual([]);
  });

  test("alarms for drift where nobody may change things by hand", () => {
    const tasks = tasksFor(stacks, { occasion: "drift", branch: "", isTest });
    expect(tasks.map(({ alarm, stack }) => [stack, alarm])).toEqual([
      ["prod", true],
      ["test", false],
    ]);
    // Nothing but what runs can tell, whichever branch the night's run is of.
    expect(tasks.every(({ live, reviewed }) => live && !reviewed)).toBe(true);
  });

  test("lets a stack be updated by hand from its own branch alone", () => {
    const by = (only: string, branch: string) =>
      ({ occasion: "hand", branch, only, isTest }) as const;
    expect(names(stacks, by("voting", "develop"))).toEqual(["voting"]);
    // Somebody agrees to what is previewed then: there is no pull request whose report it could be held against.
    expect(tasksFor(stacks, by("prod", "master"))).toMatchObject([{ live: true, reviewed: false }]);
    expect(() => names(stacks, by("prod", "develop"))).toThrow("from master, not from develop");
    expect(() => names(stacks, by("nowhere", "develop"))).toThrow("there is no such stack");
    const nobody = { occasion: "hand", branch: "develop", only: undefined, isTest } as const;
    expect(() => tasksFor(stacks, nobody)).toThrow("STACK is missing");
  });

  test.each(["review", "push", "hand"] as const)(
    "tells that the branch is missing: %s",
    (occasion) => {
      // With none, nothing would be updated, or nothing previewed live, without a word.
      const asked = { occasion, branch: "", only: "voting", isTest };
      expect(() => tasksFor(stacks, asked)).toThrow("BRANCH is missing");
      expect(["review", "push", "drift", "hand"].map(readOccasion)).toEqual([
        ...["review", "push", "drift", "hand"],
      ]);
      for (const other of ["lunch", "", undefined]) {
        expect(() => readOccasion(other)).toThrow("FOR must be one of review, push, drift, hand");
      }
    },
  );

  test.each([
    ["{", "must be JSON"],
    ['{"one":{"branch":"master","update":"now","drift":"never"}}', "update"],
    ['{"one":{"branch":"--upload","update":"push","drift":"never"}}', "branch"],
    ['{"two":{"branch":"master","update":"push","drift":"never"}}', "has no row for one"],
    ['{"two":{"branch":"master","update":"push","drift":"never"}}', "there is no Pulumi.two.yaml"],
  ])("that is %s is refused", (text, told) => {
    mkdirSync(join(folder, ".github"));
    writeFileSync(join(folder, "Pulumi.one.yaml"), "");
    writeFileSync(join(folder, ".github", "stacks.json"), text);
    expect(() => readStacks(folder)).toThrow(told);
  });

  test("gives a later step no line of somebody else's making", () => {
    const environment = { GITHUB_OUTPUT: join(folder, "output") };
    giveOutput({ tasks: "[]", run: "1" }, environment);
    expect(readFileSync(environment.GITHUB_OUTPUT, "utf8")).toBe("tasks=[]\nrun=1\n");
    expect(() => {
      giveOutput({ run: "1\nrun=2" }, environment);
    }).toThrow("one line");
    // Outside a workflow the terminal alone is told.
    expect(() => {
      giveOutput({ run: "1" }, {});
    }).not.toThrow();
  });
});

test("an update is not cut off, with the lock in its hand, before GitHub's own machines would", () => {
  const { jobs } = parse(
    readFileSync(join(clone, ".github", "workflows", "apply.yml"), "utf8"),
  ) as { readonly jobs: Readonly<Record<string, object>> };
  expect(jobs["update"]).toMatchObject({
    "timeout-minutes": 350,
    // Nor is one that waits, by hand or after a push, dropped for another of its stack.
    concurrency: { "cancel-in-progress": false, queue: "max" },
  });
});

test("what a bot has made or pushed is previewed without secrets, and nothing is previewed both ways", () => {
  const { jobs } = parse(
    readFileSync(join(clone, ".github", "workflows", "preview.yml"), "utf8"),
  ) as { readonly jobs: Readonly<Record<string, { readonly if?: string }>> };
  const terms = (job: string, word: string): readonly string[] =>
    (jobs[job]?.if ?? "").split(word).map((term) => term.trim());
  const asked = terms("stack", "&&");
  expect(asked).toEqual([
    "github.event.pull_request.head.repo.full_name == github.repository",
    "github.event.pull_request.user.type != 'Bot'",
    "github.event.sender.type != 'Bot'",
  ]);
  const turned = asked.map((term) =>
    term.replace(/ (==|!=) /, (is) => (is === " == " ? " != " : " == ")),
  );
  expect(terms("offline", "||")).toEqual(turned);
});

describe("a kubeconfig out of a secret", () => {
  const file = readStackFile(clone, "test");
  const config = (context: string): string =>
    Buffer.from(
      JSON.stringify({
        contexts: [{ name: context, context: { cluster: "c" } }],
        clusters: [{ name: "c", cluster: { server: "https://a-secret-server" } }],
      }),
    ).toString("base64");
  const given = (text: string) => ({ KUBE_CONFIG: text, KUBECONFIG: join(folder, "kubeconfig") });

  test("is for its owner alone, and gone afterwards", () => {
    const environment = given(config("skycoin-test"));
    expect(logIn(file, environment)).not.toContain("a-secret-server");
    expect(statSync(environment.KUBECONFIG).mode & 0o777).toBe(0o600);
    expect(() => logIn(file, environment)).toThrow("is there already");
    expect(logOut(environment)).toBeUndefined();
    expect(logOut(environment)).toBeUndefined();
    expect(() => statSync(environment.KUBECONFIG)).toThrow("ENOENT");
  });

  test("is the one that was written: whatever else an operator's variable names stays", () => {
    const environment = given(config("skycoin-test"));
    writeFileSync(environment.KUBECONFIG, "apiVersion: v1\nkind: Config\n");
    expect(logOut(environment)).toBe(
      `KUBECONFIG=${environment.KUBECONFIG} was not written by live-login: it stays`,
    );
    expect(readFileSync(environment.KUBECONFIG, "utf8")).toContain("kind: Config");
  });

  test("that cannot be looked for does not keep the log-in at Google where it is", () => {
    const path = join(folder, "google.json");
    const source = { headers: { Authorization: "Bearer a" } };
    writeFileSync(path, JSON.stringify({ type: "external_account", credential_source: source }));
    const environment = { KUBECONFIG: "/a:/b", GOOGLE_APPLICATION_CREDENTIALS: path };
    expect(() => logOut(environment)).toThrow("KUBECONFIG must be the path of one file");
    expect(() => statSync(path)).toThrow("ENOENT");
  });

  test("is read as what it was, though it says who wrote it", () => {
    const environment = given(config("skycoin-test"));
    logIn(file, environment);
    const contexts = readKubeContexts([readFileSync(environment.KUBECONFIG, "utf8")]);
    expect([...contexts]).toEqual([["skycoin-test", "https://a-secret-server"]]);
  });

  test.each([
    ["", "KUBE_CONFIG is empty"],
    ["%%%", "has no context skycoin-test"],
    [Buffer.from("a: [").toString("base64"), "holds no kubeconfig"],
    [config("skycoin-prod"), "has no context skycoin-test"],
  ])("that is %j is refused, and none of it is told", (text, told) => {
    expect(() => logIn(file, given(text))).toThrow(told);
    expect(() => statSync(join(folder, "kubeconfig"))).toThrow("ENOENT");
  });

  test("is not asked for where the stack makes its cluster, and nothing is left of half a log-in", () => {
    const made = readStackFile(clone, "pushtech-staging");
    const lke = { ...made, config: { ...made.config, "fleet:cluster": { kind: "lke" } } };
    expect(logIn(lke, given(""))).toContain("needs no kubeconfig: its cluster is made by it");
    const none = { ...made, config: { ...made.config, "fleet:cluster": undefined } };
    expect(logIn(none, given(""))).toContain("needs no kubeconfig: it has no cluster");
    // One that is given all the same is that of what the stack made: no context of it is known here.
    const other = { ...given(config("lke-1")), KUBECONFIG: join(folder, "given") };
    expect(logIn(lke, other)).toBe(`the kubeconfig of ${lke.stack} is at ${other.KUBECONFIG}`);
    const reserved = { kind: "kubeconfig", context: "skycoin-test", google: { project: "p" } };
    const both = { ...file, config: { ...file.config, "fleet:cluster": reserved } };
    // One that lacks its log-in at Google: told here, and not by the engine half an hour later.
    expect(() => logIn(both, given(config("skycoin-test")))).toThrow(
      "GOOGLE_APPLICATION_CREDENTIALS must be a path",
    );
    expect(() => statSync(join(folder, "kubeconfig"))).toThrow("ENOENT");
  });

  test("goes to one file, whose path is whole", () => {
    const text = config("skycoin-test");
    expect(() => logIn(file, { KUBE_CONFIG: text, KUBECONFIG: "a" })).toThrow("one file");
    expect(() => logIn(file, { KUBE_CONFIG: text, KUBECONFIG: "/a:/b" })).toThrow("one file");
  });
});

describe("the official CLI", () => {
  /** Stand-ins of both programs, which note what they were asked for. */
  function machine(version: string, installs: string): Record<string, string> {
    const programs = join(folder, "bin");
    mkdirSync(programs);
    const note = `echo "$(basename "$0") $*" >> "${folder}/asked"`;
    writeFileSync(join(folder, "version"), version);
    const pulumi = `[ "$1" = version ] && { cat "${folder}/version"; [ -s "${folder}/version" ]; exit; }; exit 0`;
    writeFileSync(join(programs, "pulumi"), `#!/bin/sh\n${note}\n${pulumi}\n`);
    writeFileSync(join(programs, "npm"), `#!/bin/sh\n${note}\n${installs}\n`);
    ["pulumi", "npm"].forEach((name) => {
      chmodSync(join(programs, name), 0o755);
    });
    return { PATH: `${programs}:/usr/bin:/bin` };
  }
  const asked = (): readonly string[] =>
    readFileSync(join(folder, "asked"), "utf8").trim().split("\n");

  test("is taken where it is new enough, and its plugins are fetched", () => {
    expect(installLiveTools(clone, machine("v3.999.0", "exit 1"))).toContain("3.999.0");
    expect(asked()).toEqual(["pulumi version", "pulumi install --no-dependencies"]);
  });

  test.each(["", "v3.1.0"])(
    "is fetched in the pinned version where there is %j, no script run",
    (has) => {
      installLiveTools(clone, machine(has, `echo v3.259.0 > "${folder}/version"`));
      expect(asked()[1]).toMatch(/^npm install --global --ignore-scripts .*pulumi@3\.\d+\.\d+$/);
      expect(asked().at(-1)).toBe("pulumi install --no-dependencies");
    },
  );

  test("that cannot be fetched is told", () => {
    expect(() => installLiveTools(clone, machine("", "exit 1"))).toThrow(/npm install .* failed/);
  });
});

test("the policy pack runs on the vendor's analyzer where a pipeline asks for that, and only there", () => {
  const official = packWords(clone, { FLEET_POLICY_PACK: "official" });
  expect(official).toEqual(["--policy-pack", join(clone, "policy")]);
  expect(packWords(clone, {})).toEqual(["--policy-pack", join(clone, "sandbox", "policy")]);
  expect(packWords(clone, { FLEET_POLICY_PACK: "none" })).toEqual([]);
});
