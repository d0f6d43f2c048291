/**
 * Everything that is checked of stack config before the first resource: shapes, units, unknown keys, rules
 * across fields, secrets, the kube context. All faults of a file come out together.
 *
 * Without the engine's SDK: commands read stack files, too, and it alone takes half a second to load.
 */
import type * as z from "zod";

import { clockFaults } from "./clock.ts";
import type { StackEnvironment } from "./environment.ts";
import { type Fault, reportFaults } from "./faults.ts";
import { isLoopback } from "./kubeconfig.ts";
import { type Parsed, parseAll } from "./parse.ts";
import { loaderSections, type RawConfig, readRawValue } from "./raw.ts";
import { inFile, isProduction, requiredSecrets, secretFaults } from "./secrets.ts";
import type { StackConfig } from "./stack.schema.ts";

/** A stack file that stands. */
export interface CheckedStack {
  readonly config: StackConfig;
  /** Whether `make up` runs it, on this machine. */
  readonly sandbox: boolean;
  /** Entries of `fleet:secrets` by name. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** Faults of a stack file. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly faults: readonly Fault[];

  constructor(stack: string, faults: readonly Fault[]) {
    super(reportFaults(stack, faults));
    this.faults = faults;
  }
}

/**
 * The engine hands config to the program in one environment variable, and the kernel refuses one of
 * 128 KiB; what is left is for encoding and growth.
 */
export const maximumConfigBytes = 96 * 1024;

/**
 * Checks a stack's config. Pure but for the environment's look at the kubeconfig.
 *
 * @param schema Of the file's own system, or of all.
 * @throws ConfigError with every fault.
 */
export function checkConfig(
  raw: RawConfig,
  environment: StackEnvironment,
  schema: z.ZodType<StackConfig>,
): CheckedStack {
  const { sections, faults } = readSections(raw);
  const secrets = secretEntries(sections, faults);
  const sandbox = readSandbox(sections, faults);
  const systemSections = Object.fromEntries(
    [...sections].filter(([name]) => !loaderSections.includes(name)),
  );
  const parsed = parseAll(schema, systemSections, inFile);
  const told = parsed.ok ? [] : parsed.faults;
  const further = furtherFaults(parsed, secrets, sandbox, environment);
  const all = [...faults, ...elsewhere(faults, told), ...elsewhere(told, further)];
  if (all.length > 0 || !parsed.ok || secrets === undefined) {
    throw new ConfigError(environment.stack, all);
  }
  const values = Object.entries(secrets).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return { config: parsed.value, sandbox, secrets: new Map(values) };
}

/** What is known beyond the schema: the secrets' values, the operator's contexts, the time. */
function furtherFaults(
  parsed: Parsed<StackConfig>,
  secrets: SecretEntries | undefined,
  sandbox: boolean,
  environment: StackEnvironment,
): readonly Fault[] {
  const config = parsed.ok ? parsed.value : parsed.rest;
  if (config === undefined) {
    return [];
  }
  const isOwn = ({ path }: { readonly path: string }): boolean =>
    parsed.ok || !parsed.isStandIn(path);
  const required = requiredSecrets(config).filter(isOwn);
  return [
    ...(secrets === undefined
      ? []
      : secretFaults(required, secrets, environment.stack, isProduction(config))),
    ...contextFaults(config, sandbox, environment).filter(isOwn),
    ...(environment.now === undefined
      ? []
      : clockFaults(config, environment.stack, environment.now()).filter(isOwn)),
  ];
}

/** Faults at places of which nothing was told before: one mistake is one fault. */
function elsewhere(told: readonly Fault[], faults: readonly Fault[]): readonly Fault[] {
  const places = new Set(told.map(({ path }) => path));
  return faults.filter(({ path }) => !places.has(path));
}

interface Sections {
  readonly sections: ReadonlyMap<string, unknown>;
  readonly faults: Fault[];
}

/** Top-level keys → values, with the faults that only they can have. */
function readSections(raw: RawConfig): Sections {
  const sections = new Map<string, unknown>();
  const faults: Fault[] = [];
  const bytes = Buffer.byteLength(JSON.stringify(raw));
  if (bytes > maximumConfigBytes) {
    faults.push({
      path: "config",
      expected: `must have at most ${maximumConfigBytes / 1024} KiB in all (it has ${Math.ceil(bytes / 1024)} KiB): the engine hands it over in one environment variable`,
      mend: "derive what is generated instead of listing it, and keep only imported values",
    });
  }
  for (const [key, text] of Object.entries(raw)) {
    const colon = key.indexOf(":");
    const namespace = key.slice(0, colon);
    if (namespace === "fleet") {
      readSection(key.slice(colon + 1), text, sections, faults);
    } else if (colon < 0) {
      faults.push({
        path: key,
        expected: "is no key of the engine's: each has its program's name and a colon before it",
        mend: `is fleet:${key} meant?`,
      });
    } else if (namespace !== "pulumi") {
      faults.push({
        path: key,
        expected:
          "is no key of Fleet: settings of default providers act on nothing here, every resource has its provider explicitly",
        mend: `pulumi config rm ${key}`,
      });
    }
  }
  faults.push(...defaultProviderFaults(raw["pulumi:disable-default-providers"]));
  return { sections, faults };
}

function readSection(
  name: string,
  text: string,
  sections: Map<string, unknown>,
  faults: Fault[],
): void {
  try {
    sections.set(name, readRawValue(text));
  } catch {
    // The text may hold secrets: it is not repeated.
    faults.push({ path: `fleet:${name}`, expected: "must be valid YAML or JSON" });
  }
}

/** Without this setting, a resource that lost its provider would go to whatever the shell names. */
function defaultProviderFaults(text: string | undefined): Fault[] {
  return text !== undefined && /^\s*\[\s*"\*"\s*\]\s*$/.test(text)
    ? []
    : [
        {
          path: "pulumi:disable-default-providers",
          expected: 'must be ["*"]: a resource without an explicit provider must fail',
          mend: "pulumi config set --path 'pulumi:disable-default-providers[0]' '*'",
        },
      ];
}

type SecretEntries = Readonly<Record<string, unknown>>;

/** `fleet:secrets`, or undefined where it is no map: then nothing can be said of its entries. */
function secretEntries(
  sections: ReadonlyMap<string, unknown>,
  faults: Fault[],
): SecretEntries | undefined {
  const path = "fleet:secrets";
  if (faults.some((fault) => fault.path === path)) {
    return undefined;
  }
  const value = sections.get("secrets") ?? {};
  if (typeof value === "object" && !Array.isArray(value)) {
    return value as SecretEntries;
  }
  faults.push({ path, expected: "must be a map: name → secure value" });
  return undefined;
}

function readSandbox(sections: ReadonlyMap<string, unknown>, faults: Fault[]): boolean {
  const value = sections.get("sandbox") ?? false;
  if (typeof value !== "boolean") {
    faults.push({
      path: "fleet:sandbox",
      expected: "must not be there: make up writes it into a file of its own",
      mend: "remove it from the stack file",
    });
  }
  return value === true;
}

/**
 * The context must be one the operator has; a sandbox's must lead to this machine. What runs in no
 * cluster has none: its cloud is a stand-in in the sandbox, which opens nothing elsewhere.
 */
function contextFaults(
  { cluster }: StackConfig,
  sandbox: boolean,
  environment: StackEnvironment,
): Fault[] {
  // A cluster that the program makes hands its own kubeconfig out.
  if (cluster?.kind !== "kubeconfig") {
    return [];
  }
  const { context } = cluster;
  const path = "fleet:cluster.context";
  const contexts = environment.kubeContexts();
  if (!contexts.ok) {
    return [{ path, expected: contexts.fault, mend: "set KUBECONFIG to the stack's kubeconfig" }];
  }
  const server = contexts.value.get(context);
  if (server === undefined) {
    const known = [...contexts.value.keys()].join(", ");
    return [
      {
        path,
        expected: `names the context ${context}, which the kubeconfig does not have`,
        mend: known === "" ? "the kubeconfig has no context at all" : `it has: ${known}`,
      },
    ];
  }
  return sandbox && !isLoopback(server)
    ? [
        {
          path: "fleet:sandbox",
          expected: `must not be true for a cluster outside this machine (${context} is at ${server})`,
          mend: "fleet:sandbox is written by make up only: remove it from the stack file",
        },
      ]
    : [];
}
