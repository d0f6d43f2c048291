/** The one image of Firefox Accounts' servers, and all others that a stack runs. */
import * as z from "zod";

import {
  ImageDigest,
  ImageRepository,
  ImageTag,
  type ImageUse,
  namedImages,
  PullPolicy,
} from "../../components/base/images.ts";
import { reference } from "../../components/base/secrets.ts";
import { UserNumber } from "../../components/fxa/surroundings.schema.ts";
import { BuildConfig } from "../../components/platform/registry.schema.ts";
import type { FxaStack } from "./schema.ts";

/**
 * `fleet:images` of a stack file: the one image, which is another server by each value of `server` (facts/fxa.md 2).
 * Sync, mail-service and stores name images of their own in their sections.
 */
export const FxaImages = z
  .strictObject({
    /** Registry, the user there, and name. Default: where it has always been pushed. */
    repository: ImageRepository.refine(
      (name) => !/^docker\.io\/[^/]+$/.test(name),
      "must name the image behind its user: docker.io/peteroffthestrip/fxa",
    ).default("docker.io/peteroffthestrip/fxa"),
    /** Its tag: the version that it was built as. */
    version: ImageTag.refine(
      (tag) => tag !== "latest",
      "must be a version that stays: latest is another one tomorrow",
    ),
    /** Pins it: what was reviewed is what runs. Written by `make images`. */
    digest: ImageDigest.optional(),
    /** Entry of `fleet:secrets` with the registry's login. Left out, the image is public. */
    pullSecret: reference("docker-login").optional(),
    pullPolicy: PullPolicy.default("IfNotPresent"),
    /** `run` asks the registry for the tag's digest while the program runs. Not for production. */
    resolve: z.literal("run", 'must be "run", or be left out').optional(),
    /** Number of the user that its programs run as, where that is not the publisher's. Never root. */
    runAsUser: UserNumber.optional(),
    /**
     * Builds and pushes it under its version, to its repository; pods run what was pushed. By hand that was
     * `buildDocker.sh <version> <user>`, by the sources' Dockerfile.fxa (facts/fxa.md 1).
     */
    build: BuildConfig.extend({
      /** In the context. */
      dockerfile: BuildConfig.shape.dockerfile.unwrap().default("Dockerfile.fxa"),
    }).optional(),
  })
  .refine(({ build, digest }) => build === undefined || digest === undefined, {
    path: ["digest"],
    message: "must go beside build: what is built has a digest of its own",
  })
  .refine(({ build, resolve }) => build === undefined || resolve === undefined, {
    path: ["resolve"],
    message: "must go beside build: what is built is not looked up",
  })
  .refine(
    ({ build, resolve, pullSecret }) =>
      pullSecret !== undefined || (build === undefined && resolve === undefined),
    {
      path: ["pullSecret"],
      message: "must name a login of the registry: images are pushed, and looked up, by it",
    },
  );
/** {@inheritDoc FxaImages} */
export type FxaImages = z.infer<typeof FxaImages>;

/** The one image as pods name it: `registry/name:tag[@digest]`. */
export const serverImage = ({ repository, version, digest }: FxaImages): string =>
  `${repository}:${version}${digest === undefined ? "" : `@${digest}`}`;

/** Who settles its digest where the file does not. */
function settledBy({ build, resolve, digest }: FxaImages): ImageUse["settledBy"] {
  if (build !== undefined) {
    return "build";
  }
  return resolve === "run" && digest === undefined ? "run" : undefined;
}

/** Every image that a stack runs, and where in its file the digest stands, or would. */
export const imageUses = (stack: FxaStack): ImageUse[] => [
  {
    path: ["images", "digest"],
    reference: serverImage(stack.images),
    holds: "digest",
    login: stack.images.pullSecret?.name,
    settledBy: settledBy(stack.images),
  },
  ...namedImages(stack)
    .filter(({ path }) => path[0] !== "sync" || stack.sync.enabled)
    .map(({ path, reference: image }) => ({
      ...{ path, reference: image, holds: "reference" as const },
      ...{ login: undefined, settledBy: undefined },
    })),
];
