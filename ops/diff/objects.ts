/** What a preview changes, object by object, each as the file it would have been. Pure. */
import { stringify } from "yaml";

import { differencesOf } from "../../review/differences.ts";
import { identify } from "../../review/identity.ts";
import type { Operation } from "../../review/model.ts";
import { type Change, changesOf } from "../../review/operations.ts";
import type { StackPreview, State } from "../../review/preview.ts";
import type { Guard } from "../../review/secrets/guard.ts";
import { masked } from "../../review/secrets/mask.ts";
import { isObject } from "../../review/values.ts";
import { unified } from "./unified.ts";

/** One object that a change makes, changes or takes away. */
export interface ChangedObject {
  /** `pushtech/Deployment/storage.yaml`; what is in no namespace is under `cluster`, clouds' under `clouds`. */
  readonly file: string;
  readonly operation: Operation;
  /** YAML, keys sorted, secrets and what is known only later masked. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Where secrets stand that differ: their values are in neither text. */
  readonly secrets: readonly string[];
}

/** Every object that differs, by its file. What only the engine keeps — components, providers — is none. */
export function changedObjects(
  stack: string,
  preview: StackPreview,
  guard: Guard,
): readonly ChangedObject[] {
  const objects = changesOf(preview)
    .filter(({ type }) => isReal(type))
    .map((change) => changedObject(stack, change, guard));
  return withOwnFiles(objects.filter(differs)).sort((one, other) =>
    one.file < other.file ? -1 : 1,
  );
}

/** Components are written `fleet:<room>:<Class>`, and are nothing but names for what is in them. */
const isReal = (type: string): boolean =>
  !type.startsWith("fleet:") &&
  !type.startsWith("pulumi:pulumi:") &&
  !type.startsWith("pulumi:providers:");

const differs = ({ before, after, secrets }: ChangedObject): boolean =>
  before !== after || secrets.length > 0;

function changedObject(stack: string, change: Change, guard: Guard): ChangedObject {
  const { operation, type } = change;
  const after = operation === "delete" || operation === "forget" ? undefined : change.after;
  const both = change.before !== undefined && after !== undefined;
  const text = (state: State | undefined, twin: State | undefined): string | undefined =>
    state === undefined
      ? undefined
      : guard.scrubber.scrub(
          stringify(sorted(masked(state.inputs, twin?.inputs, type)), { lineWidth: 0 }),
        );
  return {
    file: fileOf(stack, change),
    operation,
    before: text(change.before, after),
    after: text(after, change.before),
    secrets: both
      ? differencesOf(change, guard)
          .secrets.filter((secret) => secret.change !== "unchanged")
          .map(({ path }) => path)
      : [],
  };
}

function fileOf(stack: string, change: Change): string {
  const { kind, name, namespace, type } = identify(stack, change);
  const isObjectOfCluster = type.startsWith("kubernetes:");
  const folder = isObjectOfCluster
    ? (namespace ?? "cluster")
    : `clouds/${type.split(":")[0] ?? ""}`;
  // Names of records hold what paths cannot.
  return [folder, kind, `${name.replaceAll(/[^\w.-]+/g, "_")}.yaml`].join("/");
}

/** Two of one file, such as a record for each of two names in Cyrillic, are told apart by a number. */
function withOwnFiles(objects: readonly ChangedObject[]): ChangedObject[] {
  const seen = new Map<string, number>();
  return objects.map((object) => {
    const count = (seen.get(object.file) ?? 0) + 1;
    seen.set(object.file, count);
    return count === 1
      ? object
      : { ...object, file: object.file.replace(/\.yaml$/, `-${count}.yaml`) };
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          // The SDKs' own, which no provider is told.
          .filter(([key]) => !key.startsWith("__"))
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      )
    : value;
}

const words: Partial<Record<Operation, string>> = {
  create: "made",
  update: "changed",
  delete: "taken away",
  forget: "let go, and left where it is",
  replace: "made anew",
  import: "taken over",
  read: "read",
};

/** One object's part of the diff. */
export function objectDiff({ file, operation, before, after, secrets }: ChangedObject): string {
  return [
    `diff ${file} (${words[operation] ?? operation})`,
    ...secrets.map((path) => `secret ${path} differs`),
    unified({ name: `before/${file}`, text: before }, { name: `after/${file}`, text: after }),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/** `3 objects differ: 2 changed, 1 made`. */
export function summaryOf(objects: readonly ChangedObject[]): string {
  if (objects.length === 0) {
    return "nothing differs";
  }
  const counts = [...Map.groupBy(objects, ({ operation }) => words[operation] ?? operation)].map(
    ([word, alike]) => `${alike.length} ${word}`,
  );
  const verb = objects.length === 1 ? "object differs" : "objects differ";
  return `${objects.length} ${verb}: ${counts.join(", ")}`;
}
