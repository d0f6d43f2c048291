/** What stands round a change: the stack's workloads, budgets and config objects, before and after. */
import { isPatch, kindOf } from "./identity.ts";
import {
  type ConfigReference,
  configReferences,
  isEnded,
  podLabels,
  podSpec,
  selects,
  templatePath,
} from "./kubernetes/pods.ts";
import { type Change, differsAt } from "./operations.ts";
import type { StackPreview, State } from "./preview.ts";
import { type JsonObject, lookUp, objectAt, textAt } from "./values.ts";

/** A resource that is there after the update, changed or not. */
export interface Standing {
  readonly urn: string;
  readonly type: string;
  readonly inputs: JsonObject;
  /** Whether none of its pods starts any more. */
  readonly isEnded: boolean;
}

/** Looks round. */
export class Surroundings {
  readonly #changes: ReadonlyMap<string, Change>;
  readonly #after: readonly Standing[];
  readonly #before: readonly Standing[];
  readonly #places: ReadonlyMap<string, Standing>;
  readonly #readers: ReadonlyMap<string, readonly Standing[]>;
  readonly #budgets: ReadonlyMap<string, readonly Standing[]>;
  readonly #rolls = new Map<string, boolean>();

  constructor(preview: StackPreview, changes: readonly Change[]) {
    this.#changes = new Map(changes.map((change) => [change.urn, change]));
    const same = preview.steps.filter(({ op, urn }) => op === "same" && !this.#changes.has(urn));
    const standing = same.flatMap(({ urn, type, before, after }) =>
      stand(urn, type, after ?? before, before),
    );
    const isGone = ({ operation }: Change): boolean =>
      operation === "delete" || operation === "forget";
    // What is made anew runs again.
    const later = changes.flatMap((change) => {
      const { urn, type, operation, after, before } = change;
      return isGone(change)
        ? []
        : stand(urn, type, after, operation === "replace" ? after : before);
    });
    const earlier = changes.flatMap(({ urn, type, before }) => stand(urn, type, before, before));
    this.#after = [...standing, ...later];
    this.#before = [...standing, ...earlier];
    this.#places = new Map(
      this.#before.flatMap((one) => {
        const place = placeOf(one.type, one.inputs);
        return place === undefined ? [] : [[place, one] as const];
      }),
    );
    this.#readers = readersOf(this.#after);
    this.#budgets = Map.groupBy(
      this.#after.filter(({ type }) => kindOf(type) === "PodDisruptionBudget"),
      budgetKey,
    );
  }

  /** Everything that is told and there after the update. */
  get after(): readonly Standing[] {
    return this.#after;
  }

  /** Everything that is told and there before it. */
  get before(): readonly Standing[] {
    return this.#before;
  }

  /** What happens to a resource. */
  changeOf(urn: string): Change | undefined {
    return this.#changes.get(urn);
  }

  /** Whether a workload's pods are made anew by this update. */
  rolls(urn: string): boolean {
    const known = this.#rolls.get(urn);
    if (known !== undefined) {
      return known;
    }
    const change = this.#changes.get(urn);
    const path = change === undefined ? undefined : templatePath(change.type);
    const rolls =
      change !== undefined &&
      path !== undefined &&
      (change.operation === "replace" || differsAt(change, path));
    this.#rolls.set(urn, rolls);
    return rolls;
  }

  /** What has the name of a change's object until the end of the update, and is another resource of the state. */
  namesake({ type, after, urn }: Change): Standing | undefined {
    const place = placeOf(type, after?.inputs);
    const there = place === undefined ? undefined : this.#places.get(place);
    return there?.urn === urn ? undefined : there;
  }

  /** Workloads whose pods read a ConfigMap or Secret when they start after the update. */
  readersOf(kind: string, inputs: unknown): readonly Standing[] {
    const name = textAt(inputs, "metadata", "name");
    return name === undefined
      ? []
      : (this.#readers.get(`${kind} ${namespaceOf(inputs)}/${name}`) ?? []);
  }

  /** The budget that covers a workload's pods; undefined where none does. */
  budgetOf(type: string, inputs: unknown): Standing | undefined {
    const labels = podLabels(type, inputs);
    const namespace = namespaceOf(inputs);
    // A budget that selects these pods by labels stands under one of theirs.
    const keys = Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`);
    return [...keys, ""]
      .flatMap((key) => this.#budgets.get(`${namespace} ${key}`) ?? [])
      .find((budget) => selects(lookUp(budget.inputs, ["spec", "selector"]), labels) === true);
  }
}

/** Budgets by namespace and the first label they ask for; none of it where they ask otherwise. */
function budgetKey({ inputs }: Standing): string {
  const [first] = Object.entries(objectAt(inputs, "spec", "selector", "matchLabels"));
  const label = first === undefined ? "" : `${first[0]}=${String(first[1])}`;
  return `${namespaceOf(inputs)} ${label}`;
}

/** Namespace of an object; the API server's default where it names none. */
export function namespaceOf(inputs: unknown): string {
  return textAt(inputs, "metadata", "namespace") ?? "default";
}

/** Where an object is in its cluster; undefined of what is none. */
function placeOf(type: string, inputs: unknown): string | undefined {
  const name = textAt(inputs, "metadata", "name");
  return name === undefined || !type.startsWith("kubernetes:") || isPatch(type)
    ? undefined
    : `${type} ${textAt(inputs, "metadata", "namespace") ?? ""}/${name}`;
}

/** @param known The state that tells what became of it. */
function stand(
  urn: string,
  type: string,
  state: State | undefined,
  known: State | undefined,
): readonly Standing[] {
  return state === undefined || !type.startsWith("kubernetes:")
    ? []
    : [{ urn, type, inputs: state.inputs, isEnded: isEnded(type, known?.outputs) }];
}

function readersOf(standing: readonly Standing[]): ReadonlyMap<string, readonly Standing[]> {
  const readers = new Map<string, Standing[]>();
  for (const each of standing) {
    if (templatePath(each.type) === undefined || each.isEnded) {
      continue;
    }
    const references = configReferences(podSpec(each.type, each.inputs));
    const keys = new Set(references.map((reference) => keyOf(reference, each.inputs)));
    for (const key of keys) {
      const known = readers.get(key);
      if (known === undefined) {
        readers.set(key, [each]);
      } else {
        known.push(each);
      }
    }
  }
  return readers;
}

function keyOf({ kind, name }: ConfigReference, inputs: unknown): string {
  return `${kind} ${namespaceOf(inputs)}/${name}`;
}
