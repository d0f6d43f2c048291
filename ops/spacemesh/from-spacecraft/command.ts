/**
 * `from-spacecraft`: a stack file out of the config file and the environment of the tool of old. Secrets are not
 * in it, neither plain nor otherwise: what is to be done with each is said.
 */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";

import { stringify } from "yaml";

import { type Fault, reportFaults } from "../../../stacks/faults.ts";
import { parseAll } from "../../../stacks/parse.ts";
import { systemSections } from "../../../stacks/raw.ts";
import { inFile } from "../../../stacks/secrets.ts";
import { StackConfig } from "../../../stacks/stack.schema.ts";
import { CommandError } from "../../command.ts";
import { asHere } from "../../images/layout.ts";
import { isMap, parseStackFile, stackFileName } from "../../stack-file.ts";
import { originalSize } from "./original-size.ts";
import { readJson, readSettings, type Settings, type Source } from "./read.ts";
import type { SettingKey } from "./settings.ts";
import { type NamedFiles, type Section, slotTypes, stackSections } from "./stack-sections.ts";

/** What is asked for. */
export interface FromSpacecraft {
  readonly root: string;
  /** Name of the stack to make. */
  readonly name: string;
  /** Path of the config file of old. */
  readonly from: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Writes the stack file.
 *
 * @returns What the engineer should know and do next.
 * @throws CommandError where the stack is there already, or what was read makes no stack; nothing is written then.
 */
export async function fromSpacecraft({
  environment,
  from,
  name,
  root,
}: FromSpacecraft): Promise<string> {
  const target = stackFileName(name);
  const taken = readdirSync(root).find((file) => file.toLowerCase() === target.toLowerCase());
  if (taken !== undefined) {
    throw new CommandError(`${target} exists already`);
  }
  const path = resolve(from);
  const { notes, settings } = readSettings(readJson(path, "FROM"), environment);
  requireGiven(settings);
  const text = await stackText(settings, readNamed(settings, path), name);
  // "wx": should another process have been faster, its file stays.
  writeFileSync(join(root, target), text, { flag: "wx" });
  return [
    `${target} is written.`,
    ...list("Of what was read", [...notes, ...derivedNotes(settings)]),
    ...list("Secrets", secretSteps(settings, name, path)),
    ...list("Next", nextSteps(settings, name)),
  ].join("\n");
}

/** What had no default that worked. */
function requireGiven(settings: Settings): void {
  const needed: readonly SettingKey[] = [
    ...(["gcp-project", "gcp-location", "gcp-zone"] as const),
    ...(settings.isOn("bootstrap") ? [] : (["miner-go-sm-config"] as const)),
    ...(settings.isOn("enable-slack-alerts") ? (["slack-channel-id"] as const) : []),
  ];
  const missing = needed.filter((key) => settings.text(key) === "");
  if (missing.length > 0) {
    throw new CommandError(
      `nothing was written; the tool of old needed these too: ${missing
        .map((key) => `${key} (or SPACECRAFT_${key.toUpperCase().replaceAll("-", "_")})`)
        .join(", ")}`,
    );
  }
}

function readNamed(settings: Settings, config: string): NamedFiles {
  const read = (key: "go-sm-config" | "miner-go-sm-config"): unknown =>
    readJson(findFile(settings.text(key), config), key);
  return settings.isOn("bootstrap")
    ? {
        template: settings.isGiven("go-sm-config") ? read("go-sm-config") : undefined,
        parent: undefined,
      }
    : { template: undefined, parent: read("miner-go-sm-config") };
}

/** The tool of old was started in its own clone: a path is looked for beside the config file and above it. */
function findFile(path: string, config: string): string {
  if (isAbsolute(path)) {
    return path;
  }
  for (let folder = dirname(config); ; folder = dirname(folder)) {
    if (existsSync(join(folder, path))) {
      return join(folder, path);
    }
    if (folder === dirname(folder)) {
      return resolve(path);
    }
  }
}

/** The whole file, once it stands. The smallest nodes for bootnodes that it stands with are taken. */
async function stackText(settings: Settings, files: NamedFiles, name: string): Promise<string> {
  let report = "";
  for (const type of slotTypes) {
    const text = await write(stackSections(settings, files, type), name);
    const faults = faultsOf(name, text);
    if (faults.length === 0) {
      return text;
    }
    report = reportFaults(name, faults);
    const isTooSmall = faults.some(({ expected }) => /bootnodes/.test(expected));
    if (!isTooSmall) {
      break;
    }
  }
  throw new CommandError(`what was read makes no stack, and nothing was written:\n${report}`);
}

/** Faults of a file, as if it had its genesis already: `make genesis` writes that. */
function faultsOf(name: string, text: string): readonly Fault[] {
  const { config } = parseStackFile(name, text);
  const parsed = parseAll(StackConfig, systemSections(withGenesis(config)), inFile);
  return parsed.ok ? [] : parsed.faults;
}

function withGenesis(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const network = config["fleet:network"];
  return isMap(network) && isMap(network["genesis"])
    ? {
        ...config,
        "fleet:network": {
          ...network,
          genesis: { ...network["genesis"], time: "2000-01-01T00:00:00Z", activeSize: 1 },
        },
      }
    : config;
}

async function write(sections: readonly Section[], name: string): Promise<string> {
  const head = [
    "# yaml-language-server: $schema=schemas/stack.schema.json",
    "#",
    "# A Spacemesh network, made of a config file of go-spacecraft by make from-spacecraft.",
    "#",
    `#   make up STACK=${name}`,
    "#   docs/spacemesh.md",
    "config:",
  ];
  const body = sections.map(({ comment, key, value }) => {
    const lines = stringify({ [key]: value }, { lineWidth: 0, aliasDuplicateObjects: false });
    return `${comment === undefined ? "" : `# ${comment}\n`}${lines}`;
  });
  const indented = body
    .join("\n")
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
  return asHere(stackFileName(name), `${head.join("\n")}\n${indented}`);
}

/** What was decided in the reader's name. */
function derivedNotes(settings: Settings): readonly string[] {
  const isBytes = settings.text("poet-disk-size") !== settings.text("miner-disk-size");
  return [
    ...(/:v?\d+\.\d+/.test(settings.text("go-sm-image"))
      ? []
      : [
          `the tag of ${settings.text("go-sm-image")} is no version: fleet:network.node.version says the tool's own time, v0.2.17; correct it if the image is newer`,
        ]),
    ...(settings.isOn("bootstrap") && !settings.isGiven("go-sm-config")
      ? [
          "go-sm-config was not given: the node's config is the version's own, with mininet's number and layers",
        ]
      : []),
    ...(isBytes
      ? ["poet-disk-size is taken as it says: the tool of old gave PoETs a miner's disk"]
      : []),
    ...(settings.isGiven("miner-go-sm-config") && settings.isOn("bootstrap")
      ? ["miner-go-sm-config was for single miners: all miners have one config here"]
      : []),
    sizeNote(settings),
    "flags of a command line are not known here: put what was given so into the environment, SPACECRAFT_<KEY>",
  ];
}

/** Otherwise the first preview looks as if it asked for too much. */
function sizeNote(settings: Settings): string {
  const { cpus, gibibytes, nodes } = originalSize((key) => settings.text(key));
  return `the tool of old would have made ${nodes} ${settings.text("gcp-machine-type")} for ${cpus} CPUs and ${gibibytes} Gi, as its formula counts; size: auto counts every pod, and what a node keeps for itself`;
}

/** What happens to each secret. None of these lines has one; commands read them where they are. */
function secretSteps(settings: Settings, name: string, config: string): readonly string[] {
  const parts: string[] = [];
  if (settings.isOn("enable-slack-alerts") && settings.isGiven("slack-token")) {
    parts.push(`slack: ${readerOf(settings.source("slack-token"))}`);
  }
  const tls = (["tls-crt", "tls-key"] as const).map((key) => findFile(settings.text(key), config));
  if (tls.every((path) => existsSync(path))) {
    parts.push(
      `tls: ${tls.map((path) => `f.readFileSync(${JSON.stringify(path)}, "utf8")`).join(" + ")}`,
    );
  }
  const readsFile = parts.some((part) => part.includes("c["));
  const script =
    `const f = require("fs"); ${readsFile ? `const c = JSON.parse(f.readFileSync(${JSON.stringify(config)}, "utf8")); ` : ""}` +
    `process.stdout.write(JSON.stringify({ ${parts.join(", ")} }))`;
  const isInFile = (["slack-token", "cloudflare-api-token", "github-token"] as const).filter(
    (key) => settings.source(key).from === "file" && settings.isGiven(key),
  );
  return [
    "fleet:secrets.network, which all identities follow from, is made by make keys; keys of the old network cannot be taken over, but imported one by one (fleet:miners.imported)",
    ...(parts.length === 0
      ? []
      : [
          `take over what is there: node -e ${shellQuoted(script)} | make keys STACK=${name} TARGET=live IMPORT=-`,
        ]),
    ...(parts.some((part) => part.startsWith("tls:"))
      ? []
      : [
          `the certificate for *.spacemesh.io and its key are not at ${tls.join(" and ")}: make keys STACK=${name} TARGET=live says how tls is imported`,
        ]),
    ...(settings.isGiven("cloudflare-api-token")
      ? ["cloudflare-api-token: the environment that runs pulumi has it as CLOUDFLARE_API_TOKEN"]
      : []),
    ...(settings.isGiven("github-token")
      ? ["github-token: the environment that runs make network-release has it as GITHUB_TOKEN"]
      : []),
    ...(isInFile.length === 0
      ? []
      : [
          `${isInFile.join(", ")} stand in the clear in ${config}: take them out of it, and have new ones made if anybody else may read it`,
        ]),
  ];
}

/** How a value is read where it stands, in JavaScript. */
function readerOf(source: Source): string {
  switch (source.from) {
    case "environment":
      return `process.env[${JSON.stringify(source.variable)}]`;
    case "file":
      return `c[${JSON.stringify(source.key)}]`;
    case "default":
      return '""';
  }
}

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function nextSteps(settings: Settings, name: string): readonly string[] {
  return [
    ...(settings.isGiven("cloudflare-api-token")
      ? ["fill in the zone's identifier at fleet:dns"]
      : []),
    ...(settings.isOn("bootstrap")
      ? [
          `make genesis STACK=${name}, once the machines of the network are there (docs/spacemesh.md)`,
        ]
      : []),
    `make up STACK=${name} brings it up on this machine; docs/spacemesh.md goes on from there`,
  ];
}

const list = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  - ${line}`)];
