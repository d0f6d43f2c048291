/**
 * Images of a system that lie in **one** repository, told apart by their tags: `pushtech:storage`,
 * `pushtech:tracker`. A Docker Hub account pays for one private repository this way.
 *
 * Source: facts/pushtech.md 1 (eleven tags of `<account>/pushtech`; pull policy).
 */
import * as z from "zod";

import {
  ImageDigest,
  ImageRepository,
  ImageTag,
  type ImageUse,
  parseImage,
  PullPolicy,
} from "../base/images.ts";
import { reference, type SecretReference } from "../base/secrets.ts";
import { BuildConfig, registryServer } from "./registry.schema.ts";

/** What differs for one component. */
const TaggedOverride = z
  .strictObject({
    /** Registry, organisation and repository, e.g. `docker.io/example/tracker`. */
    repository: ImageRepository.optional(),
    /** The whole tag: nothing is put before or behind it. */
    tag: ImageTag.optional(),
    /** Pins the image: what was reviewed is what runs. Written by `make images`. */
    digest: ImageDigest.optional(),
    /** Builds and pushes it; pods run what was pushed. */
    build: BuildConfig.optional(),
  })
  .refine((override) => Object.keys(override).length > 0, "must change something, or go")
  .refine(
    ({ build, digest }) => build === undefined || digest === undefined,
    "must say either digest or build: what is built has a digest of its own",
  );

/**
 * Schema of `fleet:images` where one repository has all.
 *
 * @param components The tags, which are also the only names that may be overridden: a misspelt one
 *   would be ignored silently.
 */
export function taggedImagesConfig<const Component extends string>(
  components: readonly [Component, ...Component[]],
) {
  return z.strictObject({
    /** Registry, account and repository, e.g. `docker.io/gorenje/pushtech`. */
    repository: ImageRepository,
    /** Entry of `fleet:secrets` with the registry's login. */
    pullSecret: reference("docker-login"),
    /**
     * Of every container of the system's namespace, stores and init containers, too. `Always` is for
     * tags that move. `IfNotPresent` starts what a node has once pulled under the tag, so that new
     * images need a digest, a version, or `resolve: run`.
     */
    pullPolicy: PullPolicy.default("IfNotPresent"),
    /** Put behind each tag: `storage-v2` for `v2`. Default: tags are the components' names. */
    version: z
      .string()
      .regex(
        /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/,
        "must be what stands behind each tag's dash, e.g. v2 or 2026-11-22",
      )
      .optional(),
    /** `run` asks the registry for each tag's digest while the program runs. For stacks like staging. */
    resolve: z.literal("run", 'must be "run", or be left out').optional(),
    /** Component → what differs for it. */
    overrides: z.partialRecord(z.enum(components), TaggedOverride).prefault({}),
  });
}

/** Parsed `fleet:images` of one repository, whatever its components are called. */
export interface TaggedImagesConfig {
  readonly repository: string;
  readonly pullSecret: SecretReference<"docker-login">;
  readonly pullPolicy: PullPolicy;
  readonly version?: string | undefined;
  readonly resolve?: "run" | undefined;
  readonly overrides: Readonly<Partial<Record<string, z.infer<typeof TaggedOverride>>>>;
}

/** An image ready to be named in a pod. */
export interface TaggedImage {
  /** `registry/name:tag[@digest]`. */
  readonly reference: string;
  /** Login that it is pulled with: none at another registry than that of the repository. */
  readonly login: SecretReference<"docker-login"> | undefined;
}

/** The image of a component, with the stack's exceptions. */
export function taggedImageOf(images: TaggedImagesConfig, component: string): TaggedImage {
  const override = images.overrides[component] ?? {};
  const repository = override.repository ?? images.repository;
  const tag =
    override.tag ?? (images.version === undefined ? component : `${component}-${images.version}`);
  const digest = override.digest === undefined ? "" : `@${override.digest}`;
  return {
    reference: `${repository}:${tag}${digest}`,
    login: isOwnRegistry(images, repository) ? images.pullSecret : undefined,
  };
}

/** The login is that of one registry: no other one is ever shown it. */
const isOwnRegistry = (images: TaggedImagesConfig, repository: string): boolean =>
  registryServer(repository) === registryServer(images.repository);

/** Where the components' digests stand in the file, for `make images`. */
export const taggedImageUses = (
  images: TaggedImagesConfig,
  components: readonly string[],
): ImageUse[] =>
  components.map((component) => {
    const { reference, login } = taggedImageOf(images, component);
    const looksUp = images.resolve === "run" && parseImage(reference).digest === undefined;
    return {
      path: ["images", "overrides", component, "digest"],
      reference,
      holds: "digest",
      login: login?.name,
      settledBy:
        images.overrides[component]?.build !== undefined ? "build" : looksUp ? "run" : undefined,
    };
  });

/**
 * What is said of images that nodes never ask for again: pushed anew under the same tag, they reach
 * only nodes that have none yet, and deleting pods does not help (facts/pushtech.md 9).
 *
 * @returns undefined where every new image is seen.
 */
export function stuckImagesWarning(
  images: TaggedImagesConfig,
  components: readonly string[],
): string | undefined {
  if (images.pullPolicy === "Always" || images.version !== undefined) {
    return undefined;
  }
  const stuck = taggedImageUses(images, components)
    .filter(
      ({ path, reference, settledBy }) =>
        settledBy === undefined &&
        parseImage(reference).digest === undefined &&
        images.overrides[String(path[2])]?.tag === undefined,
    )
    .map(({ path }) => path[2]);
  return stuck.length === 0
    ? undefined
    : `${stuck.join(", ")}: images by tags that move, which nodes keep as they first pulled them (pullPolicy IfNotPresent): write digests with make images, or give fleet:images a version`;
}
