/** How a resource is replaced, and what that means for who uses it. */
import type { Replacement } from "./model.ts";
import type { Change } from "./operations.ts";

/** Properties that are named in the sentence; the list has all. */
const named = 3;

/** Undefined for what is not replaced. */
export function replacementOf(change: Change): Replacement | undefined {
  if (change.operation !== "replace") {
    return undefined;
  }
  const fromDetail = [...(change.detail ?? [])].flatMap(([path, { replaces }]) =>
    replaces ? [path] : [],
  );
  const properties = [...new Set([...change.keys, ...fromDetail])].sort();
  const order = change.deletesFirst ? "delete-first" : "create-first";
  const head = properties.slice(0, named).join(", ");
  const more = properties.length > named ? ` and ${properties.length - named} more` : "";
  const cause =
    properties.length === 0
      ? "the engine does not say what forces it"
      : `${head}${more} cannot be changed in place`;
  const effect = change.deletesFirst
    ? "the old one is deleted before the new one is made"
    : "the new one is made before the old one is deleted";
  return { properties, order, overlap: !change.deletesFirst, why: `${cause}: ${effect}` };
}
