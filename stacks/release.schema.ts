/**
 * What is known of a release: enough to put it back after a later one failed.
 *
 * A release is read by the code of another commit: by an older program that is put back, by a newer
 * runner. So these are not strict, and a key once there keeps its meaning.
 */
import * as z from "zod";

import { ImageDigest } from "../components/base/images.ts";

/** What a failed update does; the same words in every system. */
export const OnFailure = z.enum(["pause", "rollback"], {
  message:
    "must be pause (the failed update stops, the old pods go on serving) or rollback (make up and make live-up put the last good release back)",
});
/** {@inheritDoc OnFailure} */
export type OnFailure = z.infer<typeof OnFailure>;

/** What the runner hands to the program: `FLEET_RELEASE` is the path of a file with it, as JSON. */
export const ReleaseInput = z.object({
  /** The program's source. A work tree with changes is a commit of its own. */
  commit: z.string().regex(/^[0-9a-f]{40,64}$/, "must be the full hash of a commit"),
  /** Text of the config file that the engine reads; its secrets are encrypted. */
  config: z.string(),
  /** Image → digest that must run. Empty for a new release: its tags are looked up. */
  digests: z.record(z.string(), ImageDigest).default({}),
});
/** {@inheritDoc ReleaseInput} */
export type ReleaseInput = z.infer<typeof ReleaseInput>;

/** The stack output `release`. */
export const Release = ReleaseInput.extend({
  /** Data migrations that have run: URN of the Job → its uid in the cluster. */
  migrations: z.record(z.string(), z.string()).default({}),
});
/** {@inheritDoc Release} */
export type Release = z.infer<typeof Release>;

// Here as well, as release/ knows of the program this file alone.
export { migrationAnnotation } from "../components/base/annotations.ts";
