/**
 * Container images: `registry/name:tag[@digest]`.
 *
 * A tag is always required: an image without one means `latest`, which nobody chose.
 */
import * as z from "zod";

const imageShape =
  /^(?:(?<registry>[a-z0-9.-]+(?::\d+)?)\/)??(?<repository>[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*):(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** Full reference of an image, with its tag. */
export const ImageReference = z
  .string()
  .regex(
    imageShape,
    "must be an image with its tag, e.g. docker.io/library/postgres:17.5 or …:17.5@sha256:…",
  );

/** Tag of an image. */
export const ImageTag = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, "must be an image tag, e.g. test or v1.3.2");

/** Digest of an image. */
export const ImageDigest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "must be an image digest: sha256: and 64 hex digits");

/** When a node asks the registry: at each start of a container, or only for an image that it has not. */
export const PullPolicy = z.enum(["Always", "IfNotPresent"], {
  message: "must be Always or IfNotPresent",
});
/** {@inheritDoc PullPolicy} */
export type PullPolicy = z.infer<typeof PullPolicy>;

/** Repository of images: registry and organisation, without tag. */
export const ImageRepository = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+((?:[._]|__|-+)[a-z0-9]+)*)+$/,
    "must be a registry with an organisation, e.g. docker.io/skycoinpro",
  );

/** Parts of an image reference. */
export interface ImageParts {
  /** Everything before the tag. */
  readonly repository: string;
  /** Tag, e.g. `test`. */
  readonly tag: string;
  /** `sha256:…` where the reference is pinned. */
  readonly digest: string | undefined;
}

/**
 * Takes an image reference apart.
 *
 * @throws Error when the text is no reference with a tag.
 */
export function parseImage(reference: string): ImageParts {
  const { registry, repository, tag, digest } = imageShape.exec(reference)?.groups ?? {};
  if (repository === undefined || tag === undefined) {
    throw new Error(`image ${reference}: must carry a tag, e.g. docker.io/library/postgres:17.5`);
  }
  return {
    repository: registry === undefined ? repository : `${registry}/${repository}`,
    tag,
    digest,
  };
}

/** An image of a stack, and where its digest stands in the file, or would. */
export interface ImageUse {
  /** In the parsed config: `["images", "overrides", "dmsg-server", "digest"]`. */
  readonly path: readonly (string | number)[];
  /** `registry/name:tag[@digest]`. */
  readonly reference: string;
  /** What stands at the path: the digest alone, or the whole reference. */
  readonly holds: "digest" | "reference";
  /** Entry of `fleet:secrets` with the login that may pull it. */
  readonly login: string | undefined;
  /** Who settles the digest where the file does not: each run's look-up, or the stack's own build. */
  readonly settledBy: "run" | "build" | undefined;
}

/** An image that a config names in full. */
export interface NamedImage {
  /** Keys on the way to it; the last one is `image`, or ends in it as `toolsImage` does. */
  readonly path: readonly (string | number)[];
  readonly reference: string;
}

const isImageKey = (key: string): boolean => key === "image" || key.endsWith("Image");

/** Every image that a parsed config names, a schema's defaults among them. */
export function namedImages(config: unknown): readonly NamedImage[] {
  const found: NamedImage[] = [];
  const walk = (value: unknown, path: NamedImage["path"]): void => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        walk(item, [...path, index]);
      });
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        if (typeof item === "string" && isImageKey(key) && imageShape.test(item)) {
          found.push({ path: [...path, key], reference: item });
        }
        walk(item, [...path, key]);
      }
    }
  };
  walk(config, []);
  return found;
}

/**
 * What is said of images without a digest: two nodes, or two runs, may start different programs
 * under the same tag, and going back to a tag is not going back to what ran.
 *
 * @param images Service → its image.
 * @returns undefined where all are pinned.
 */
export function unpinnedWarning(images: Readonly<Record<string, string>>): string | undefined {
  const unpinned = Object.entries(images).flatMap(([service, image]) =>
    parseImage(image).digest === undefined ? [service] : [],
  );
  return unpinned.length === 0
    ? undefined
    : `${unpinned.join(", ")}: images by their tags alone, which can be moved: pin what shall stay by its digest (image:tag@sha256:…)`;
}
