/** Names that the engine made: they differ in every stack by their last letters. */
import { readUrn } from "./identity.ts";

/** What the program calls these resources: the names that the engine makes begin with it. */
export const namesIn = (urns: readonly string[]): ReadonlySet<string> =>
  new Set(urns.map((urn) => readUrn(urn).name));

/** What may be such a name; what follows a colon is a tag of an image. */
const drawn = /(?<![a-z0-9.:-])([a-z0-9.-]{1,253})-[0-9a-f]{8}(?![0-9a-z])/g;

/**
 * A text in which names that the engine made are the same in every stack. What else ends as they do, a
 * version with a day or a commit, stays as it is.
 *
 * @param names See {@link namesIn}.
 */
export const starred = (text: string, names: ReadonlySet<string>): string =>
  text.replace(drawn, (whole, name: string) => (names.has(name) ? `${name}-*` : whole));
