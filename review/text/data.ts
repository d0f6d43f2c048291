/** Data files written anew, sorted, so that the order of their keys and their spacing are no difference. */
import { parseAllDocuments, stringify } from "yaml";

/** How a text was read. */
export interface Normal {
  readonly format: "json" | "yaml" | "text";
  readonly text: string;
}

/** Characters beyond which a text is compared as it stands: parsing would cost more than it tells. */
const largest = 1_000_000;

/** Larger YAML is left as it stands: its parser is far slower than JSON's. */
const largestYaml = 200_000;

/** Reads both texts in the same way: as JSON, else as YAML, else as they stand. */
export function normalise(path: string, before: string, after: string): readonly [Normal, Normal] {
  const size = Math.max(before.length, after.length);
  if (size <= largest && [before, after].every((text) => /^\s*[[{]/.test(text))) {
    const pair = both(before, after, "json", fromJson);
    if (pair !== undefined) {
      return pair;
    }
  }
  if (size <= largestYaml && /\.ya?ml\W*$/i.test(path)) {
    const pair = both(before, after, "yaml", fromYaml);
    if (pair !== undefined) {
      return pair;
    }
  }
  return [
    { format: "text", text: before },
    { format: "text", text: after },
  ];
}

function both(
  before: string,
  after: string,
  format: Normal["format"],
  rewrite: (text: string) => string | undefined,
): readonly [Normal, Normal] | undefined {
  const [left, right] = [rewrite(before), rewrite(after)];
  return left === undefined || right === undefined
    ? undefined
    : [
        { format, text: left },
        { format, text: right },
      ];
}

function fromJson(text: string): string | undefined {
  try {
    return JSON.stringify(sorted(JSON.parse(text)), null, 2);
  } catch {
    return undefined;
  }
}

/** Comments and styles are gone then: what is left is what a program reads. */
function fromYaml(text: string): string | undefined {
  try {
    const documents = parseAllDocuments(text, { logLevel: "silent" });
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) {
      return undefined;
    }
    // Aliases can stand for far more than the text has.
    const values = documents.map((document) => document.toJS({ maxAliasCount: 100 }) as unknown);
    // Any text is YAML of one line: that is no data file.
    return values.every((value) => typeof value === "object" && value !== null)
      ? values.map((value) => stringify(sorted(value), { lineWidth: 0 })).join("---\n")
      : undefined;
  } catch {
    return undefined;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
