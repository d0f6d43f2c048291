/** PushTech's own images, each a tag of one repository, and all others that a stack runs. Pure. */
import { type ImageUse, namedImages } from "../../components/base/images.ts";
import { taggedImageUses } from "../../components/platform/tagged-images.schema.ts";
import type { PushtechStack } from "./schema.ts";

/** The images, by their tags (facts/pushtech.md 1). */
export const pushtechImages = [
  "consumers.nodejs",
  "consumers.ruby",
  "imageserver",
  "imageserver.nfs",
  "kafidx",
  "kafkastore",
  "notificationserver",
  "offerserver",
  "storage",
  "tracker",
  "website",
] as const;

/** Name of one of PushTech's own images. */
export type PushtechImage = (typeof pushtechImages)[number];

/** The images that a stack runs: without an NFS server of its own nobody runs that one. */
export const imagesOfStack = ({ stores }: Pick<PushtechStack, "stores">): PushtechImage[] =>
  pushtechImages.filter((image) => image !== "imageserver.nfs" || stores.imageStore.kind === "nfs");

/** Every image that a stack runs, and where in its file the digest stands, or would. */
export const imageUses = (stack: PushtechStack): ImageUse[] => [
  ...taggedImageUses(stack.images, imagesOfStack(stack)),
  ...namedImages(stack).map(({ path, reference }) => ({
    ...{ path, reference, holds: "reference" as const },
    ...{ login: undefined, settledBy: undefined },
  })),
];
