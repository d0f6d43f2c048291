import { describe, expect, it } from "vitest";

import { writePath } from "../../stacks/faults.ts";
import { draftOf, faultsIn, type FixtureStack, rawOf } from "./stack-fixture.ts";

type Path = readonly (string | number)[];

/** Paths of all values that are no collections; of neighbours alike, a list of slots say, the first's. */
function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) {
    return [path];
  }
  const seen = new Set<string>();
  return Object.entries(value).flatMap(([key, item]) => {
    const shape = shapeOf(item);
    const isCollection = typeof item === "object" && item !== null;
    if (isCollection && seen.has(shape)) {
      return [];
    }
    seen.add(shape);
    return leaves(item, [...path, Array.isArray(value) ? Number(key) : key]);
  });
}

/** Two values are alike when they have the same words below them, whatever they say. */
const shapeOf = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === "object" ? item : typeof item));

function spoil(config: unknown, path: Path, value: unknown): void {
  const owner = path
    .slice(0, -1)
    .reduce<unknown>((one, step) => (one as Record<string | number, unknown>)[step], config);
  (owner as Record<string | number, unknown>)[path.at(-1) ?? ""] = value;
}

const stacks: readonly FixtureStack[] = ["test", "prod", "voting"];
const cases = stacks.flatMap((stack) =>
  leaves(draftOf(stack).config)
    .filter(([section]) => String(section).startsWith("fleet:"))
    .map((path) => ({ stack, path, name: writePath(path) })),
);

/** Words of a service in Swarm's words that are lists or maps, or texts or maps. */
const formsOf =
  /^fleet:services\.[a-z]+\.((deploy\.)?labels|environment|networks|depends_on|volumes|healthcheck\.test)/;

describe("one value of the wrong type", () => {
  // Faults that follow from a fault send people to places where nothing is wrong.
  it.each(cases)("is one fault at its own place: $stack $name", ({ stack, path, name }) => {
    const draft = draftOf(stack);
    spoil(draft.config, path, { surprise: [] });
    const paths = faultsIn(rawOf(draft)).map((fault) => fault.path);
    const [first = ""] = paths;
    // A word that has a short and a long form is told as a whole: which of them was meant?
    const word = formsOf.exec(name)?.[0];
    const place =
      word !== undefined && name.startsWith(first) && first.startsWith(word) ? first : name;
    expect(paths.filter((one) => !one.startsWith(place))).toEqual([]);
    expect(paths).not.toEqual([]);
  });
});
