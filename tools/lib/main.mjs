// What every make target runs: makes sure that packages, Node and tools are there, then runs the command's program.
// Plain JavaScript for Node 20 with no dependency, because it runs before there is anything else; tools/fleet.mjs, which
// imports it, is for older ones.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { cacheRoot } from "./cache.mjs";
import { commands, optionsOf, setsOf } from "./commands.mjs";
import { boundCompileCache } from "./compile-cache.mjs";
import { ensureTools } from "./install.mjs";
import { InstallError, diskFault, say } from "./log.mjs";
import { readManifest, toolsOf } from "./manifest.mjs";
import { ensurePackages, programNode } from "./npm.mjs";
import { linkFolder } from "./path-tools.mjs";
import { endChildren, whileWaiting } from "./process.mjs";
import { isAtLeast } from "./versions.mjs";

/** @typedef {import("./manifest.mjs").Manifest} Manifest */

const clone = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** make's own words, which a make started further down would otherwise obey. */
const makeVariables = ["MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"];

/**
 * @param {string[]} words the command and what is handed on to it
 * @returns {Promise<number>} the exit code
 */
async function main(words) {
  const [name = "", ...rest] = words;
  const manifest = readManifest();
  requireRuntime(manifest);
  const root = cacheRoot(process.env);
  if (name === "install") {
    await ensurePackages(clone, root, manifest.requires);
    await ensureTools(
      toolsOf(manifest, rest.length > 0 ? rest : Object.keys(manifest.sets)),
      place(manifest, root),
    );
    return 0;
  }
  const command = commands[name];
  if (command === undefined) {
    throw new InstallError(
      `no command '${name}'; there are: install, ${Object.keys(commands).join(", ")}`,
    );
  }
  const options = optionsOf(command, process.env);
  await ensurePackages(clone, root, manifest.requires);
  const node = programNode(clone, manifest.requires);
  const tools = await ensureTools(
    toolsOf(manifest, setsOf(command, process.env, stackText(options))),
    place(manifest, root),
  );
  const program = join(clone, command.program);
  if (!existsSync(program)) throw new InstallError(`${command.program} is missing from this clone`);
  const searchPath = [
    ...tools.searchPath,
    await linkFolder(root, { node }),
    join(clone, "node_modules", ".bin"),
  ];
  const given = [...(command.node ?? []), program, ...command.arguments, ...options, ...rest];
  const compiled = join(root, "node-compile");
  const done = runProgram(node, given, {
    ...environmentWithoutMake(),
    PATH: [...searchPath, process.env["PATH"] ?? ""].join(delimiter),
    FLEET_CACHE_DIR: root,
    FLEET_TOOLS_PATH: tools.searchPath.join(delimiter),
    FLEET_TOOL_DIRS: JSON.stringify(tools.folders),
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? compiled,
  });
  // From here on this process only waits: whatever else runs on the machine goes before it.
  setPriority(constants.priority.PRIORITY_LOW);
  return whileWaiting(done, (signal) => boundCompileCache(compiled, signal));
}

/**
 * Text of the file of the stack that a command is about. A name that is none, and a file that cannot be read, are the program's to
 * refuse.
 * @param {readonly string[]} options
 * @returns {string | undefined}
 */
function stackText(options) {
  const stack = options[options.indexOf("--stack") + 1] ?? "";
  if (!options.includes("--stack") || !/^[-a-z0-9]+$/.test(stack)) return undefined;
  try {
    return readFileSync(join(clone, `Pulumi.${stack}.yaml`), "utf8");
  } catch {
    return undefined;
  }
}

/** @param {Manifest} manifest */
function requireRuntime(manifest) {
  if (!isAtLeast(process.versions.node, manifest.requires.node)) {
    throw new InstallError(
      `Node ${manifest.requires.node} or newer is needed, this is ${process.versions.node}. See https://nodejs.org.`,
    );
  }
  if (process.platform !== "linux" && process.platform !== "darwin") {
    throw new InstallError(
      `${process.platform} is not supported: use Linux, macOS, or WSL on Windows.`,
    );
  }
}

/**
 * @param {Manifest} manifest
 * @param {string} root
 * @returns {import("./install.mjs").Place}
 */
function place(manifest, root) {
  return {
    root,
    searchPath: process.env["PATH"] ?? "",
    excluded: [root, join(clone, "node_modules")],
    minimumGo: manifest.requires.go,
  };
}

/** @returns {NodeJS.ProcessEnv} */
function environmentWithoutMake() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !makeVariables.includes(name)),
  );
}

/**
 * Runs the program in the foreground. Ctrl-C reaches it from the terminal; this process only waits for it to finish.
 * @param {string} node
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function runProgram(node, args, env) {
  process.removeAllListeners("SIGINT").on("SIGINT", () => undefined);
  return new Promise((settle, fail) => {
    const child = spawn(node, args, { env, stdio: "inherit" });
    process.removeAllListeners("SIGTERM").on("SIGTERM", () => child.kill("SIGTERM"));
    child.on("error", (error) => {
      fail(new InstallError(`${node} cannot be started: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      settle(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.on(signal, () => {
    endChildren();
    process.exit(signal === "SIGINT" ? 130 : 143);
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (/** @type {unknown} */ error) => {
    say(
      error instanceof InstallError
        ? error.message
        : (diskFault(error, cacheRoot(process.env)) ??
            String(error instanceof Error ? error.stack : error)),
    );
    process.exitCode = 1;
  },
);
