// Programs out of Python's package index, with all they need, in a folder of their own: nothing of the system's or the
// user's Python is changed, and nothing of theirs is seen by the program.
//
// No virtual environment: it holds its own path and so cannot be renamed into place, and Debian's Python makes none
// before a further package is installed.

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Unavailable } from "./download.mjs";
import { InstallError, withProgress } from "./log.mjs";
import { run } from "./process.mjs";
import { isAtLeast } from "./versions.mjs";

/**
 * @typedef {import("./manifest.mjs").PypiSource} PypiSource
 * @typedef {{ program: string, version: string }} Python version: `3.11`, for which compiled packages are made
 */

const locks = fileURLToPath(new URL("../python/", import.meta.url));

/** The first that is new enough is taken: the user's own before those that a system keeps beside it. */
const names = ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];

/** Pythons by the oldest that would do and PATH, asked for once a run. @type {Map<string, Python | undefined>} */
const known = new Map();

/**
 * @param {string} atLeast
 * @returns {Python | undefined}
 */
function findPython(atLeast) {
  const key = `${atLeast} ${process.env["PATH"] ?? ""}`;
  if (!known.has(key)) known.set(key, askPythons(atLeast));
  return known.get(key);
}

/**
 * @param {string} atLeast
 * @returns {Python | undefined}
 */
function askPythons(atLeast) {
  const question =
    "import os, sys; print(os.path.realpath(sys.executable)); print('%d.%d' % sys.version_info[:2])";
  for (const name of names) {
    const { status, stdout } = spawnSync(name, ["-I", "-c", question], { encoding: "utf8" });
    if (status !== 0) continue;
    const [program = "", version = ""] = stdout.trim().split("\n");
    if (isAtLeast(version, atLeast)) return { program, version };
  }
  return undefined;
}

/**
 * The version's name in the cache. Compiled packages fit one Python only, so another one has its own.
 * @param {PypiSource} source
 * @returns {string} such as `3.3.30-python3.11`
 */
export function pythonVersionOf(source) {
  return `${source.version}-python${findPython(source.python)?.version ?? ""}`;
}

/**
 * Fills a folder with `site/` (the packages of a lock file, each with its SHA-256) and one small program a binary.
 * @param {PypiSource} source
 * @param {readonly string[]} binaries
 * @param {string} folder
 * @returns {Promise<void>}
 * @throws {Unavailable} where there is no Python new enough, no installer, or no way to the packages
 * @throws {InstallError} where a package is not the one that the lock file names
 */
export async function installPackages(source, binaries, folder) {
  const python = findPython(source.python);
  if (python === undefined) {
    throw new Unavailable(
      `it needs Python ${source.python} or newer, and there is none on PATH (on Debian: apt-get install python3-pip)`,
    );
  }
  const installer = await findInstaller(python);
  const site = join(folder, "site");
  const words = [
    ...["--quiet", "--target", site, "--require-hashes", "--only-binary", ":all:"],
    ...["-r", join(locks, source.lock)],
  ];
  const result = await withProgress(`fetching the Python packages of ${source.lock}`, () =>
    // A user's setting to install into the home folder contradicts a folder of one's own.
    run(installer.program, [...installer.words, ...words], {
      env: { ...process.env, PIP_USER: "0", PIP_DISABLE_PIP_VERSION_CHECK: "1" },
    }),
  );
  if (result.code !== 0) throw refusal(source, result.stderr);
  for (const binary of binaries) writeStarter(folder, binary, python);
}

/**
 * @param {Python} python
 * @returns {Promise<{ program: string, words: string[] }>} pip, or uv where this Python has no pip
 */
async function findInstaller({ program }) {
  if ((await run(program, ["-m", "pip", "--version"])).code === 0) {
    // Compiled at first use: half of what comes along is never read.
    return { program, words: ["-m", "pip", "install", "--no-compile"] };
  }
  if ((await run("uv", ["--version"])).code === 0) {
    return { program: "uv", words: ["pip", "install", "--python", program] };
  }
  throw new Unavailable(
    `${program} has no pip, and there is no uv on PATH (on Debian: apt-get install python3-pip)`,
  );
}

/**
 * @param {PypiSource} source
 * @param {string} said what the installer wrote
 * @returns {Error}
 */
function refusal(source, said) {
  if (/do not match the hashes|hash mismatch/i.test(said)) {
    return new InstallError(
      `a package is not the one that tools/python/${source.lock} names. Refused: it is damaged or not its publisher's.\n${tail(said, 8)}`,
    );
  }
  return new Unavailable(
    `the Python packages of ${source.lock} cannot be fetched: ${tail(said, 1)}`,
  );
}

/**
 * @param {string} text
 * @param {number} lines
 * @returns {string} the last lines, without warnings
 */
function tail(text, lines) {
  const all = text.trim().split("\n");
  return all
    .filter((line) => !/^\s*warning/i.test(line))
    .slice(-lines)
    .join("\n");
}

/**
 * The package's own script names the unfinished folder's Python and finds no packages where they are now.
 * @param {string} folder
 * @param {string} binary
 * @param {Python} python
 */
function writeStarter(folder, binary, python) {
  const script = join(folder, "site", "bin", binary);
  if (!existsSync(script))
    throw new InstallError(`the Python packages hold no program '${binary}'`);
  const isPython = /^#!.*python/.test(readFileSync(script).subarray(0, 200).toString("latin1"));
  const text = [
    "#!/bin/sh",
    'here=$(dirname "$(readlink -f "$0")")',
    ...(isPython
      ? [
          `python=${quoted(python.program)}`,
          // An update of the system may have moved it.
          `[ -x "$python" ] || python=python${python.version}`,
          // -I and -S: neither the user's packages nor the system's, whatever the environment says.
          `exec "$python" -I -S "$here/start.py" "$here/site" ${quoted(binary)} "$@"`,
        ]
      : [`exec "$here/site/bin/${binary}" "$@"`]),
    "",
  ].join("\n");
  writeFileSync(join(folder, binary), text);
  chmodSync(join(folder, binary), 0o755);
  if (isPython) writeFileSync(join(folder, "start.py"), starter);
}

/** Runs a package's script with the packages of a folder. */
const starter = `import os, runpy, sys

site, name = sys.argv[1:3]
script = os.path.join(site, "bin", name)
sys.path.insert(0, site)
sys.argv = [script] + sys.argv[3:]
runpy.run_path(script, run_name="__main__")
`;

/**
 * @param {string} text
 * @returns {string} one word of a shell
 */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
