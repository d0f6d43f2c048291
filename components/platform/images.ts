/** Images of which only the run knows the digest: tags that move, and images that the stack builds. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { getRegistryImageOutput } from "@pulumi/docker/getRegistryImage.js";
import { Image } from "@pulumi/docker/image.js";
import { Provider } from "@pulumi/docker/provider.js";
import * as pulumi from "@pulumi/pulumi";

import { parseImage } from "../base/images.ts";
import { readLogin, type SecretReference } from "../base/secrets.ts";
import { type BuildConfig, registryServer } from "./registry.schema.ts";

/** Where digests are kept through a rollback: one that is settled is not looked up again. */
export interface DigestBook {
  resolve(reference: string, lookUp: () => pulumi.Output<string>): pulumi.Output<string>;
}

/** What a run settles of a stack's images, whichever way its file names them. */
export interface RunImages {
  readonly resolve?: "run" | undefined;
  /** Name → how it is built. */
  readonly overrides: Readonly<
    Partial<Record<string, { readonly build?: BuildConfig | undefined }>>
  >;
  /** Where look-ups log in, and builds that name no login of their own. */
  readonly account: {
    /** Registry and organisation. */
    readonly repository: string;
    readonly pullSecret: SecretReference<"docker-login">;
  };
}

/** What {@link StackImages} is given. */
export interface StackImagesArgs {
  readonly images: RunImages;
  /** Login `user:token`, marked secret. */
  readonly login: (reference: SecretReference<"docker-login">) => pulumi.Output<string>;
  readonly digests: DigestBook;
  /** What must be there before an image is pushed: a registry of the stack's own. */
  readonly after?: readonly pulumi.Resource[];
  /** Where in the file is said how an image is built. Default: `fleet:images.overrides.<name>.build`. */
  readonly buildPath?: string;
}

/**
 * The digests of a stack's images.
 *
 * The registry is asked while the program runs, in previews too: a pushed image is a change that
 * shows. No daemon is needed for that; one is for `build`.
 */
export class StackImages {
  readonly #args: StackImagesArgs;
  readonly #built = new Map<string, pulumi.Output<string>>();
  #provider: Provider | undefined;

  /**
   * @throws Error when there is nothing to build where the config says: before anything is touched.
   */
  constructor(args: StackImagesArgs) {
    this.#args = args;
    const faults = Object.entries(args.images.overrides).flatMap(([service, override]) =>
      override?.build === undefined
        ? []
        : buildFaults(args.buildPath ?? `fleet:images.overrides.${service}.build`, override.build),
    );
    if (faults.length > 0) {
      throw new Error(faults.join("\n"));
    }
  }

  /**
   * Digest of an image, where the run settles it.
   *
   * @param name Key of `overrides`.
   * @param reference The image as the file names it.
   */
  digest(name: string, reference: string): pulumi.Output<string> | undefined {
    const { images, digests } = this.#args;
    const build = images.overrides[name]?.build;
    if (build !== undefined) {
      return this.#build(name, reference, build);
    }
    if (images.resolve !== "run" || parseImage(reference).digest !== undefined) {
      return undefined;
    }
    return digests.resolve(
      reference,
      () =>
        getRegistryImageOutput({ name: hubName(reference) }, { provider: this.#registry() })
          .sha256Digest,
    );
  }

  #build(service: string, reference: string, build: BuildConfig): pulumi.Output<string> {
    const known = this.#built.get(service);
    if (known !== undefined) {
      return known;
    }
    const { images, login, after = [] } = this.#args;
    const { context, dockerfile, platform, args, target } = build;
    const { username, password } = login(build.login ?? images.account.pullSecret).apply(readLogin);
    const image = new Image(
      `${service}-image`,
      {
        imageName: reference,
        build: {
          context,
          // The provider looks for it from the program's folder, not from the context.
          dockerfile: join(context, dockerfile),
          // Left out, it is that of whoever runs Pulumi: a laptop's image would not start on a node.
          platform,
          args,
          ...(target === undefined ? {} : { target }),
        },
        registry: { server: registryServer(reference), username, password },
      },
      { provider: this.#registry(), dependsOn: [...after] },
    );
    const digest = image.repoDigest.apply((pushed) => digestOf(pushed, reference));
    this.#built.set(service, digest);
    return digest;
  }

  /** One provider, made when it is first needed: most stacks ask no registry. */
  #registry(): Provider {
    this.#provider ??= this.#makeProvider();
    return this.#provider;
  }

  #makeProvider(): Provider {
    const { images, login } = this.#args;
    const { username, password } = login(images.account.pullSecret).apply(readLogin);
    return new Provider("images", {
      registryAuth: [{ address: hubAddress(images.account.repository), username, password }],
      // Look-ups go to the registry itself.
      disableDockerDaemonCheck: true,
    });
  }
}

/**
 * The name by which the Docker provider finds an image: Docker Hub's must stand without a registry,
 * for it dials whatever stands before the first slash, and docker.io is a web site.
 */
export const hubName = (reference: string): string => reference.replace(/^docker\.io\//, "");

/** Registry to which a login belongs, as the Docker provider looks it up. */
export function hubAddress(repository: string): string {
  const host = repository.split("/")[0] ?? repository;
  return host === "docker.io" ? "registry-1.docker.io" : host;
}

/** The digest of what was pushed. Without a push it is a local image's id, which no node can pull. */
function digestOf(pushed: string, reference: string): string {
  const at = pushed.indexOf("@");
  if (at < 0) {
    throw new Error(`image ${reference} was built but not pushed: no node could pull it`);
  }
  return pushed.slice(at + 1);
}

const isRemote = (context: string): boolean => /^(https?|git|ssh):/.test(context);

function buildFaults(path: string, { context, dockerfile }: BuildConfig): string[] {
  if (isRemote(context) || existsSync(join(context, dockerfile))) {
    return [];
  }
  return [
    `${path}: no file ${join(context, dockerfile)}: check out its sources there, or mend context and dockerfile`,
  ];
}
