/** Where the config that home smeshers join with is published: `fleet:published`. */
import * as z from "zod";

/** A bucket of Google Cloud Storage. */
export const BucketName = z
  .string()
  .regex(
    /^[a-z0-9][-_a-z0-9]{1,61}[a-z0-9]$/,
    "must be the name of a bucket: 3 to 63 lower-case letters, digits, dashes and underscores, e.g. spacecraft-data",
  );

/** Schema of `fleet:published`. The bucket is a precondition: it is not made here. */
export const PublishedConfig = z.strictObject({
  bucket: BucketName.default("spacecraft-data"),
  /** Object in the bucket. Default: `<network>-archive/config.json`. */
  object: z
    .string()
    .regex(/^[A-Za-z0-9][-A-Za-z0-9._/]{0,199}$/, "must be the path of an object in the bucket")
    .optional(),
});
/** {@inheritDoc PublishedConfig} */
export type PublishedConfig = z.infer<typeof PublishedConfig>;

/** Path of a network's config in its bucket. */
export const publishedObject = (network: string, { object }: PublishedConfig): string =>
  object ?? `${network}-archive/config.json`;

/** Address by which everybody reads it. */
export const publishedUrl = (network: string, published: PublishedConfig): string =>
  `https://storage.googleapis.com/${published.bucket}/${publishedObject(network, published)}`;
