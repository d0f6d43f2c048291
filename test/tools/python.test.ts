import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { platformName } from "../../tools/lib/cache.mjs";
import { ensureTools } from "../../tools/lib/install.mjs";
import { readManifest } from "../../tools/lib/manifest.mjs";
import { run } from "../../tools/lib/process.mjs";
import { temporaryFolder, writeProgram } from "./folders.ts";

/** The tool as tools.json would describe it. The lock file is a real one; the Python below reads none. */
const demo = {
  binaries: ["demo"],
  probe: { arguments: ["--version"], pattern: "demo (\\S+)", atLeast: "1.0.0", below: "2.0.0" },
  sources: [{ kind: "pypi" as const, version: "1.2.0", python: "3.11", lock: "zizmor.txt" }],
};

const place = (root: string) => ({
  root: join(root, "cache"),
  searchPath: "",
  excluded: [],
  minimumGo: "1.26.0",
});

/** A script that a package brings, as it is after the installation: `python` says in what it is written. */
const brought = (first: string): string =>
  `mkdir -p "$target/bin"; printf '${first}\\necho "demo 1.2.0 $*"\\n' > "$target/bin/demo"; chmod +x "$target/bin/demo"`;

const findTarget = 'while [ "$1" != --target ]; do shift; done; target=$2';

/**
 * Puts a `python3` alone on PATH, beside the shell's own programs.
 *
 * @param install What its pip does once `$target` is set; no pip where undefined.
 * @returns Its path.
 */
function fakePython(root: string, version: string, install: string | undefined): string {
  const folder = join(root, "python");
  const program = writeProgram(
    join(folder, "python3"),
    // The question for itself.
    `if [ "$2" = -c ]; then echo "${join(folder, "python3")}"; echo ${version}; exit; fi`,
    // A script started with the packages beside it.
    'if [ "$1 $2" = "-I -S" ]; then shift 3; echo "demo 1.2.0 alone: $*"; exit; fi',
    ...(install === undefined
      ? ["exit 1"]
      : ['if [ "$3" = --version ]; then exit; fi', findTarget, install]),
  );
  for (const name of ["3.11", "3.12", "3.13", "3.14"]) {
    writeProgram(join(folder, `python${name}`), "exit 1");
  }
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return program;
}

/** What is in the tool's folder of the cache. */
const kept = (root: string) => {
  const folder = join(root, "cache", "tools", "demo");
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe("a tool out of Python's packages", () => {
  it("is kept by the version of the Python that it was installed for", async () => {
    const root = temporaryFolder();
    fakePython(root, "3.12", brought("#!/any/python3"));
    await ensureTools({ demo }, place(root));
    expect(kept(root)).toEqual([`1.2.0-python3.12-${platformName()}`]);
  });

  it("runs with its own packages only, by the path that it was moved to", async () => {
    const root = temporaryFolder();
    fakePython(root, "3.12", brought("#!/any/python3"));
    const { folders } = await ensureTools({ demo }, place(root));
    const folder = folders["demo"] ?? "";
    const { stdout } = await run(join(folder, "demo"), ["--flag", "a b"]);
    expect(stdout).toBe(`demo 1.2.0 alone: ${folder}/site demo --flag a b\n`);
  });

  it("is started as it is where it is no Python script", async () => {
    const root = temporaryFolder();
    fakePython(root, "3.12", brought("#!/bin/sh"));
    const { folders } = await ensureTools({ demo }, place(root));
    const { stdout } = await run(join(folders["demo"] ?? "", "demo"), ["--flag"]);
    expect(stdout).toBe("demo 1.2.0 --flag\n");
  });

  it("comes by uv where Python has no pip", async () => {
    const root = temporaryFolder();
    fakePython(root, "3.12", undefined);
    writeProgram(
      join(root, "python", "uv"),
      'if [ "$1" = --version ]; then exit; fi',
      findTarget,
      brought("#!/bin/sh"),
    );
    await ensureTools({ demo }, place(root));
    expect(kept(root)).toHaveLength(1);
  });
});

describe("what is told, with nothing kept, where", () => {
  it.each([
    ["Python is too old", "3.9", "exit", /demo.*needs Python 3\.11 or newer.*apt-get install/s],
    ["Python has no pip, and there is no uv", "3.12", undefined, /has no pip.*apt-get install/s],
    [
      "the registry does not answer",
      "3.12",
      "echo 'WARNING: retrying' >&2; echo 'ERROR: no way out' >&2; exit 1",
      /zizmor\.txt cannot be fetched: ERROR: no way out/,
    ],
    [
      "a package is another one",
      "3.12",
      "echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES' >&2; exit 1",
      /not the one that tools\/python\/zizmor\.txt names. Refused/,
    ],
    ["the program is not among the packages", "3.12", "exit", /hold no program 'demo'/],
    [
      "the program is of another version",
      "3.12",
      `${brought("#!/bin/sh")}; sed -i s/1.2.0/1.3.0/ "$target/bin/demo"`,
      /says it is 1\.3\.0, expected 1\.2\.0/,
    ],
  ])("%s", async (_, version, install, message) => {
    const root = temporaryFolder();
    fakePython(root, version, install);
    await expect(ensureTools({ demo }, place(root))).rejects.toThrow(message);
    expect(kept(root)).toEqual([]);
  });
});

describe("the lock files", () => {
  const manifest = readManifest();
  const sources = Object.entries(manifest.tools).flatMap(([name, { sources }]) =>
    sources.flatMap((source) => (source.kind === "pypi" ? [[name, source] as const] : [])),
  );

  it.each(sources)("of %s has its version, and a hash of every package", (name, source) => {
    const text = readFileSync(join(import.meta.dirname, "../../tools/python", source.lock), "utf8");
    const packages = text.split(/\n(?=\S)/);
    expect(packages.some((one) => one.startsWith(`${name}==${source.version} `))).toBe(true);
    for (const one of packages) {
      expect(one).toMatch(
        /^[a-z0-9-]+==[\w.]+( ; [^\\\n]+)? \\\n( {4}--hash=sha256:[0-9a-f]{64}( \\)?\n?)+$/,
      );
    }
  });
});
