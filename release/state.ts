/** What a stack's state says of its release and of the data migrations that ran. */
import * as z from "zod";

import { migrationAnnotation, Release } from "../stacks/release.schema.ts";

const jobType = "kubernetes:batch/v1:Job";

/** Of a resource, what tells a migration. */
const Resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  inputs: z
    .looseObject({
      metadata: z
        .looseObject({ annotations: z.record(z.string(), z.unknown()).nullish() })
        .nullish()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
  outputs: z
    .looseObject({ metadata: z.looseObject({ uid: z.string().optional() }).nullish() })
    .nullish()
    .catch(undefined),
  /** It was replaced, and is only still to be deleted. */
  delete: z.boolean().nullish(),
});

const Deployment = z.looseObject({
  resources: z.array(Resource).nullish(),
  pending_operations: z.array(z.looseObject({ resource: Resource, type: z.string() })).nullish(),
});

const Outputs = z.looseObject({ release: z.unknown().optional() });

/** What a state holds. */
export interface StackState {
  /** The last release all of whose pods became ready. */
  readonly release: Release | undefined;
  /** Migrations that have begun: URN of the Job → its uid, or nothing where the engine does not know. */
  readonly migrations: ReadonlyMap<string, string>;
}

/**
 * Migrations of a deployment as `pulumi stack export` and the backend have it.
 *
 * @param deployment Resources and pending operations. A Job that was being made when the engine was
 *   killed counts: it may have run.
 */
export function migrationsIn(deployment: unknown): ReadonlyMap<string, string> {
  const { resources, pending_operations: pending } = Deployment.parse(deployment ?? {});
  const begun = (pending ?? [])
    .filter(({ type }) => type === "creating")
    .map(({ resource }) => [resource.urn, "", resource] as const);
  // A Job under a name that the provider draws is made anew beside the old one, and an update that fails leaves both.
  // The engine lists the old one last: it must not stand for the one that ran since (seen with pulumi 3.259).
  const former = (resources ?? []).filter((resource) => resource.delete === true);
  const last = (resources ?? []).filter((resource) => resource.delete !== true);
  const known = [...former, ...last].map(
    (resource) => [resource.urn, resource.outputs?.metadata?.uid ?? "", resource] as const,
  );
  return new Map(
    [...known, ...begun].flatMap(([urn, uid, { type, inputs }]) =>
      type === jobType && inputs?.metadata?.annotations?.[migrationAnnotation] === "true"
        ? [[urn, uid] as const]
        : [],
    ),
  );
}

/** The part of a deployment that tells whether somebody is at work on it. */
const Operations = z.looseObject({ pending_operations: z.array(z.unknown()).nullish() });

/** How many operations an update has begun and not ended: it is at work, or it was killed. */
export function begunIn(deployment: unknown): number {
  return Operations.parse(deployment ?? {}).pending_operations?.length ?? 0;
}

/** What the engine is asked for. Of all outputs: for one that is not there it fails as it does for any fault. */
export const outputWords = ["stack", "output", "--json", "--show-secrets", "--stack"];

/**
 * The release among a stack's outputs, as {@link outputWords} prints them; undefined where there is none,
 * or one that this code cannot read.
 *
 * @throws Error where these are no outputs: what nobody could read must not pass for a first release.
 */
export function releaseIn(outputs: string): Release | undefined {
  const { release } = Outputs.parse(JSON.parse(outputs));
  return Release.safeParse(release).data;
}
