/**
 * Reads the engine's plan (`--save-plan` with secrets shown). Of all that the engine writes it alone has
 * what a secret property will be; event logs never do.
 */
import * as z from "zod";

import type { JsonObject } from "../values.ts";

const Bag = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});

const Plan = z.looseObject({
  resourcePlans: z.record(
    z.string(),
    z.looseObject({
      goal: z
        .looseObject({ inputDiff: z.looseObject({ adds: Bag, updates: Bag }).nullish() })
        .nullish(),
    }),
  ),
});

/**
 * URN → new inputs as far as they differ from the old ones, secrets open; undefined where the text is no
 * plan. Nothing of the text is ever told: it holds secrets.
 */
export function readPlan(text: string): ReadonlyMap<string, JsonObject> | undefined {
  try {
    const plan = Plan.parse(JSON.parse(text));
    return new Map(
      Object.entries(plan.resourcePlans).map(([urn, { goal }]) => [
        urn,
        { ...goal?.inputDiff?.adds, ...goal?.inputDiff?.updates },
      ]),
    );
  } catch {
    return undefined;
  }
}
