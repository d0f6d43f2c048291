/** Servers that write into their own folder, and how much. Pure, and without the engine's SDK. */
import type { Program } from "./roles.ts";

/** Programs that compile or translate into their own folder when they start (facts/fxa.md 2 and 4.4). */
const compiling: ReadonlySet<Program> = new Set(["content-server", "graphql-api", "event-broker"]);

/**
 * Room for what a program writes into its own folder, its scratch folder and its logs counted in: what comes out of a
 * compiler is tens of MiB.
 */
export const ownFolder = { sizeLimit: "1Gi" } as const;

/** What a program may write beside its volumes: where its folder lies in the image is not known, so that is the root. */
export const writesBeside = (program: Program): typeof ownFolder | false =>
  compiling.has(program) ? ownFolder : false;
