/**
 * `doctor`'s first checks: what can be told from the stack's file and this machine, before any backend,
 * cluster or account is asked (`doctor/world-checks.ts`). And how all of them are shown.
 */
import { generateSecret } from "../components/base/secrets.ts";
import { nameOfCluster } from "../components/platform/cluster.schema.ts";
import { counted } from "../review/render/compose/line.ts";
import { checkConfig, ConfigError, maximumConfigBytes } from "../stacks/check.ts";
import { readEnvironment, type StackEnvironment } from "../stacks/environment.ts";
import type { Fault } from "../stacks/faults.ts";
import { requiredSecrets } from "../stacks/secrets.ts";
import { StackConfig } from "../stacks/stack.schema.ts";
import type { Target } from "./command.ts";
import type { Check } from "./doctor/check.ts";
import { stackFileFindings } from "./lint-stacks.ts";
import { readSections } from "./sections.ts";
import { isMap, rawConfig, secretEntries, secureText, type StackFile } from "./stack-file.ts";
import { table } from "./table.ts";
import { type Machine, toolFindings } from "./tools.ts";

/** Top-level keys the engine knows in a stack file. */
const engineKeys = ["config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment"];

/** Every check of the file and the machine. */
export function examine(root: string, file: StackFile, target: Target, machine: Machine): Check[] {
  const secrets = standInSecrets(file, target);
  return [
    toolCheck(root, target, machine),
    settingsCheck(file),
    secretsCheck(file),
    sizeCheck(file, secrets),
    configCheck(file, secrets, environmentOf(file, target)),
  ];
}

/** Every check in a table, then faults, what could not be checked, and notices, each with its mend. */
export function reportChecks(file: StackFile, checks: readonly Check[]): string {
  const faults = checks.flatMap((check) => check.faults);
  const notices = checks.flatMap((check) => check.notices ?? []);
  const unchecked = checks.flatMap(({ name, unchecked: why }) =>
    why === undefined ? [] : [`  ${name}: ${why}`],
  );
  return [
    table([
      ["CHECK", "RESULT", "DETAIL"],
      ...checks.map((check) => [check.name, resultOf(check), check.detail]),
    ]),
    "",
    ...linesOf("FAULTS", faults),
    ...(unchecked.length === 0 ? [] : ["NOT CHECKED", ...unchecked, ""]),
    ...linesOf("NOTICES", notices),
    faults.length > 0
      ? `${file.name}: ${counted(faults.length, "fault")}${also(unchecked.length)}.`
      : unchecked.length > 0
        ? `${file.name}: no fault where it could be looked${also(unchecked.length)}.`
        : `${file.name} is in order.`,
  ].join("\n");
}

function resultOf({ faults, notices = [], unchecked }: Check): string {
  if (faults.length > 0) {
    return counted(faults.length, "FAULT", "FAULTS");
  }
  if (unchecked !== undefined) {
    return "not checked";
  }
  return notices.length > 0 ? counted(notices.length, "notice") : "ok";
}

function linesOf(title: string, found: readonly Fault[]): string[] {
  const lines = found.flatMap(({ path, expected, mend }) => [
    `  ${path}`,
    `    ${expected}`,
    ...(mend === undefined ? [] : [`    to mend: ${mend}`]),
  ]);
  return found.length === 0 ? [] : [title, ...lines, ""];
}

const also = (unchecked: number): string =>
  unchecked === 0 ? "" : `, ${counted(unchecked, "check")} not made`;

function toolCheck(root: string, target: Target, machine: Machine): Check {
  const findings = toolFindings(root, target, machine);
  return {
    name: "this machine",
    detail: findings.map(({ tool, detail }) => `${tool} ${detail}`).join("; "),
    faults: findings
      .filter(({ ok }) => !ok)
      .map(({ tool, detail }) => ({ path: tool, expected: detail })),
  };
}

function settingsCheck(file: StackFile): Check {
  return {
    name: "top-level keys",
    detail: Object.keys(file.settings).join(", "),
    faults: Object.keys(file.settings)
      .filter((key) => !engineKeys.includes(key))
      .map((key) => ({
        path: key,
        expected: `is no top-level key of a stack file (${engineKeys.join(", ")}): the engine would pass over it`,
        mend: "settings stand under config, as fleet:<section>",
      })),
  };
}

function secretsCheck(file: StackFile): Check {
  return {
    name: "plain-text secrets",
    detail: `${Object.keys(secretEntries(file)).length} entries in fleet:secrets`,
    faults: stackFileFindings(file.text).map(({ line, fault }) => ({
      path: `${file.name}:${line}`,
      expected: fault,
    })),
  };
}

/** The loader says so too; here is what is left before it does. */
function sizeCheck(file: StackFile, secrets: Readonly<Record<string, unknown>>): Check {
  const bytes = Buffer.byteLength(JSON.stringify(rawConfig(file, secrets)));
  const detail = `${Math.ceil(bytes / 1024)} of ${maximumConfigBytes / 1024} KiB`;
  return { name: "size of the config", detail, faults: [] };
}

function configCheck(
  file: StackFile,
  secrets: Readonly<Record<string, unknown>>,
  environment: StackEnvironment,
): Check {
  const name = "config";
  try {
    const { config } = checkConfig(rawConfig(file, secrets), environment, StackConfig);
    return { name, detail: `${config.system}, ${placeOf(config)}`, faults: [] };
  } catch (error) {
    if (error instanceof ConfigError) {
      return { name, detail: "as the program reads it", faults: error.faults };
    }
    throw error;
  }
}

/** Where a stack runs, in words. */
function placeOf(config: StackConfig): string {
  if (config.system === "spacemesh-discovery") {
    return `bucket ${config.published.bucket}`;
  }
  return config.cluster === undefined
    ? `Docker at ${config.docker.host ?? `context ${config.docker.context ?? ""}`}`
    : `${config.cluster.kind === "kubeconfig" ? "context" : "cluster"} ${nameOfCluster(config.cluster)}`;
}

/**
 * What `fleet:secrets` would decrypt to: values of the right kinds in place of encrypted ones, as
 * this command decrypts nothing. The sandbox makes what its stack lacks.
 */
function standInSecrets(file: StackFile, target: Target): Readonly<Record<string, unknown>> {
  const parsed = readSections(file);
  const config = parsed.ok ? parsed.value : parsed.rest;
  const needs = config === undefined ? [] : requiredSecrets(config);
  const made = Object.fromEntries(
    needs.map(({ name, kind, hosts }) => [name, generateSecret(kind, hosts)]),
  );
  if (target === "sandbox") {
    return made;
  }
  return Object.fromEntries(
    Object.entries(secretEntries(file)).map(([name, value]) => [
      name,
      secureText(value) === undefined ? value : (made[name] ?? "encrypted"),
    ]),
  );
}

/** The sandbox makes its own kubeconfig, with the stack's context on this machine. */
function environmentOf(file: StackFile, target: Target): StackEnvironment {
  if (target === "live") {
    return readEnvironment(file.stack);
  }
  const cluster = file.config["fleet:cluster"];
  const context = isMap(cluster) ? cluster["context"] : undefined;
  const contexts = new Map(typeof context === "string" ? [[context, "https://127.0.0.1"]] : []);
  return { stack: file.stack, kubeContexts: () => ({ ok: true, value: contexts }) };
}
