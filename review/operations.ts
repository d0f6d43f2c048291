/** The engine's steps put together: what happens to each resource. */
import type { Operation } from "./model.ts";
import { covers, parsePath, type Path } from "./paths.ts";
import type { PropertyDiff, StackPreview, State, Step } from "./preview.ts";
import { isEqual, lookUp } from "./values.ts";

/** What happens to one resource. */
export interface Change {
  readonly urn: string;
  readonly type: string;
  readonly operation: Operation;
  /** {@inheritDoc Step.isCustom} */
  readonly isCustom: boolean;
  readonly before: State | undefined;
  readonly after: State | undefined;
  readonly keys: readonly string[];
  readonly diffs: readonly string[] | undefined;
  readonly detail: ReadonlyMap<string, PropertyDiff> | undefined;
  /** Of a replacement: whether the old one goes before the new one is there. */
  readonly deletesFirst: boolean;
  /** Whether the engine came to the end of all its steps. */
  readonly isDone: boolean;
}

/** Steps by the operation they are part of. */
const operations: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "import-replacement": "replace",
  "read-replacement": "replace",
  "discard-replaced": "replace",
  import: "import",
  read: "read",
  discard: "forget",
};

/** Steps that do nothing to the world. One that a later engine brings is none of them: it is told as a change. */
const nothings: ReadonlySet<string> = new Set(["same", "refresh", "remove-pending-replace"]);

/** All changes of a preview, in the order in which the engine began them. */
export function changesOf(preview: StackPreview): readonly Change[] {
  const byUrn = Map.groupBy(
    preview.steps.filter((step) => isLetGo(step) || (!nothings.has(step.op) && !isIdle(step))),
    ({ urn }) => urn,
  );
  const { begun, ended } = preview;
  const unfinished = new Set<string>();
  for (const step of begun) {
    if (!ended.has(step)) {
      unfinished.add(step.slice(step.indexOf(" ") + 1));
    }
  }
  return [...byUrn].map(([urn, steps]) =>
    merge(withoutLeftOver(steps), unfinished, preview.same.has(urn)),
  );
}

/** Steps of a replacement that are none but its own. */
const replacing: ReadonlySet<string> = new Set([
  "create-replacement",
  "import-replacement",
  "read-replacement",
  "replace",
]);

/**
 * Steps without the deletion of what an update that failed had replaced already, where anything else happens to the new
 * one: that is no replacement then (seen with pulumi 3.259: `same`, and then `delete-replaced` of the old one).
 */
function withoutLeftOver(steps: readonly Step[]): readonly Step[] {
  const own = steps.filter(({ op }) => op !== "delete-replaced");
  return own.length === 0 || own.some(({ op }) => replacing.has(op)) ? steps : own;
}

/**
 * The engine calls a resource the same of which nothing differs but its options, though a later update may then delete
 * what this one could not (seen with pulumi 3.259: `same`, with `protect` on the old side alone).
 */
const isLetGo = (step: Step): boolean => step.op === "same" && isLessKept(step);

/** Whether it may from now on be deleted by what kept it until now. */
export function isLessKept({ before, after }: Pick<Step, "before" | "after">): boolean {
  return (
    before !== undefined &&
    after !== undefined &&
    ((before.protect && !after.protect) || (before.retainOnDelete && !after.retainOnDelete))
  );
}

/** A component and a provider are updated at each refresh, to what they were. */
function isIdle(step: Step): boolean {
  const { op, detail, diffs, before, after, type } = step;
  return (
    op === "update" &&
    (detail?.size ?? 0) === 0 &&
    (diffs?.length ?? 0) === 0 &&
    (type === "pulumi:pulumi:Stack" || isEqual(before?.inputs, after?.inputs)) &&
    before?.protect === after?.protect &&
    !isLessKept(step)
  );
}

/** @param stays Whether the resource itself stays as it is: then its new one is there, and what goes is what was left of the old. */
function merge(steps: readonly Step[], unfinished: ReadonlySet<string>, stays: boolean): Change {
  const operation = operationOf(steps);
  // The step that makes the new one tells most: a deletion knows no new state.
  const main =
    steps.find(({ op }) => op.startsWith("create") || op === "import-replacement") ??
    steps.find(({ after }) => after !== undefined) ??
    steps[0];
  if (main === undefined) {
    throw new Error("a change has at least one step");
  }
  const before = main.before ?? steps.find((step) => step.before !== undefined)?.before;
  const isForgotten = operation === "delete" && before?.retainOnDelete === true;
  return {
    urn: main.urn,
    type: main.type,
    operation: isForgotten ? "forget" : operation,
    isCustom: main.isCustom,
    before,
    after: main.after,
    keys: main.keys,
    // Of what the engine calls the same it has compared all, blinded secrets included.
    diffs: main.op === "same" ? [] : main.diffs,
    detail: main.detail,
    deletesFirst: operation === "replace" && !stays && deletesFirst(steps),
    isDone: !unfinished.has(main.urn),
  };
}

function operationOf(steps: readonly Step[]): Operation {
  const found = new Set(steps.map(({ op }) => operations[op] ?? "update"));
  // A resource may be read and then changed in one run: what weighs most is what happens to it.
  const order = ["replace", "delete", "create", "update", "import", "forget", "read"] as const;
  // Deleted and made anew under the same name is a replacement by two hands.
  return found.has("delete") && found.has("create")
    ? "replace"
    : (order.find((operation) => found.has(operation)) ?? "update");
}

function deletesFirst(steps: readonly Step[]): boolean {
  const deleted = steps.findIndex(({ op }) => op === "delete-replaced" || op === "delete");
  const made = steps.findIndex(({ op }) => op.startsWith("create") || op === "import-replacement");
  // Where the preview broke off between the two, the first is all there is.
  return deleted !== -1 && (made === -1 || deleted < made);
}

/**
 * Whether anything at a path of the inputs differs. Blinded secrets look alike on both sides: that the
 * engine names one of them counts as well.
 */
export function differsAt({ before, after, detail }: Change, path: Path): boolean {
  for (const named of detail?.keys() ?? []) {
    if (covers(path, parsePath(named))) {
      return true;
    }
  }
  return !isEqual(lookUp(before?.inputs, path), lookUp(after?.inputs, path));
}
