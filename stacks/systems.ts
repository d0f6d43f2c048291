/** The schema that a stack's config is held against. */
import type * as z from "zod";

import type { RawConfig } from "./raw.ts";
import type { StackConfig } from "./stack.schema.ts";

/**
 * The schema of the system that a config names, and no other's: each is some dozens of files with its rules.
 *
 * @returns That of all systems where it names none there is: it tells which there are.
 */
export async function schemaFor(raw: RawConfig): Promise<z.ZodType<StackConfig>> {
  switch (raw["fleet:system"]) {
    case "skywire":
      return (await import("./skywire/schema.ts")).SkywireStack;
    case "spacemesh":
      return (await import("./spacemesh/schema.ts")).SpacemeshStack;
    case "spacemesh-discovery":
      return (await import("./spacemesh-discovery/schema.ts")).SpacemeshDiscoveryStack;
    case "pushtech":
      return (await import("./pushtech/schema.ts")).PushtechStack;
    case "fxa":
      return (await import("./fxa/schema.ts")).FxaStack;
    case "voting":
      return (await import("./voting/schema.ts")).VotingStack;
    default:
      return (await import("./stack.schema.ts")).StackConfig;
  }
}
