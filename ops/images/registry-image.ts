/**
 * What a registry knows of an image: which platforms it is for, how it starts, how large it is, whether
 * all of it is there. Read as `registry.ts` reads digests.
 *
 * Sources: github.com/opencontainers/image-spec (image-index, manifest, config).
 */
import * as z from "zod";

import { ImageDigest, parseImage } from "../../components/base/images.ts";
import { textOf } from "./registry-answer.ts";
import { RegistryFault } from "./registry-fault.ts";
import {
  askRepository,
  contentDigest,
  nodePlatform,
  openRepository,
  parseAnswer,
  type RegistryOptions,
  type Repository,
  sendQuestion,
} from "./registry.ts";

/** How an image starts, as its maker wrote it. */
export interface ImageStart {
  /** `USER`: a name, a number, either with `:group`; empty for root. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `EXPOSE`, such as `8080/tcp`. */
  readonly ports: readonly string[];
  /** `VOLUME`. */
  readonly volumes: readonly string[];
}

/** An image of a registry. */
export interface RegistryImage {
  /** Digest of what the reference names: an index, or one image. */
  readonly digest: string;
  /** What the tag means now; undefined where the registry has the digest, and no such tag any more. */
  readonly tagDigest: string | undefined;
  /** Such as `linux/arm64`. */
  readonly platforms: readonly string[];
  /** Platform → what stands there of the image; of those asked for that it has. */
  readonly images: ReadonlyMap<string, PlatformImage>;
}

/** An image for one platform. */
export interface PlatformImage {
  readonly start: ImageStart;
  /** As it is sent: layers are compressed. */
  readonly bytes: number;
}

/** Of an image with more layers than any engine takes nothing more is asked. */
const mostLayers = 200;

const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);
const keys = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => Object.keys(value ?? {}));

const Platform = z.looseObject({ os: z.string(), architecture: z.string() });
const Index = z.looseObject({
  manifests: z.array(z.looseObject({ digest: ImageDigest, platform: Platform.optional() })),
});
const Part = z.looseObject({ digest: ImageDigest, size: z.int().nonnegative() });
const Manifest = z.looseObject({
  config: Part,
  layers: z.array(z.looseObject({ ...Part.shape, urls: z.array(z.string()).optional() })),
});
const Configuration = z.looseObject({
  ...Platform.shape,
  config: z
    .looseObject({
      User: z.string().default(""),
      Entrypoint: texts,
      Cmd: texts,
      ExposedPorts: keys,
      Volumes: keys,
    })
    .nullish(),
});

/**
 * Reads an image.
 *
 * @param reference `registry/name:tag[@digest]`; the digest is what counts where there is one.
 * @param wanted Platforms to look into; others are only named.
 * @throws RegistryFault with what stands in the way, or is not there.
 */
export async function readImage(
  reference: string,
  wanted: readonly string[],
  options: RegistryOptions,
): Promise<RegistryImage> {
  const { repository: name, tag, digest } = parseImage(reference);
  const repository = await openRepository(name, options);
  const top = await readManifest(repository, digest ?? tag, digest);
  const tagDigest = digest === undefined ? top.digest : await digestOfTag(repository, tag);
  const index = Index.safeParse(top.content).data;
  if (index === undefined) {
    const { platform, ...image } = await readPlatform(repository, top.content);
    const images = new Map(wanted.includes(platform) ? [[platform, image]] : []);
    return { digest: top.digest, tagDigest, platforms: [platform], images };
  }
  const images = new Map<string, PlatformImage>();
  for (const platform of wanted) {
    const child = index.manifests.find((one) => platformName(one.platform) === platform);
    if (child !== undefined) {
      const { content } = await readManifest(repository, child.digest, child.digest);
      images.set(platform, await readPlatform(repository, content));
    }
  }
  // Attestations stand in an index as images for no machine.
  const names = index.manifests.map(({ platform }) => platformName(platform));
  const platforms = [...new Set(names)].filter((one) => one !== "unknown/unknown");
  return { digest: top.digest, tagDigest, platforms, images };
}

function platformName(platform: z.infer<typeof Platform> | undefined): string {
  return platform === undefined ? nodePlatform : `${platform.os}/${platform.architecture}`;
}

async function readManifest(
  repository: Repository,
  what: string,
  expected: string | undefined,
): Promise<{ readonly digest: string; readonly content: unknown }> {
  const response = await askRepository(repository, `manifests/${what}`, "GET");
  const text = await textOf(repository.name, response);
  const digest = contentDigest(text);
  const told = expected ?? response.headers.get("docker-content-digest") ?? digest;
  if (told !== digest) {
    throw otherContent(`${repository.name} at ${what}`);
  }
  return { digest, content: parseAnswer(text, repository.name) };
}

/** What passes has its digest for a name: whoever changed it on the way is found out. */
function otherContent(what: string): RegistryFault {
  return new RegistryFault(
    `${what} came with another content than its digest says`,
    "ask again; if it stays, something between here and the registry changes what passes",
  );
}

async function digestOfTag(repository: Repository, tag: string): Promise<string | undefined> {
  const response = await sendQuestion(repository, `${repository.url}/manifests/${tag}`, "HEAD");
  return response.ok ? (response.headers.get("docker-content-digest") ?? undefined) : undefined;
}

async function readPlatform(
  repository: Repository,
  content: unknown,
): Promise<PlatformImage & { readonly platform: string }> {
  const { name } = repository;
  const manifest = Manifest.safeParse(content).data;
  if (manifest === undefined || manifest.layers.length > mostLayers) {
    throw new RegistryFault(
      `${name}: the registry's answer is no image that this version knows`,
      "an image of the first schema, of 2016 and before, is pushed anew with a newer docker",
    );
  }
  const { digest } = manifest.config;
  const text = await textOf(name, await askRepository(repository, `blobs/${digest}`, "GET"));
  if (contentDigest(text) !== digest) {
    throw otherContent(`${name}: its configuration`);
  }
  const parsed = Configuration.safeParse(parseAnswer(text, name)).data;
  if (parsed === undefined) {
    throw new RegistryFault(
      `${name}: its configuration is none of an image for containers`,
      "is it a chart or another artefact? Only images can be run",
    );
  }
  await requireLayers(repository, manifest.layers);
  return {
    platform: platformName(parsed),
    bytes: [manifest.config, ...manifest.layers].reduce((sum, { size }) => sum + size, 0),
    start: startOf(parsed.config),
  };
}

function startOf(config: z.infer<typeof Configuration>["config"]): ImageStart {
  return {
    user: config?.User ?? "",
    entrypoint: config?.Entrypoint ?? [],
    command: config?.Cmd ?? [],
    ports: config?.ExposedPorts ?? [],
    volumes: config?.Volumes ?? [],
  };
}

/** A layer that a clean-up took, or a push that broke off left out: the node would find out. */
async function requireLayers(
  repository: Repository,
  layers: z.infer<typeof Manifest>["layers"],
): Promise<void> {
  // What has addresses of its own lies elsewhere.
  const own = layers.filter(({ urls = [] }) => urls.length === 0).map(({ digest }) => digest);
  for (const digest of new Set(own)) {
    const { status } = await sendQuestion(repository, `${repository.url}/blobs/${digest}`, "HEAD");
    // Any other refusal is of the question, not of the layer: stores behind registries know no HEAD.
    if (status === 404) {
      throw new RegistryFault(
        `${repository.name} lacks a layer of its own, ${digest.slice(0, 19)}…: no node could pull it`,
        "push the image again: the registry lost a part of it",
      );
    }
  }
}
