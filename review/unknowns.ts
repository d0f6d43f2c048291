/**
 * Values that only the update will tell, and which resource makes each.
 *
 * The engine's events do not say what depends on what. Two things do: the dependencies that a state or
 * `preview --json` lists per property, where the caller has them; and the old value, which is an output
 * of the resource that makes it.
 */
import { referToUrn } from "./identity.ts";
import type { Operation, Unknown, UnknownCount } from "./model.ts";
import type { Change } from "./operations.ts";
import { formatPath, type Path } from "./paths.ts";
import { isUnknown, lookUp, visitLeaves } from "./values.ts";

/** URN → property → URNs that it is made from; `""` for those of the resource as a whole. */
export type Dependencies = ReadonlyMap<string, Readonly<Record<string, readonly string[]>>>;

/** Unknown values that are listed of one resource. */
const listed = 50;

/** What happens to the cause, in words. */
const deeds: Partial<Record<Operation, string>> = {
  create: "is made",
  replace: "is replaced",
  update: "is changed",
  import: "is imported",
  read: "is read",
};

/** Finds who makes a value. */
export class Causes {
  readonly #changes: ReadonlyMap<string, Change>;
  readonly #dependencies: Dependencies;
  /** Old output → who had it; `undefined` where several did. Made when first asked. */
  #outputs: ReadonlyMap<string, Origin | undefined> | undefined;

  constructor(changes: readonly Change[], dependencies: Dependencies = new Map()) {
    this.#changes = new Map(changes.map((change) => [change.urn, change]));
    this.#dependencies = dependencies;
  }

  /** Every unknown value that a resource is to get. */
  unknownsOf(stack: string, change: Change): Unknown[] {
    return unknownPaths(change.after?.inputs ?? {})
      .slice(0, listed)
      .map((path) => this.#explain(stack, change, path));
  }

  #explain(stack: string, change: Change, path: Path): Unknown {
    const before = lookUp(change.before?.inputs, path);
    const origin = this.#byDependency(change.urn, path) ?? this.#byValue(before);
    const name = formatPath(path);
    if (origin === undefined) {
      return { path: name, why: "unknown until the update: what makes it is not told" };
    }
    const { urn, property } = origin;
    const cause = referToUrn(stack, urn);
    const deed = deeds[this.#changes.get(urn)?.operation ?? "update"] ?? "is changed";
    const whose = property === undefined ? "" : `${property} of `;
    return {
      path: name,
      cause: { ...cause, ...(property === undefined ? {} : { property }) },
      why: `unknown until ${whose}${cause.label} ${deed}`,
    };
  }

  /** Only what is made or changes can be unknown: of several, nobody can tell which it is. */
  #byDependency(urn: string, path: Path): Origin | undefined {
    const all = this.#dependencies.get(urn);
    const asked = all?.[String(path[0])] ?? all?.[""] ?? [];
    // A component stands for what is in it, which is listed as well.
    const [only, second] = asked.filter((each) => {
      const change = this.#changes.get(each);
      return each !== urn && change?.after !== undefined && change.isCustom;
    });
    return only === undefined || second !== undefined
      ? undefined
      : { urn: only, property: undefined };
  }

  /** Never the resource itself: of what it was told, it makes nothing. */
  #byValue(before: unknown): Origin | undefined {
    if (typeof before !== "string" && typeof before !== "number") {
      return undefined;
    }
    this.#outputs ??= outputsOf(this.#changes.values());
    return this.#outputs.get(String(before));
  }
}

interface Origin {
  readonly urn: string;
  readonly property: string | undefined;
}

/** Texts shorter than this stand in too many places to tell anything. */
const telling = 5;

function outputsOf(changes: Iterable<Change>): ReadonlyMap<string, Origin | undefined> {
  const found = new Map<string, Origin | undefined>();
  for (const { urn, operation, before } of changes) {
    if (before === undefined || operation === "delete" || operation === "forget") {
      continue;
    }
    const own = new Set<string>();
    visitLeaves(before.inputs, (leaf) => own.add(String(leaf)));
    visitLeaves(before.outputs, (leaf, path) => {
      const text = typeof leaf === "string" || typeof leaf === "number" ? String(leaf) : "";
      // What it was told itself, it does not make.
      if (text.length < telling || own.has(text) || String(path[0]).startsWith("__")) {
        return;
      }
      const known = found.get(text);
      const isOther = found.has(text) && known?.urn !== urn;
      found.set(text, isOther ? undefined : (known ?? { urn, property: formatPath(path) }));
    });
  }
  return found;
}

/** Where unknown values stand. */
export function unknownPaths(value: unknown): readonly Path[] {
  const found: Path[] = [];
  visitLeaves(value, (leaf, path) => {
    if (isUnknown(leaf)) {
      found.push([...path]);
    }
  });
  return found;
}

/** Unknown values counted by who causes them, the most first. */
export function countUnknowns(unknowns: readonly Unknown[]): UnknownCount[] {
  const groups = Map.groupBy(unknowns, ({ why }) => why);
  return [...groups]
    .map(([why, all]) => {
      const [first] = all;
      if (first?.cause === undefined) {
        return { why, count: all.length };
      }
      const { stack, urn, label } = first.cause;
      return { why, count: all.length, cause: { stack, urn, label } };
    })
    .sort((left, right) => right.count - left.count || (left.why < right.why ? -1 : 1));
}
