// The commands: which program each one is, which tools it needs, and which of make's variables it takes.

import { InstallError } from "./log.mjs";

/**
 * @typedef {{ program: string, arguments: string[], sets: string[], setsOfSandbox?: string[], setsUnlessLive?: string[],
 *   setsAtGoogle?: string[], takes: string[], mayBeEmpty?: string[], node?: readonly string[] }} Command
 *   `program`: a file of the clone; `sets`: sets of tools in tools.json, and `setsOfSandbox` those that TARGET=sandbox
 *   needs, `setsUnlessLive` those of a command that is the sandbox's where no TARGET is given, `setsAtGoogle` those that a
 *   stack needs which makes its cluster at Google; `takes`: variables handed over as options, of which `mayBeEmpty` have a
 *   default and are none where they are given and empty; `node`: options of Node itself
 */

const sandbox = ["engine", "cluster"];

/** What the official engine lacks to reach a cluster at Google: a live stack's one tool that may be of Fleet's making. */
const live = { sets: [], setsAtGoogle: ["google"] };

/**
 * A report is made of a log that may have tens of megabytes. Left alone, Node takes forty megabytes more before it throws
 * away what it has read, to be a twelfth quicker; and looks through what it keeps, which is nearly all, from its first ten
 * megabytes on, for a tenth of all the time that a report takes. And it compiles each function when that is first called, after
 * it went over it once already: all at once, as a file is loaded, takes no longer, and a tenth off the report itself.
 */
export const frugal = ["--max-semi-space-size=2", "--initial-heap-size=40", "--no-lazy"];

/** @type {Record<string, Command>} */
export const commands = {
  ...Object.fromEntries(
    ["preview", "down", "shell"].map((name) => [
      name,
      { program: "sandbox/cli.ts", arguments: [name], sets: sandbox, takes: ["STACK"] },
    ]),
  ),
  up: {
    ...{ program: "sandbox/cli.ts", arguments: ["up"], sets: sandbox },
    takes: ["STACK", "PATIENCE", "BEHAVE", "BESIDE"],
  },
  status: { program: "sandbox/cli.ts", arguments: ["status"], sets: [], takes: ["STACK"] },
  watch: {
    program: "sandbox/cli.ts",
    arguments: ["watch"],
    sets: [],
    takes: ["STACK", "FOLLOW"],
  },
  exec: { program: "sandbox/cli.ts", arguments: ["exec"], sets: sandbox, takes: ["STACK", "CMD"] },
  keys: {
    program: "ops/cli.ts",
    arguments: ["keys"],
    sets: [],
    takes: ["STACK", "TARGET", "NEW", "IMPORT", "ENV_FILE", "DOCKER_LOGIN"],
  },
  review: {
    ...{ program: "ops/cli.ts", arguments: ["review"], sets: [], setsUnlessLive: ["engine"] },
    node: frugal,
    takes: ["STACK", "BASE", "TARGET", "OUT"],
  },
  diff: {
    ...{ program: "ops/cli.ts", arguments: ["diff"], sets: ["engine"], node: frugal },
    takes: ["STACK", "BASE", "OUT"],
  },
  "live-preview": {
    ...{ program: "ops/cli.ts", arguments: ["live-preview"], ...live, node: frugal },
    takes: ["STACK", "BASE", "OUT"],
  },
  "live-drift": {
    ...{ program: "ops/cli.ts", arguments: ["live-drift"], ...live },
    takes: ["STACK", "OUT"],
  },
  "live-up": {
    ...{ program: "ops/cli.ts", arguments: ["live-up"], ...live },
    takes: ["STACK", "YES", "REVIEWED"],
  },
  tasks: {
    ...{ program: "ops/cli.ts", arguments: ["tasks"], sets: [] },
    // A workflow's own input is empty wherever a push started it, not a person.
    ...{ takes: ["FOR", "BRANCH", "STACK"], mayBeEmpty: ["STACK"] },
  },
  "live-tools": {
    ...{ program: "ops/cli.ts", arguments: ["live-tools"], ...live },
    takes: ["STACK"],
  },
  "live-login": { program: "ops/cli.ts", arguments: ["live-login"], sets: [], takes: ["STACK"] },
  "live-logout": { program: "ops/cli.ts", arguments: ["live-logout"], sets: [], takes: [] },
  "join-reports": {
    ...{ program: "ops/cli.ts", arguments: ["join-reports"], sets: [] },
    takes: ["FROM", "OUT", "AGREED", "BASE"],
  },
  comment: { program: "ops/cli.ts", arguments: ["comment"], sets: [], takes: ["FROM", "PULL"] },
  merged: { program: "ops/cli.ts", arguments: ["merged"], sets: [], takes: ["COMMIT", "BRANCH"] },
  alarm: { program: "ops/cli.ts", arguments: ["alarm"], sets: [], takes: ["STACK", "FROM"] },
  doctor: {
    ...{ program: "ops/cli.ts", arguments: ["doctor"], takes: ["STACK", "TARGET"] },
    ...{ sets: [], setsOfSandbox: sandbox },
  },
  hosts: { program: "ops/cli.ts", arguments: ["hosts"], sets: [], takes: ["STACK", "TARGET"] },
  verify: { program: "ops/cli.ts", arguments: ["verify"], sets: [], takes: ["STACK", "TARGET"] },
  adopt: {
    ...{ program: "ops/cli.ts", arguments: ["adopt"], takes: ["STACK", "TARGET", "YES"] },
    ...{ sets: [], setsOfSandbox: sandbox },
  },
  policy: {
    ...{ program: "ops/cli.ts", arguments: ["policy"], takes: ["STACK", "TARGET"] },
    ...{ sets: [], setsOfSandbox: ["engine"] },
  },
  preflight: {
    program: "ops/cli.ts",
    arguments: ["preflight"],
    sets: ["engine"],
    takes: ["STACK", "TARGET"],
  },
  images: { program: "ops/cli.ts", arguments: ["images"], sets: [], takes: ["STACK", "TARGET"] },
  "lint-stacks": { program: "ops/cli.ts", arguments: ["lint-stacks"], sets: [], takes: [] },
  "new-stack": {
    program: "ops/cli.ts",
    arguments: ["new-stack"],
    sets: [],
    takes: ["NAME", "FROM"],
  },
  genesis: { program: "ops/cli.ts", arguments: ["genesis"], sets: [], takes: ["STACK"] },
  list: { program: "ops/cli.ts", arguments: ["list"], sets: [], takes: ["TARGET"] },
  rewards: {
    ...{ program: "ops/cli.ts", arguments: ["rewards"], sets: [] },
    takes: ["STACK", "TARGET", "ENDPOINT"],
  },
  "network-release": {
    ...{ program: "ops/cli.ts", arguments: ["network-release"], sets: [] },
    takes: ["STACK", "TARGET"],
  },
  "from-spacecraft": {
    ...{ program: "ops/cli.ts", arguments: ["from-spacecraft"], sets: [] },
    takes: ["NAME", "FROM"],
  },
  test: {
    program: "test/run.ts",
    arguments: [],
    sets: [...sandbox, "judges", "charts", "google"],
    takes: [],
  },
  check: { program: "tools/check.mjs", arguments: [], sets: [], takes: [] },
  bench: { program: "bench/run.ts", arguments: [], sets: [...sandbox, "bench"], takes: ["FOR"] },
  schema: { program: "ops/schema-cli.ts", arguments: [], sets: [], takes: [] },
  standins: { program: "sandbox/standins/generate.ts", arguments: [], sets: [], takes: [] },
  picture: { program: "test/picture/cli.ts", arguments: [], sets: [], takes: [] },
  format: {
    program: "node_modules/oxfmt/bin/oxfmt",
    arguments: [],
    sets: [],
    takes: [],
  },
  golden: {
    program: "node_modules/vitest/vitest.mjs",
    arguments: ["run", "--project", "unit", "--project", "thorough", "test/golden", "-u"],
    sets: [],
    takes: [],
  },
};

/**
 * Sets of tools that a command needs. Live stacks run on the operator's own.
 * @param {Command} command
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} [stackFile] text of the stack's file: where it has a chart, the sandbox takes that from this machine
 * @returns {string[]}
 */
export function setsOf(
  { sets, setsOfSandbox = [], setsUnlessLive = [], setsAtGoogle = [] },
  environment,
  stackFile,
) {
  const target = environment["TARGET"];
  const all = [
    ...sets,
    ...(isAtGoogle(stackFile ?? "") ? setsAtGoogle : []),
    ...(target === "sandbox" ? setsOfSandbox : []),
    ...(target === "live" ? [] : setsUnlessLive),
  ];
  return all.includes("engine") && usesCharts(stackFile ?? "") ? [...all, "charts"] : all;
}

/**
 * Whether a stack's file speaks of a chart, or of a cert-manager that somebody else installed: its kinds are needed then.
 * @param {string} stackFile
 * @returns {boolean}
 */
const usesCharts = (stackFile) =>
  /\bcertManager:[^#]*?\bkind: *["']?(chart|preinstalled)\b/.test(stackFile);

/**
 * Whether a stack's file has its cluster made at Google, whatever the style it is written in.
 * @param {string} stackFile
 * @returns {boolean}
 */
const isAtGoogle = (stackFile) => /^[^#\n]*\bkind: *["']?gke\b/m.test(stackFile);

/** What a variable is when it is not given. @type {Record<string, string>} */
const defaults = { STACK: "test" };

/**
 * Options that are called otherwise than their variable. Node looks for an --env-file among a program's own words, too, and ends with
 * an error of its own where it finds no such file (nodejs/node#54232): `-`, which is standard input, is none.
 * @type {Record<string, string>}
 */
const optionNames = { ENV_FILE: "environment-file" };

/**
 * The options that make's variables stand for: STACK=test becomes `--stack test`. Empty ones are left out, and the
 * program says what it misses.
 * @param {Command} command
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string[]}
 * @throws InstallError where one that has a default is given and empty: a script's own variable was, and another stack is meant.
 */
export function optionsOf(command, environment) {
  return command.takes.flatMap((name) => {
    const value = environment[name] ?? defaults[name] ?? "";
    if (value === "" && name in defaults && command.mayBeEmpty?.includes(name) !== true) {
      throw new InstallError(`${name} is empty: say which, or leave it out for ${defaults[name]}`);
    }
    const option = `--${optionNames[name] ?? name.toLowerCase().replaceAll("_", "-")}`;
    // A value that begins with a dash, by itself, would be taken for an option of its own.
    return value === "" ? [] : value.startsWith("-") ? [`${option}=${value}`] : [option, value];
  });
}
