/** Skywire's committed files as the loader hands them to the schema, with some of their values changed. */
import { SkywireStack } from "../../stacks/skywire/schema.ts";
import { draftOf, put } from "../config/stack-fixture.ts";

/** Sections of a committed file. */
export const sections = (stack: "prod" | "test"): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(draftOf(stack).config)
      .filter(([key]) => key.startsWith("fleet:") && key !== "fleet:secrets")
      .map(([key, value]) => [key.slice("fleet:".length), value]),
  );

/** Path, whose steps are parted by slashes, and its new value; undefined takes the key out. */
export type Change = readonly [path: string, value: unknown];

/** Sections of a committed file with some values set. */
export function changed(stack: "prod" | "test", ...changes: readonly Change[]) {
  const config = sections(stack);
  for (const [path, value] of changes) {
    put(config, path, value);
  }
  return config;
}

/** What the schema has against sections, as `path: message`. */
export function faults(config: Record<string, unknown>): string[] {
  const parsed = SkywireStack.safeParse(config);
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join("/")}: ${message}`);
}
