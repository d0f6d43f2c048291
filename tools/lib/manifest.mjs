// tools.json: which tools there are, their pinned versions and where they come from.

import { readFileSync } from "node:fs";

/**
 * @typedef {{ arguments: string[], pattern: string, atLeast: string, below: string, seconds?: number }} Probe
 *   how a tool tells its version, within how long (default 10 s), and which versions are taken from PATH
 * @typedef {{ kind: "list" | "beside" | "release-digest", url: string }} Checksum where the publisher says the SHA-256:
 *   a list of `<sum> <file>` lines, a file with the sum alone, or the digests of a release in GitHub's API
 * @typedef {{ kind: "download", version: string, platforms: string[], url: string, checksum: Checksum, unpack?: string }}
 *   DownloadSource `unpack`: the folder inside a tar archive that holds the binaries; absent for a bare binary
 * @typedef {{ module: string, folder: string, files: string[] }} Embed files copied out of a module before the build
 * @typedef {{ module: string, file: string, replace: Record<string, string> }} Changes what of a module's sources is
 *   replaced before the build: each text, which must be there once → what stands in its place
 * @typedef {{ binary: string, module: string, package: string, linkerFlags?: string, embed?: Embed, changes?: Changes }}
 *   GoBuild
 * @typedef {{ kind: "go", version: string, builds: GoBuild[] }} GoSource
 * @typedef {{ kind: "go-files", version: string, module: string, package: string, folders: Record<string, string> }}
 *   GoFiles `module`: a folder of tools/modules that pins `package`; `folders`: those taken out of it → their names here
 * @typedef {{ kind: "python-package", version: string, package: string, packageVersion: string, file: string,
 *   sha256: string, folder: string }} PythonSource
 * @typedef {{ kind: "python-program", version: string, platform: string, package: string, packageVersion: string,
 *   file: string, sha256: string, program: string }} PythonProgram `program`: its path inside the wheel
 * @typedef {{ kind: "debian", version: string, package: string, own: string }} DebianSource
 *   `own`: a pattern for the names of the program's own packages, which are taken even where installed
 * @typedef {{ kind: "pypi", version: string, python: string, lock: string }} PypiSource
 *   `python`: the oldest Python that runs it; `lock`: the file of tools/python with every package's version and SHA-256
 * @typedef {{ kind: "cargo", version: string, module: string, rust: string }} CargoSource
 *   `module`: a folder of tools/modules with a Cargo.lock; `rust`: the oldest Rust that builds it
 * @typedef {{ kind: "maven", version: string, module: string, java: number }} MavenSource
 *   `module`: a folder of tools/modules with a pom.xml and SHA256SUMS; `java`: the oldest JDK that compiles it
 * @typedef {{ kind: "maven-archive", version: string, platform: string, artifact: string, sha256: string,
 *   paths: string[], libraries: string[] }} MavenArchive `artifact`: a zip as `group:name:version:zip:classifier`;
 *   `paths`: files, and folders (`name/`), taken out of it; `libraries`: Debian's packages that its programs need
 * @typedef {DownloadSource | GoSource | GoFiles | PythonSource | PythonProgram | DebianSource | PypiSource | CargoSource |
 *   MavenSource | MavenArchive} Source
 * @typedef {{ binaries: string[], files?: string[], folders?: string[], probe?: Probe, sources: Source[] }} Tool
 *   `files`: what must be there besides binaries; `folders`: where to look besides PATH (`*` stands for one name)
 * @typedef {{ node: string, npm: string, programNode: string, go: string }} Requirements
 * @typedef {{ requires: Requirements, sets: Record<string, string[]>, tools: Record<string, Tool> }} Manifest
 */

/**
 * @param {URL} [location]
 * @returns {Manifest}
 */
export function readManifest(location = new URL("../tools.json", import.meta.url)) {
  return /** @type {Manifest} */ (JSON.parse(readFileSync(location, "utf8")));
}

/**
 * The tools of some sets, each once, in the manifest's order.
 * @param {Manifest} manifest
 * @param {readonly string[]} sets
 * @returns {Record<string, Tool>}
 */
export function toolsOf(manifest, sets) {
  const names = new Set(sets.flatMap((set) => manifest.sets[set] ?? []));
  return Object.fromEntries(Object.entries(manifest.tools).filter(([name]) => names.has(name)));
}

/**
 * Fills `{version}`, `{os}`, `{arch}`, `{goarch}` and `{binary}` into a pattern of tools.json.
 * @param {string} pattern
 * @param {{ version: string, binary: string, platform: string }} values platform as `linux-x64`
 * @returns {string}
 */
export function fillPattern(pattern, values) {
  const [os = "", arch = ""] = values.platform.split("-");
  /** @type {Record<string, string>} */
  const words = {
    version: values.version,
    binary: values.binary,
    os,
    arch,
    goarch: arch === "x64" ? "amd64" : arch,
  };
  return pattern.replace(/\{(\w+)\}/g, (whole, word) => words[word] ?? whole);
}
