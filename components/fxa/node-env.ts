/**
 * The word by which each program is told where it runs. They do not agree on it, and most exit on a word that is
 * not theirs (facts/fxa.md 4.2, 4.3 and 5): the stack says one word, and no NODE_ENV is ever given by hand.
 */
import type { Program } from "./roles.ts";

/** `fleet:environment` of a stack file. */
export type Environment = "production" | "development";

/** Words of the servers that the auth-server began with. */
const short = { production: "prod", development: "dev" } as const;

/** Words of all others. */
const long = { production: "production", development: "development" } as const;

/** Every word that some program takes. */
export type NodeEnv = (typeof short)[Environment] | (typeof long)[Environment];

/** Programs that take the short words. */
const shortSpeakers: ReadonlySet<Program> = new Set([
  "auth-server",
  "auth-db-mysql",
  "customs-server",
]);

/** NODE_ENV of a program; mozilla-sync, which is written in Python, has none. */
export function nodeEnv(program: Program, environment: Environment): NodeEnv | undefined {
  if (program === "mozilla-sync") {
    return undefined;
  }
  return (shortSpeakers.has(program) ? short : long)[environment];
}

/** SENTRY_ENV, which has a third set of words: local, ci, dev, stage, prod (5). */
export const sentryEnv = (environment: Environment): "prod" | "dev" => short[environment];

/** DEVENV of the root ConfigMap: for whoever reads it, never for a program (5). */
export const devEnv = (environment: Environment): "prod" | "dev" => short[environment];
