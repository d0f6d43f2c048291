/** What a stack file says about the node-visualizer. */
import * as z from "zod";

import { exactlyOne, programFields } from "./options.schema.ts";

/**
 * node-visualizer (facts/skywire.md 4.4). Its image differs from stack to stack: the public URL is
 * baked into the front end.
 */
export const NodeVisualizerConfig = z.strictObject({
  ...programFields,
  replicas: exactlyOne("each keeps a cache of its own, and their maps would differ"),
});
/** {@inheritDoc NodeVisualizerConfig} */
export type NodeVisualizerConfig = z.infer<typeof NodeVisualizerConfig>;
