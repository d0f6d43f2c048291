/** The program's only reader of stack config: check.ts, with what resources are made of. */
import * as pulumi from "@pulumi/pulumi";
import type * as z from "zod";

import { SecretStore } from "../components/base/secret-store.ts";
import { checkConfig, ConfigError } from "./check.ts";
import type { StackContext } from "./context.ts";
import { Digests } from "./digests.ts";
import { EnvironmentError, readEnvironment, type StackEnvironment } from "./environment.ts";
import type { RawConfig } from "./raw.ts";
import type { StackConfig } from "./stack.schema.ts";
import { schemaFor } from "./systems.ts";

/** A stack file that stands: config, and what belongs to it. */
export interface LoadedStack {
  readonly config: StackConfig;
  readonly context: StackContext;
}

/**
 * Reads the running stack's config.
 *
 * @throws RunError with every fault, which the engine prints without the stack of calls.
 */
export async function loadConfig(): Promise<LoadedStack> {
  const raw = pulumi.runtime.allConfig();
  const schema = await schemaFor(raw);
  try {
    return parseConfig(raw, readEnvironment(pulumi.getStack()), schema);
  } catch (error) {
    throw error instanceof ConfigError || error instanceof EnvironmentError
      ? new pulumi.RunError(error.message)
      : error;
  }
}

/**
 * Checks a stack's config, and makes what belongs to it.
 *
 * @throws ConfigError with every fault.
 */
export function parseConfig(
  raw: RawConfig,
  environment: StackEnvironment,
  schema: z.ZodType<StackConfig>,
): LoadedStack {
  const { config, sandbox, secrets } = checkConfig(raw, environment, schema);
  const { stack, release, isClusterUnread = false } = environment;
  return {
    config,
    context: {
      stack,
      sandbox,
      secrets: new SecretStore(secrets),
      release,
      isClusterUnread,
      digests: new Digests(release?.digests),
    },
  };
}
