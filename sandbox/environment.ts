/**
 * The environment inside a sandbox. Built from nothing: whatever the shell holds — a kubeconfig, a
 * backend, tokens of clouds — is not there, because only what is named here is taken.
 */
import { existsSync, mkdirSync, readlinkSync, rmSync, statSync, symlinkSync } from "node:fs";
import { createHash, randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { fault } from "./fault.ts";
import { readOrMake, writeWhole } from "./files.ts";
import type { SandboxPlace } from "./place.ts";
import { packPrograms } from "./policy.ts";
import { engineMark } from "./processes.ts";
import type { Environment } from "./tools.ts";

/**
 * Taken from the shell as they are: how to talk to the terminal, who is asking, where sandboxes lie, how much
 * memory programs written in Go may take to be quicker.
 */
export const inherited = [
  "TERM",
  "COLORTERM",
  "NO_COLOR",
  "FORCE_COLOR",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
  "USER",
  "LOGNAME",
  "SHELL",
  "COLUMNS",
  "LINES",
  "FLEET_SANDBOX_ROOT",
  "GOGC",
] as const;

const own = dirname(fileURLToPath(import.meta.url));
const standins = join(own, "standins", "bin");

/** What starts a program for an engine that was built here: start.mjs says why. */
export const programStart = join(own, "start.mjs");

/**
 * The environment of everything that runs inside a sandbox.
 *
 * @param outer The shell's environment.
 * @throws SandboxError where the backend would not lie in the sandbox's folder.
 */
export function sandboxEnvironment(
  place: SandboxPlace,
  outer: Environment,
): Readonly<Record<string, string>> {
  requireInside(place.folder, place.backend);
  const token = readOrMake(place.token, newToken);
  const taken = Object.fromEntries(
    inherited.flatMap((name) => {
      const value = outer[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    ...taken,
    PATH: [place.bin, standins, packPrograms, ...searchPath(outer)].join(delimiter),
    HOME: place.home,
    TMPDIR: place.temporary,
    KUBECONFIG: place.kubeconfig,
    PULUMI_HOME: place.engineHome,
    PULUMI_BACKEND_URL: pathToFileURL(place.backend).href,
    PULUMI_CONFIG_PASSPHRASE: readOrMake(place.passphrase, newPassphrase),
    PULUMI_STACK: place.stack,
    // Every command of the engine then reads the generated config file, typed by hand or not.
    PULUMI_OPTION_CONFIG_FILE: place.config,
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_ERROR_OUTPUT_STRING: "true",
    PULUMI_LANGUAGE_NODEJS_RUN_PATH: programStart,
    NODE_COMPILE_CACHE: join(cacheFolder(outer), "node-compile"),
    // HOME is another one in here: a make inside the shell must not build every tool again.
    FLEET_CACHE_DIR: cacheFolder(outer),
    ...cloudTokens(token),
    FLEET_SANDBOX_DIR: place.folder,
    FLEET_SANDBOX_TOKEN: token,
  };
}

/**
 * Tokens for the stand-ins, which ask for one as the clouds do, of the clouds' own form. The providers write them to
 * their state: they are the same at every run, and worth nothing outside.
 */
function cloudTokens(token: string): Readonly<Record<string, string>> {
  const derived = (name: string): string =>
    createHash("sha256").update(`${token} ${name}`).digest("hex");
  return {
    LINODE_TOKEN: derived("linode"),
    CLOUDFLARE_API_TOKEN: derived("cloudflare").slice(0, 40),
  };
}

/** The environment of the engine when this program runs it. */
export function engineEnvironment(
  place: SandboxPlace,
  outer: Environment,
): Readonly<Record<string, string>> {
  return {
    ...sandboxEnvironment(place, outer),
    [engineMark]: place.folder,
    // Opens `--event-log`, which the vendor's Automation API reads as well.
    PULUMI_DEBUG_COMMANDS: "true",
    // State is written once at the end: right for what is thrown away, and for nothing else.
    PULUMI_SKIP_CHECKPOINTS: "true",
  };
}

/** Makes the folders and files that the environment names. */
export function prepareFolder(place: SandboxPlace): void {
  for (const folder of [place.backend, place.engineHome, place.home, place.temporary, place.logs]) {
    mkdirSync(folder, { recursive: true });
  }
  mkdirSync(place.bin, { recursive: true });
  linkNode(place);
  keepNoLogs(place.engineHome);
  // The stand-ins read it: a managed cluster's kubeconfig is the sandbox's.
  writeWhole(
    join(place.folder, "standins", "settings.json"),
    `${JSON.stringify({ kubeconfig: place.kubeconfig })}\n`,
  );
}

/** Where installed tools and caches of this user lie. */
function cacheFolder(outer: Environment): string {
  const set = (name: string): string | undefined => {
    const value = outer[name];
    return value === undefined || value === "" ? undefined : value;
  };
  return (
    set("FLEET_CACHE_DIR") ??
    join(set("XDG_CACHE_HOME") ?? join(set("HOME") ?? homedir(), ".cache"), "fleet")
  );
}

/** The program runs on the Node that runs this: the system's own may be too old for it. */
function linkNode(place: SandboxPlace): void {
  const link = join(place.bin, "node");
  if (existsSync(link) && readlinkSync(link) === process.execPath) {
    return;
  }
  rmSync(link, { force: true });
  symlinkSync(process.execPath, link);
}

/**
 * The engine keeps a log of everything it says to itself, for its makers: a third of its work, and megabytes each
 * time. It knows no switch, but does without where its folder cannot be.
 *
 * @param engineHome PULUMI_HOME; it is there.
 */
export function keepNoLogs(engineHome: string): void {
  const path = join(engineHome, "logs");
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    rmSync(path, { recursive: true, force: true });
    writeWhole(path, "A file, so that the engine keeps no logs here: sandbox/environment.ts.\n");
  }
}

function searchPath(outer: Environment): readonly string[] {
  return (outer["PATH"] ?? "").split(delimiter).filter((entry) => isAbsolute(entry));
}

function requireInside(folder: string, path: string): void {
  const inner = relative(resolve(folder), resolve(path));
  if (inner === "" || inner.startsWith("..") || isAbsolute(inner)) {
    throw fault(`the sandbox's backend ${path} must lie in ${folder}`);
  }
}

function newPassphrase(): string {
  return randomBytes(24).toString("base64url");
}

function newToken(): string {
  return randomBytes(32).toString("hex");
}
