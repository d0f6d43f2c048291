/**
 * Where the images of a system come from: public ones and private ones, each with its tag, and
 * exceptions service by service.
 *
 * Source: facts/skywire.md 1.4 (public `skycoin`, private `skycoinpro`; tags `test` and `latest`).
 */
import * as z from "zod";

import { ImageDigest, ImageRepository, ImageTag } from "../base/images.ts";
import { reference, type SecretReference } from "../base/secrets.ts";

const PublicImages = z.strictObject({
  /** Registry and organisation, e.g. `docker.io/skycoin`. */
  repository: ImageRepository,
  tag: ImageTag,
});

const PrivateImages = z.strictObject({
  /** Registry and organisation, e.g. `docker.io/skycoinpro`. */
  repository: ImageRepository,
  tag: ImageTag,
  /** Entry of `fleet:secrets` with the registry's login. */
  pullSecret: reference("docker-login"),
});

/** How an image is built and pushed by the stack itself, under its name and tag. */
export const BuildConfig = z.strictObject({
  /** Folder of the sources, from the program's; or a git address. */
  context: z.string().min(1, "must be a folder or a git address"),
  /** In the context. */
  dockerfile: z.string().min(1, "must be a file in the context").default("Dockerfile"),
  /** Of the nodes, not of the machine that builds. */
  platform: z.enum(["linux/amd64", "linux/arm64"]).default("linux/amd64"),
  /** Build arguments. They stand in the state and in the image's history: no secrets. */
  args: z.record(z.string(), z.string()).default({}),
  /** Stage to build. Default: the last one. */
  target: z.string().min(1).optional(),
  /** Login that may push. Default: that of the private images. */
  login: reference("docker-login").optional(),
});
/** {@inheritDoc BuildConfig} */
export type BuildConfig = z.infer<typeof BuildConfig>;

/** What differs for one service. */
const ImageOverride = z
  .strictObject({
    /** Registry, organisation **and** image name, e.g. `docker.io/skycoin/skywire-visor`. */
    repository: ImageRepository.optional(),
    tag: ImageTag.optional(),
    /** Pins the image: what was reviewed is what runs. Written by `make images`. */
    digest: ImageDigest.optional(),
    /**
     * Where it is pulled from, when that is not the side the service belongs to. A repository moved
     * out of the private organisation needs no login.
     */
    access: z.enum(["public", "private"]).optional(),
    /** Builds and pushes it; pods run what was pushed. */
    build: BuildConfig.optional(),
  })
  .refine((override) => Object.keys(override).length > 0, "must change something, or go")
  .refine(
    ({ build, digest }) => build === undefined || digest === undefined,
    "must say either digest or build: what is built has a digest of its own",
  );

/**
 * Schema of `fleet:images`.
 *
 * @param services The only names that may be overridden: a misspelt one would be ignored silently.
 */
export function imagesConfig<const Service extends string>(
  services: readonly [Service, ...Service[]],
) {
  return z.strictObject({
    public: PublicImages,
    private: PrivateImages,
    /**
     * `run` asks the registry for each tag's digest while the program runs, so that a pushed image
     * shows up in the preview. For stacks like test: what was reviewed is not what runs, should
     * somebody push in between.
     */
    resolve: z.literal("run", 'must be "run", or be left out').optional(),
    /** Service → what differs for it. */
    overrides: z.partialRecord(z.enum(services), ImageOverride).prefault({}),
  });
}

/** Which side of the registry an image is on. */
export type ImageAccess = "public" | "private";

/** Parsed `fleet:images`, whatever the services are called. */
export interface ImagesConfig {
  readonly public: { readonly repository: string; readonly tag: string };
  readonly private: {
    readonly repository: string;
    readonly tag: string;
    readonly pullSecret: SecretReference<"docker-login">;
  };
  readonly resolve?: "run" | undefined;
  readonly overrides: Readonly<Partial<Record<string, z.infer<typeof ImageOverride>>>>;
}

/** An image a service belongs to by default. */
export interface ServiceImage {
  /** Name of the service: key of `overrides`, and of the image. */
  readonly service: string;
  readonly access: ImageAccess;
  /** Name of the image in its repository. Default: the service's. */
  readonly image?: string;
}

/** An image ready to be named in a pod. */
export interface ResolvedImage {
  /** `registry/name:tag[@digest]`. */
  readonly reference: string;
  readonly access: ImageAccess;
  /** Login a pod needs to pull it. */
  readonly pullSecret: SecretReference<"docker-login"> | undefined;
}

/** The image of a service: the side it belongs to, with the stack's exceptions. */
export function imageOf(images: ImagesConfig, service: ServiceImage): ResolvedImage {
  const override = images.overrides[service.service] ?? {};
  const access = override.access ?? service.access;
  const side = images[access];
  const repository =
    override.repository ?? `${side.repository}/${service.image ?? service.service}`;
  const digest = override.digest === undefined ? "" : `@${override.digest}`;
  return {
    reference: `${repository}:${override.tag ?? side.tag}${digest}`,
    access,
    pullSecret: access === "private" ? images.private.pullSecret : undefined,
  };
}

/**
 * The name under which a login of this registry stands in a `.dockerconfigjson`.
 *
 * Docker Hub's is historic; under `docker.io` the kubelet finds it, the docker client does not.
 */
export function registryServer(repository: string): string {
  const host = repository.split("/")[0] ?? repository;
  return host === "docker.io" ? "https://index.docker.io/v1/" : host;
}
