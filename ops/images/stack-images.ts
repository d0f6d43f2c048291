/** Which images a stack file names, and where in it each one's digest stands. Pure. */
import { ImageReference, parseImage } from "../../components/base/images.ts";
import { imageOf } from "../../components/platform/registry.schema.ts";
import { imagesOfStack, serviceImage } from "../../stacks/skywire/images.ts";
import type { SkywireStack } from "../../stacks/skywire/schema.ts";
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
  const add = (reference: string, place: ImagePlace, login?: string): void => {
    const { repository, tag, digest } = parseImage(reference);
    const name = `${repository}:${tag}`;
    const known = found.get(name);
    found.set(name, {
      name,
      // Two places that disagree are two digests of one tag: both are written anew.
      digest: known === undefined || known.digest === digest ? digest : undefined,
      places: [...(known?.places ?? []), place],
      login: known?.login ?? login,
    });
  };
  if (config.system === "skywire") {
    addOwn(config, add, passedOver);
  }
  for (const { path, reference } of namedImages(config)) {
    const { repository, tag } = parseImage(reference);
    const written = (digest: string): string => `${repository}:${tag}@${digest}`;
    add(reference, { path, written });
  }
  return { images: [...found.values()], passedOver };
}

type Add = (reference: string, place: ImagePlace, login?: string) => void;

/** The deployment's own images: `fleet:images` says where they come from and has their digests. */
function addOwn(stack: SkywireStack, add: Add, passedOver: Map<string, string>): void {
  for (const service of imagesOfStack(stack)) {
    const { reference, pullSecret } = imageOf(stack.images, serviceImage(service));
    if (stack.images.overrides[service]?.build !== undefined) {
      passedOver.set(reference, "the stack builds it");
    } else if (stack.images.resolve === "run" && parseImage(reference).digest === undefined) {
      passedOver.set(reference, "fleet:images.resolve is run: each run looks its digest up");
    } else {
      const path = ["fleet:images", "overrides", service, "digest"];
      add(reference, { path, written: (digest) => digest }, pullSecret?.name);
    }
  }
}

/** An image that a config names in full. */
interface NamedImage {
  readonly path: readonly (string | number)[];
  readonly reference: string;
}

/** Every `image` of a parsed config, a schema's defaults among them: pinned, they stand in the file. */
function namedImages(config: unknown): readonly NamedImage[] {
  const found: NamedImage[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        walk(item, [...path, index]);
      });
    } else if (typeof value === "object" && value !== null) {
      const map = value as Readonly<Record<string, unknown>>;
      const { image } = map;
      if (typeof image === "string" && ImageReference.safeParse(image).success) {
        found.push({ path: [...path, "image"], reference: image });
      }
      for (const [key, item] of Object.entries(map)) {
        walk(item, path.length === 0 ? [`fleet:${key}`] : [...path, key]);
      }
    }
  };
  walk(config, []);
  return found;
}
