/** `fleet:images` of a Spacemesh network: the programs that several sections run. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";

/** One program. */
const program = (image: string) =>
  z.strictObject({ image: ImageReference.default(image) }).prefault({});

/**
 * Images of the node and the PoET; what only one section runs has its image there. The defaults are the
 * original's (facts/spacemesh.md 1.2), whose PoET had a moving tag: `make images` pins it.
 */
export const SpacemeshImages = z
  .strictObject({
    /** Miners of all roles, and the nodes of the web services. */
    node: program("docker.io/spacemeshos/go-spacemesh-dev:38056f5"),
    poet: program("docker.io/spacemeshos/poet:develop"),
  })
  .prefault({});
/** {@inheritDoc SpacemeshImages} */
export type SpacemeshImages = z.infer<typeof SpacemeshImages>;
