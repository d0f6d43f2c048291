/** What may be said of secrets: where they stand, and whether they change. */
import type { RawDifference } from "../differences.ts";
import type { SecretChange } from "../model.ts";
import type { Change } from "../operations.ts";
import { formatPath, type Path } from "../paths.ts";
import { isSecret, isUnknown, plaintextOf, visitLeaves } from "../values.ts";
import type { Guard } from "./guard.ts";
import { isSensitive } from "./sensitive.ts";

/** Every secret of a resource that stays: what differs, and what does not. */
export function secretChanges(
  change: Change,
  raw: readonly RawDifference[],
  guard: Guard,
): SecretChange[] {
  const named = raw.filter((difference) => difference.isSecret);
  const changed = named.map(({ path, text, before, after }) => ({
    path: text,
    change: secretWord({ path, text, before, after }, change, guard),
  }));
  const secrets = secretPaths(change.type, change.after?.inputs ?? {});
  if (secrets.length === 0) {
    return changed;
  }
  const told = new Set(raw.map(({ text }) => text));
  const round = new Set(
    raw.flatMap(({ path }) => path.map((_, at) => formatPath(path.slice(0, at)))),
  );
  const rest = secrets.filter((path) => {
    const isIn = path.some((_, at) => told.has(formatPath(path.slice(0, at + 1))));
    return !isIn && !round.has(formatPath(path));
  });
  const unnamed = rest.map((path) => ({ path: formatPath(path), change: "unchanged" as const }));
  return [...changed, ...unnamed];
}

function secretWord(
  { path, text, before, after }: Pick<RawDifference, "path" | "text" | "before" | "after">,
  { detail, diffs }: Change,
  { sealer }: Guard,
): SecretChange["change"] {
  const diff = detail?.get(text);
  if (isUnknown(after)) {
    return "unknown";
  }
  if (before === undefined || diff?.kind === "add") {
    return "added";
  }
  if (after === undefined || diff?.kind === "delete") {
    return "removed";
  }
  const [left, right] = [before, after].map((value) =>
    isSecret(value) ? plaintextOf(value) : value,
  );
  if (left !== undefined && right !== undefined) {
    return sealer.seal(left) === sealer.seal(right) ? "unchanged" : "changed";
  }
  if (isSecret(before) !== isSecret(after)) {
    // Whether its value is another or not, from now on or no longer it is a secret.
    return "changed";
  }
  // Blinded. The provider compared the values themselves: what it names has changed, and where it names
  // no more than the property round it, nobody can tell.
  const isNamed =
    diff !== undefined || (path.length === 1 && diffs?.includes(String(path[0])) === true);
  return isNamed ? "changed" : "unknown";
}

/** Where secrets stand in what a program asks for. A marked object is one: its keys are not known. */
export function secretPaths(type: string, inputs: unknown): readonly Path[] {
  const paths: Path[] = [];
  visitLeaves(inputs, (leaf, path) => {
    if (isSecret(leaf) || (typeof leaf === "string" && isSensitive(type, path, inputs))) {
      paths.push([...path]);
    }
  });
  return paths;
}
