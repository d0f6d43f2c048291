/**
 * Rules of names that are taken. What is made first and has the name of what is still there is refused where it is
 * made, half way through the update: no preview of a provider says so (pulumi/pulumi-kubernetes,
 * provider/pkg/provider/provider.go, Create: a preview passes over what exists already).
 */
import { textAt } from "../values.ts";
import type { Rule, Subject } from "./subject.ts";

/** {@inheritDoc Rule} */
export const takenRules: readonly Rule[] = [
  {
    name: "name-taken",
    on: ["create"],
    see: (subject) =>
      subject.around.namesake(subject.change) === undefined
        ? undefined
        : "one of this name is there, and goes only afterwards: the new one is refused, and the update ends there, half way",
  },
  {
    name: "kept-in-the-way",
    on: ["replace"],
    see: (subject) =>
      isKept(subject) && keepsName(subject)
        ? "the old one is kept, and its name with it: the new one is refused, and the update ends there, half way. First let it go with data: delete, in an update of its own"
        : undefined,
  },
];

/**
 * The engine goes by what the state says of the old one, not by the new word. What is protected before and after is
 * refused before anything is touched; where the protection goes in the same update, it is not (pulumi/pulumi,
 * pkg/resource/deploy/step_generator.go and step.go).
 */
const isKept = ({ change: { before, after } }: Subject): boolean =>
  before !== undefined && before.retainOnDelete && !(before.protect && after?.protect === true);

/** Inputs that say which of the things of one name it is, outside a cluster. */
const places = ["name", "label", "project", "location", "cluster", "bucket"];

/**
 * Whether both have one name that there can be one of. Of an object of a cluster the provider says so: it deletes first
 * where the names are the same. At Linode a label is the account's, but a bucket's, which is its region's.
 */
function keepsName({ before, after, change: { type, deletesFirst } }: Subject): boolean {
  if (type.startsWith("kubernetes:")) {
    return deletesFirst;
  }
  const told =
    type.startsWith("linode:") && !type.endsWith("Bucket") ? places : [...places, "region"];
  return (
    ["name", "label"].some((path) => textAt(before, path) !== undefined) &&
    told.every((path) => textAt(before, path) === textAt(after, path))
  );
}
