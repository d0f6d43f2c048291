/**
 * The release as a stack output: what `make up` and `make live-up` go back to when a later update
 * fails. It is settled only when every resource of the program is, awaited pods included: the engine
 * then keeps the former release's output through a failed update.
 */
import type { batch } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { StackContext } from "./context.ts";
import { migrationAnnotation, type OnFailure } from "./release.schema.ts";

type Outputs = Readonly<Record<string, unknown>>;

const jobType = "kubernetes:batch/v1:Job";

/**
 * Adds the output `release` where the stack rolls back.
 *
 * @param compose Makes every resource of the stack. Those made later, in an apply, are not waited for.
 */
export async function withRelease(
  { onFailure }: { readonly onFailure: OnFailure },
  { stack, release, digests }: Pick<StackContext, "stack" | "release" | "digests">,
  compose: () => Outputs | Promise<Outputs>,
): Promise<Outputs> {
  if (onFailure === "pause") {
    return compose();
  }
  if (release === undefined) {
    await pulumi.log.warn(
      `fleet:onFailure is rollback, and plain pulumi only pauses: a failed update stops where it is, and this one is nothing that a later one can go back to. ` +
        `make live-up STACK=${stack} keeps the release and rolls back.`,
    );
    return compose();
  }
  const made = noteResources();
  const outputs = await compose();
  return {
    ...outputs,
    // One that waits is enough: the engine takes a stack's outputs all together.
    release: {
      commit: pulumi.all(made.map(({ resource }) => resource.urn)).apply(() => release.commit),
      config: pulumi.secret(release.config),
      digests: digests.found,
      migrations: migrationsOf(made),
    },
  };
}

interface Made {
  readonly type: string;
  readonly resource: pulumi.Resource;
}

/** Every resource from here on: a list kept by hand would forget one, and call a half-made release good. */
function noteResources(): readonly Made[] {
  const made: Made[] = [];
  pulumi.runtime.registerStackTransformation(({ type, resource }) => {
    made.push({ type, resource });
    return undefined;
  });
  return made;
}

/** Of an object's metadata, what tells a migration; an object without annotations has none at all. */
interface Metadata {
  readonly uid: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function isJob(made: Made): made is Made & { readonly resource: batch.v1.Job } {
  return made.type === jobType;
}

/** Jobs that change data, each as the one that ran: a Job that runs again has another uid. */
function migrationsOf(made: readonly Made[]): pulumi.Output<Readonly<Record<string, string>>> {
  const entries = made
    .filter(isJob)
    .map(({ resource: { urn, metadata } }) =>
      pulumi
        .all([urn, metadata])
        .apply(([name, { annotations, uid }]: readonly [string, Metadata]) =>
          annotations?.[migrationAnnotation] === "true" ? [[name, uid] as const] : [],
        ),
    );
  return pulumi.all(entries).apply((found) => Object.fromEntries(found.flat()));
}
