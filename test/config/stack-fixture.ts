/** The committed stack files as raw config, to be spoilt one way at a time. */
import type * as z from "zod";

import { generateSecret } from "../../components/base/secrets.ts";
import { parseStackFile, rawConfig } from "../../ops/stack-file.ts";
import { checkConfig, ConfigError } from "../../stacks/check.ts";
import { type RawConfig, systemSections } from "../../stacks/raw.ts";
import type { StackEnvironment } from "../../stacks/environment.ts";
import type { Fault } from "../../stacks/faults.ts";
import { parseAll } from "../../stacks/parse.ts";
import { inFile, requiredSecrets } from "../../stacks/secrets.ts";
import { StackConfig } from "../../stacks/stack.schema.ts";
import { schemaFor } from "../../stacks/systems.ts";
import { stackText } from "../stack-text.ts";

/** Stacks with a committed file. */
export type FixtureStack =
  | "test"
  | "prod"
  | "voting"
  | "spacemesh-mini"
  | "pushtech-staging"
  | "pushtech-production"
  | "fxa-production";

/** A stack file's config, and values for every secret it refers to. */
export interface Draft {
  readonly config: Record<string, unknown>;
  readonly secrets: Record<string, unknown>;
}

const drafts = {
  test: readDraft("test"),
  prod: readDraft("prod"),
  voting: readDraft("voting"),
  "spacemesh-mini": readDraft("spacemesh-mini"),
  "pushtech-staging": readDraft("pushtech-staging"),
  "pushtech-production": readDraft("pushtech-production"),
  "fxa-production": readDraft("fxa-production"),
} satisfies Record<FixtureStack, Draft>;

function readDraft(stack: FixtureStack): Draft {
  const file = parseStackFile(stack, stackText(stack));
  const parsed = parseAll(StackConfig, systemSections(file.config), inFile);
  const config = parsed.ok ? parsed.value : parsed.rest;
  const needs = requiredSecrets(config);
  return {
    config: file.config,
    secrets: Object.fromEntries(
      needs.map(({ name, kind, hosts }) => [name, generateSecret(kind, hosts)]),
    ),
  };
}

/** A copy of a stack's config that may be spoilt. */
export const draftOf = (stack: FixtureStack): Draft => structuredClone(drafts[stack]);

/** Config as the engine hands it over. */
export function rawOf({ config, secrets }: Draft): RawConfig {
  return rawConfig({ stack: "test", name: "", text: "", settings: {}, config }, secrets);
}

/** An operator with a context for each stack. */
export const environment = (stack: string): StackEnvironment => ({
  stack,
  now: () => new Date("2026-11-22T02:00:00Z"),
  kubeContexts: () => ({
    ok: true,
    value: new Map([
      ["skycoin-test", "https://192.0.2.1:6443"],
      ["skycoin-prod", "https://192.0.2.2:6443"],
      ["voting", "https://192.0.2.3:6443"],
      ["pushtech-staging", "https://192.0.2.4:6443"],
      ["pushtech-production", "https://192.0.2.5:6443"],
      ["fxa-production", "https://192.0.2.6:6443"],
      ["here", "https://127.0.0.1:6443"],
    ]),
  }),
});

const systems = [
  "skywire",
  "spacemesh",
  "spacemesh-discovery",
  "pushtech",
  "fxa",
  "voting",
] as const;

const schemas = new Map(
  await Promise.all(
    systems.map(async (system) => [system, await schemaFor({ "fleet:system": system })] as const),
  ),
);

/** The schema that the program holds a config against, without waiting for it. */
const schemaOf = (raw: RawConfig): z.ZodType<StackConfig> =>
  systems.flatMap((system) => (raw["fleet:system"] === system ? schemas.get(system) : []))[0] ??
  StackConfig;

/**
 * Faults of a config. Anything but a {@link ConfigError} passes through: the loader crashed.
 *
 * @param schema Default: what the program would take.
 */
export function faultsIn(
  raw: RawConfig,
  where: StackEnvironment = environment("test"),
  schema: z.ZodType<StackConfig> = schemaOf(raw),
): readonly Fault[] {
  try {
    checkConfig(raw, where, schema);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.faults;
    }
    throw error;
  }
}

/** Puts a value at a path, whose steps are parted by slashes; undefined takes the key out. */
export function put(target: unknown, path: string, value: unknown): void {
  const steps = path.split("/");
  const last = steps.pop() ?? "";
  let owner = target as Record<string, unknown>;
  for (const step of steps) {
    if (typeof owner[step] !== "object" || owner[step] === null) {
      owner[step] = {};
    }
    owner = owner[step] as Record<string, unknown>;
  }
  if (value === undefined) {
    Reflect.deleteProperty(owner, last);
  } else {
    owner[last] = value;
  }
}
