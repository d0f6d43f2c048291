/** `fleet:release`: what `make network-release` bundles, and where it puts it. No resource is made of it. */
import * as z from "zod";

/** Name of a bucket of Cloud Storage. */
const Bucket = z
  .string()
  .regex(
    /^[a-z0-9][-a-z0-9_.]{1,61}[a-z0-9]$/,
    "must be the name of a bucket: 3 to 63 lower-case letters, digits, dashes, underscores and dots",
  );

/** The original's buckets and repository (facts/spacemesh.md 4.1, 4.4), which it had in its code. */
export const NetworkRelease = z.strictObject({
  /** Version of the node builds; the release's tag, too. */
  version: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
      "must be the version of a node build, e.g. v0.2.18: it is a folder and a tag",
    ),
  /** Bucket that has the node builds, `<version>/<system>.zip`. */
  builds: Bucket.default("go-spacemesh-release-builds"),
  /** Bucket that gets them with the network's config, under the same names. */
  bundles: Bucket.default("spacemesh-release-builds"),
  /** Repository of the forge that gets the draft. */
  repository: z
    .string()
    .regex(
      /^[A-Za-z\d][\w.-]*\/[\w][\w.-]*$/,
      "must be a repository: owner/name, e.g. spacemeshos/sm-net",
    )
    .default("spacemeshos/sm-net"),
});
/** {@inheritDoc NetworkRelease} */
export type NetworkRelease = z.infer<typeof NetworkRelease>;
