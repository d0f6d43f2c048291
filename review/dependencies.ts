/** What each property of a resource is made from: as the state knows it, and as a plan does. */
import * as z from "zod";

import type { Dependencies } from "./unknowns.ts";

const Urns = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);

const Needs = z.looseObject({
  dependencies: Urns,
  propertyDependencies: z
    .record(z.string(), Urns)
    .nullish()
    .transform((value) => value ?? {}),
});

const Deployment = z.looseObject({
  resources: z.array(Needs.extend({ urn: z.string() })).nullish(),
});

const Plan = z.looseObject({
  resourcePlans: z.record(z.string(), z.looseObject({ goal: Needs.nullish() })),
});

/**
 * Of a deployment as `pulumi stack export` has it: what the last update made each resource from. Empty
 * where it is none.
 */
export function dependenciesOfState(deployment: unknown): Dependencies {
  const { data } = Deployment.safeParse(deployment);
  return new Map((data?.resources ?? []).map((resource) => [resource.urn, needsOf(resource)]));
}

/**
 * Of a plan as `--save-plan` writes it: what this update makes each resource from, the new ones
 * included. Empty where the text is none; nothing of it is told, for it may hold secrets.
 */
export function dependenciesOfPlan(text: string): Dependencies {
  try {
    const { resourcePlans } = Plan.parse(JSON.parse(text));
    return new Map(
      Object.entries(resourcePlans).flatMap(([urn, { goal }]) =>
        goal === null || goal === undefined ? [] : [[urn, needsOf(goal)] as const],
      ),
    );
  } catch {
    return new Map();
  }
}

function needsOf(needs: z.infer<typeof Needs>): Readonly<Record<string, readonly string[]>> {
  return { ...needs.propertyDependencies, "": needs.dependencies };
}
