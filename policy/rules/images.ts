/** What runs is what was reviewed: images are named so that they cannot change behind one's back. */
import { dockerImages } from "../docker.ts";
import { allContainers } from "../graph/objects.ts";
import { podsOf } from "../kubernetes.ts";
import { isProduction } from "../production.ts";
import type { Resource } from "../resource.ts";
import type { ResourceRule } from "../rule.ts";

/** Each image of a resource's pods or containers, once. */
function images(resource: Resource): readonly string[] {
  const all = podsOf(resource).flatMap(({ spec }) => allContainers(spec).map(({ image }) => image));
  return [...new Set([...all, ...dockerImages(resource)])];
}

const digest = /@sha256:[0-9a-f]{64}$/;

/** A reference without a registry in front, without a tag, or with one that moves by its very name. */
export const imageNames: ResourceRule = {
  kind: "resource",
  name: "image-names",
  level: "mandatory",
  protects:
    "an image without a registry comes from wherever a node looks first, and one without a tag of its own, or tagged latest, is another one tomorrow",
  check: (resource) =>
    images(resource).flatMap((image) => {
      const [name = ""] = image.split("@");
      const slash = name.indexOf("/");
      const hasRegistry = slash > 0 && /[.:]/.test(name.slice(0, slash));
      const tag = /:([^/:]+)$/.exec(name)?.[1];
      const pinned = digest.test(image);
      return [
        ...(hasRegistry ? [] : [`the image ${image} names no registry`]),
        ...(!pinned && tag === undefined ? [`the image ${image} has no tag`] : []),
        ...(!pinned && tag === "latest" ? [`the image ${image} is whatever is the latest`] : []),
      ];
    }),
};

/** An image of a production stack without its digest. */
export const imageDigests: ResourceRule = {
  kind: "resource",
  name: "image-digests",
  level: "mandatory",
  protects:
    "a tag can be pushed anew: in production only a digest makes sure that what is reviewed is what runs on every node",
  check: (resource, stack) =>
    isProduction(stack)
      ? images(resource)
          .filter((image) => !digest.test(image))
          .map((image) => `the image ${image} has no digest: make images writes it`)
      : [],
};
