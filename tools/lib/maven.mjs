// Programs of our own around a Java library, compiled against the jars that their pom.xml names. Maven fetches them;
// what it may bring is pinned file by file in SHA256SUMS. Whoever runs the tests needs a JDK and Maven.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Unavailable } from "./download.mjs";
import { InstallError, withProgress } from "./log.mjs";
import { run } from "./process.mjs";

/** @typedef {import("./manifest.mjs").MavenSource} MavenSource */

const modules = fileURLToPath(new URL("../modules/", import.meta.url));

/** Copies jars; pinned like all else. */
const copier = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/**
 * The version's name in the cache: it changes with the program, whose number is its library's.
 * @param {MavenSource} source
 * @returns {string} such as `8.19.21-0123456789ab`
 */
export function mavenVersionOf({ version, module }) {
  const hash = createHash("sha256");
  for (const file of sourcesOf(module)) hash.update(readFileSync(file)).update("\0");
  return `${version}-${hash.digest("hex").slice(0, 12)}`;
}

/** @param {string} module */
const sourcesOf = (module) =>
  readdirSync(join(modules, module), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/**
 * Fills a folder with `lib/` (the jars) and `classes/` (the module's own programs).
 * @param {MavenSource} source
 * @param {string} folder
 * @param {string} scratch
 * @returns {Promise<void>}
 * @throws {Unavailable} where there is no JDK new enough, or no Maven
 * @throws {InstallError} where a jar is not the pinned one, or the programs do not compile
 */
export async function compileAgainstJars(source, folder, scratch) {
  await requireJava(source);
  const module = join(modules, source.module);
  mkdirSync(scratch, { recursive: true });
  const work = mkdtempSync(join(scratch, `${source.module}-`));
  try {
    const jars = join(work, "lib");
    await withProgress(`fetching the jars of ${source.module}`, () => fetchJars(module, jars));
    checkJars(module, jars);
    const java = readdirSync(join(module, "src")).map((file) => join(module, "src", file));
    const classes = join(work, "classes");
    await must("javac", ["-cp", join(jars, "*"), "-d", classes, ...java]);
    renameSync(jars, join(folder, "lib"));
    renameSync(classes, join(folder, "classes"));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} module @param {string} jars */
async function fetchJars(module, jars) {
  const pom = join(module, "pom.xml");
  const words = ["-q", "-B", "-f", pom, copier, `-DoutputDirectory=${jars}`];
  const result = await run("mvn", words);
  if (result.code === 0) return;
  const tail = `${result.stdout}${result.stderr}`.trim().split("\n").slice(-8).join("\n");
  throw new Unavailable(`Maven cannot fetch the jars of tools/modules: ${tail}`);
}

/**
 * Every jar is a pinned one, and every pinned one is there.
 * @param {string} module @param {string} jars
 */
function checkJars(module, jars) {
  const pinned = new Map(
    readFileSync(join(module, "SHA256SUMS"), "utf8")
      .trim()
      .split("\n")
      .map((line) => /** @type {[string, string]} */ (line.split(/\s+/).reverse())),
  );
  const found = new Map(
    readdirSync(jars).map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(join(jars, file)))
        .digest("hex"),
    ]),
  );
  const wrong = [...new Set([...pinned.keys(), ...found.keys()])].filter(
    (file) => pinned.get(file) !== found.get(file),
  );
  if (wrong.length > 0)
    throw new InstallError(`not the jars that SHA256SUMS pins: ${wrong.join(", ")}`);
}

/** @param {string} program @param {string[]} words */
async function must(program, words) {
  const result = await run(program, words);
  if (result.code === 0) return;
  const tail = result.stderr.trim().split("\n").slice(-15).join("\n");
  throw new InstallError(`${program} failed:\n${tail}`);
}

/** @param {MavenSource} source */
async function requireJava({ java }) {
  const [compiler, maven] = await Promise.all([
    run("javac", ["--version"]),
    run("mvn", ["--version"]),
  ]);
  const version = /^javac (\d+(\.\d+)*)/.exec(compiler.stdout)?.[1] ?? "";
  if (Number.parseInt(version, 10) >= java && maven.code === 0) return;
  const found = version === "" ? "there is no javac on PATH" : `found ${version}`;
  const lacks = maven.code === 0 ? "" : ", and there is no mvn";
  throw new Unavailable(`a build needs a JDK ${java} or newer and Maven (${found}${lacks})`);
}
