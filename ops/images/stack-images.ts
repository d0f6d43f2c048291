/** Which images a stack file names, and where in it each one's digest stands. Pure. */
import { type ImageUse, namedImages, parseImage } from "../../components/base/images.ts";
import { imageUses as fxaUses } from "../../stacks/fxa/images.ts";
import { imageUses as pushtechUses } from "../../stacks/pushtech/images.ts";
import { imageUses } from "../../stacks/skywire/images.ts";
import type { StackConfig } from "../../stacks/stack.schema.ts";

/** A place of a stack file that pins an image. */
export interface ImagePlace {
  /** Below `config`: `["fleet:images", "overrides", "dmsg-server", "digest"]`. */
  readonly path: readonly (string | number)[];
  /** What is written there for a digest: the digest alone, or the whole reference with it. */
  readonly written: (digest: string) => string;
}

/** An image of a stack. */
export interface StackImage {
  /** `registry/name:tag`. */
  readonly name: string;
  /** The digest that stands in the file. */
  readonly digest: string | undefined;
  readonly places: readonly ImagePlace[];
  /** Entry of `fleet:secrets` with the login that may pull it. */
  readonly login: string | undefined;
}

/** Images of a stack, and those whose digest is not the file's to say. */
export interface StackImages {
  readonly images: readonly StackImage[];
  /** Name of an image → why it is passed over. */
  readonly passedOver: ReadonlyMap<string, string>;
}

/** Every image of a stack, once each, in the order of the file. */
export function stackImages(config: StackConfig): StackImages {
  const found = new Map<string, StackImage>();
  const passedOver = new Map<string, string>();
  for (const { path, reference, holds, login, settledBy } of usesOf(config)) {
    const { repository, tag, digest } = parseImage(reference);
    const name = `${repository}:${tag}`;
    if (settledBy !== undefined) {
      passedOver.set(reference, whyPassedOver[settledBy]);
      continue;
    }
    const known = found.get(name);
    const [section = "", ...rest] = path;
    found.set(name, {
      name,
      // Two places that disagree are two digests of one tag: both are written anew.
      digest: known === undefined || known.digest === digest ? digest : undefined,
      places: [
        ...(known?.places ?? []),
        {
          path: [`fleet:${section}`, ...rest],
          written: (now) => (holds === "digest" ? now : `${name}@${now}`),
        },
      ],
      login: known?.login ?? login,
    });
  }
  return { images: [...found.values()], passedOver };
}

const whyPassedOver = {
  build: "the stack builds it",
  run: "fleet:images.resolve is run: each run looks its digest up",
} as const;

function usesOf(config: StackConfig): readonly ImageUse[] {
  switch (config.system) {
    case "skywire":
      return imageUses(config);
    case "pushtech":
      return pushtechUses(config);
    case "fxa":
      return fxaUses(config);
    case "spacemesh":
    case "spacemesh-discovery":
    case "voting":
      return namedImages(config).map((image) => ({
        ...image,
        ...{ holds: "reference", login: undefined, settledBy: undefined },
      }));
  }
}
