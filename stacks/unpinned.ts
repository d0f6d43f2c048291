/** Images that a production stack knows by their tags alone. Pure. */
import { type ImageUse, parseImage } from "../components/base/images.ts";
import type { LiveFault } from "./live-faults.ts";

/**
 * Images of production that are known by their tags alone: what was reviewed would not be what runs.
 *
 * A tag that each run looks up counts, too: that is for stacks like test and staging. What the stack
 * builds has the digest of what was pushed.
 *
 * @param uses Every image that the stack runs.
 * @param name Name of the stack.
 */
export function unpinnedImages(
  environment: string,
  uses: readonly ImageUse[],
  name: string,
): LiveFault | undefined {
  if (environment !== "production") {
    return undefined;
  }
  const unpinned = uses.filter(
    ({ reference, settledBy }) =>
      settledBy !== "build" && parseImage(reference).digest === undefined,
  );
  if (unpinned.length === 0) {
    return undefined;
  }
  const command = `make images STACK=${name} TARGET=live`;
  return {
    live: [
      "images of production without a digest, so that what was reviewed may not be what runs:",
      ...unpinned.map(({ path, reference }) => `  fleet:${path.join(".")}: ${reference}`),
      ...(unpinned.some(({ settledBy }) => settledBy === "run")
        ? ["fleet:images.resolve: run is for stacks like test: take it out"]
        : []),
      `${command} writes the digests into Pulumi.${name}.yaml, a change to review`,
    ].join("\n"),
    sandbox: `${unpinned.length} images by their tags alone, which a live run refuses: ${command} pins them`,
  };
}
