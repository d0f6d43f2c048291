/** The sandbox's config file: the stack's own text, its secrets and encryption replaced. Pure. */
import {
  type Document,
  isMap,
  isScalar,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";

import { yamlFault } from "../stacks/yaml-fault.ts";
import { useChart } from "./charts.ts";
import { decrypt, encrypt, type PassphraseKey } from "./encryption.ts";
import { fault } from "./fault.ts";

/** Sections and settings that say how the live stack is encrypted. */
const encryptionSettings = ["secretsprovider", "encryptedkey", "encryptionsalt"] as const;

const secretsSection = "fleet:secrets";
const sandboxSection = "fleet:sandbox";

/** Reads a stack file; a fault names the line, never what stands there. */
export function parseStackFile(text: string, path: string): Document {
  // The engine merges `<<`: what it reads must be what is checked here.
  const document = parseDocument(text, { merge: true, prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    throw fault(
      `${path}${line === undefined ? "" : `:${line}`} is no valid YAML (${yamlFault(error.code)})`,
    );
  }
  if (!isMap(document.contents)) {
    throw fault(`${path} must be a map with the key config`);
  }
  const config = document.get("config");
  if (config !== undefined && config !== null && !isMap(config)) {
    throw fault(`${path}: config must be a map: fleet:<section> → value`);
  }
  refuseOutsideConfig(document.contents, path);
  return document;
}

/** A section that lost its indent: the engine passes over it, and the stack comes up without. */
function refuseOutsideConfig({ items }: YAMLMap, path: string): void {
  const outside = items
    .map(({ key }) => (isScalar(key) ? String(key.value) : ""))
    .filter((key) => /^(fleet|pulumi):/.test(key));
  if (outside.length > 0) {
    throw fault(
      `${path}: ${outside.join(" and ")} must stand under config: the engine would pass over it`,
      "indent it by two spaces, below the line config:",
    );
  }
}

/** Full key → value of a stack file's config, without secrets: the sandbox has its own. */
export function configValues(document: Document): Readonly<Record<string, unknown>> {
  const config = document.get("config");
  if (!isMap(config)) {
    return {};
  }
  const values = plainValues(config, document);
  return Object.fromEntries(
    Object.entries(values).filter(([key]) => key !== secretsSection && key !== sandboxSection),
  );
}

function plainValues(config: YAMLMap, document: Document): Readonly<Record<string, unknown>> {
  try {
    return config.toJS(document) as Readonly<Record<string, unknown>>;
  } catch {
    // The parser quotes what it did not find, which may be a secret that begins with a star.
    throw fault("the stack file's YAML anchors cannot be resolved: each * needs its & before it");
  }
}

/**
 * The text of the generated config file. Comments, order and everything else stay.
 *
 * @param secrets Throw-away values of `fleet:secrets`.
 * @param former The file so far. What it encrypts is kept where it still says the same, so that the
 *   text changes with the config only: it stands in the state of a stack that rolls back.
 * @param chart Folder of cert-manager's chart: what a live stack takes from a registry.
 * @throws SandboxError where another part of the file is encrypted: its key is not here.
 */
export function sandboxConfig(
  text: string,
  path: string,
  secrets: ReadonlyMap<string, string>,
  { key, saltLine }: PassphraseKey,
  former?: string,
  chart?: string,
): string {
  const document = parseStackFile(text, path);
  for (const setting of encryptionSettings) {
    document.delete(setting);
  }
  if (!isMap(document.get("config", true))) {
    document.set("config", document.createNode({}));
  }
  document.deleteIn(["config", secretsSection]);
  document.deleteIn(["config", sandboxSection]);
  refuseOtherSecrets(document, path);
  shortenPauses(document);
  useChart(document, chart);
  document.set("encryptionsalt", saltLine);
  const before = former === undefined ? undefined : parseDocument(former);
  const entries = [...secrets].map(([name, value]) => {
    const sealed = before?.getIn(["config", secretsSection, name, "secure"]);
    return [name, { secure: says(sealed, value, key) ? sealed : encrypt(key, value) }];
  });
  document.setIn(
    ["config", secretsSection],
    document.createNode(Object.fromEntries(entries)) as Node,
  );
  document.setIn(["config", sandboxSection], true);
  return `# Written by make up for the sandbox: changes are lost.\n${document.toString({ lineWidth: 0 })}`;
}

function says(sealed: unknown, value: string, key: Buffer): sealed is string {
  try {
    return typeof sealed === "string" && decrypt(key, sealed) === value;
  } catch {
    return false;
  }
}

/** Longest pause between two members of a network, in seconds. */
const longestPause = 1;

/**
 * A network's members are exchanged two minutes apart, so that each has found its peers again. Nothing here
 * has peers: a running network of ten would take a quarter of an hour to come up.
 */
function shortenPauses(document: Document): void {
  const pause = ["config", "fleet:miners", "upgrade", "pauseSeconds"];
  const said = document.getIn(pause);
  if (
    isMap(document.getIn(pause.slice(0, 2))) &&
    (typeof said !== "number" || said > longestPause)
  ) {
    document.setIn(pause, longestPause);
  }
}

function refuseOtherSecrets(document: Document, path: string): void {
  const config = document.get("config", true);
  if (!isMap(config)) {
    return;
  }
  visit(config, {
    Map: (_, map, ancestors) => {
      if (map.items.length === 1 && map.has("secure")) {
        const keys = ancestors.flatMap((ancestor) =>
          "key" in ancestor && isScalar(ancestor.key) ? [String(ancestor.key.value)] : [],
        );
        throw fault(
          `${path} holds an encrypted value at ${keys.join(".")}: secrets stand in ${secretsSection} only`,
          "move it there and refer to it by its name",
        );
      }
    },
  });
}
