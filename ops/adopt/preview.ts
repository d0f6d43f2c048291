/** What a stack would make: the engine's own preview, read. */
import * as z from "zod";

import { CommandError } from "../command.ts";

/** The engine's mark on a value that is not known before the update. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const State = z.looseObject({
  type: z.string(),
  urn: z.string(),
  custom: z.boolean().default(false),
  parent: z.string().optional(),
  provider: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  ignoreChanges: z.array(z.string()).default([]),
  /** By which the program itself takes a resource that exists. */
  importID: z.string().optional(),
  /** Input → URNs of what its value comes from. */
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
});

const Preview = z.looseObject({
  steps: z
    .array(z.looseObject({ op: z.string(), urn: z.string(), newState: State.optional() }))
    .default([]),
});

/** A resource that an update would make. */
export interface Planned {
  readonly urn: string;
  readonly type: string;
  /** The program's name for it. */
  readonly name: string;
  /** Custom resources have a provider; components none. */
  readonly custom: boolean;
  /** URN; undefined for what stands at the top of the stack. */
  readonly parent: string | undefined;
  /** URN of its provider. */
  readonly provider: string | undefined;
  /** What the program asks for. Secrets and values that are not known yet are in it by a mark. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Paths of inputs that stay what the state says of them. */
  readonly ignored: readonly string[];
}

/** A resource that the program says to exist, with its number at the cloud. */
export interface PlannedImport extends Planned {
  readonly id: string;
}

/** A preview of a stack. */
export interface StackPreview {
  /** What would be made; what the state has already is not among it. */
  readonly creates: readonly Planned[];
  /** Everything that the program asks for, in the state or not. */
  readonly all: readonly Planned[];
  /** What the program takes by itself at the next update. */
  readonly imports: readonly PlannedImport[];
  /** Replacements: URNs. */
  readonly replaces: readonly string[];
  /** Operation → count. */
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Reads `pulumi preview --json`.
 *
 * @throws CommandError for another text.
 */
export function readPreview(text: string): StackPreview {
  let preview: z.infer<typeof Preview>;
  try {
    preview = Preview.parse(JSON.parse(text));
  } catch {
    // What it printed may hold values.
    throw new CommandError("pulumi preview --json printed nothing this version can read");
  }
  const { steps } = preview;
  const states = (wanted: string): z.infer<typeof State>[] =>
    steps.flatMap(({ op, newState }) =>
      op === wanted && newState !== undefined ? [newState] : [],
    );
  const names = namesOf(steps.flatMap(({ newState }) => newState ?? []));
  return {
    creates: states("create").map((state) => plannedOf(withNames(state, names))),
    all: steps.flatMap(({ op, newState }) =>
      // A replacement has three steps, of one resource.
      newState === undefined || op.endsWith("-replacement") || op === "delete-replaced"
        ? []
        : [plannedOf(withNames(newState, names))],
    ),
    imports: states("import").map((state) => ({
      ...plannedOf(state),
      id: state.importID ?? "",
    })),
    replaces: steps.flatMap(({ op, urn }) => (op === "replace" ? [urn] : [])),
    counts: Object.fromEntries(
      [...Map.groupBy(steps, ({ op }) => op)].map(([op, all]) => [op, all.length]),
    ),
  };
}

function plannedOf({
  urn,
  type,
  custom,
  parent,
  provider,
  inputs,
  ignoreChanges: ignored,
}: z.infer<typeof State>): Planned {
  return {
    urn,
    type,
    name: nameOf(urn),
    custom,
    parent: parent === undefined || isStack(parent) ? undefined : parent,
    // A reference is the provider's URN and its identifier.
    provider: provider?.replace(/::[^:]*$/, ""),
    inputs,
    ignored,
  };
}

/** Kinds whose names stand in other objects' inputs, and where: what they come from is told by the engine. */
const named = [
  { type: "kubernetes:core/v1:Namespace", input: "metadata", key: "namespace" },
  { type: "kubernetes:core/v1:PersistentVolumeClaim", input: "spec", key: "claimName" },
] as const;

type PlannedState = z.infer<typeof State>;

const Named = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });

/** URN of each namespace and claim of the stack → its name. */
function namesOf(states: readonly PlannedState[]): ReadonlyMap<string, string> {
  return new Map(
    states
      .filter(({ type }) => named.some((one) => one.type === type))
      .flatMap(({ urn, inputs }) => {
        const name = Named.safeParse(inputs).data?.metadata.name;
        return name === undefined ? [] : [[urn, name] as const];
      }),
  );
}

/**
 * An object with the names of its namespace and its claim, where these are not known yet, as while the cluster itself
 * is still to be taken: the program knows them, and only waits for what has them.
 */
function withNames(state: PlannedState, names: ReadonlyMap<string, string>): PlannedState {
  const inputs = { ...state.inputs };
  for (const { type, input, key } of named) {
    const sources = (state.propertyDependencies?.[input] ?? [])
      .filter((urn) => urn.split("::")[2]?.split("$").at(-1) === type)
      .flatMap((urn) => names.get(urn) ?? []);
    const [name, ...others] = new Set(sources);
    if (name !== undefined && others.length === 0 && input in inputs) {
      inputs[input] = filled(inputs[input], key, name);
    }
  }
  return { ...state, inputs };
}

function filled(value: unknown, key: string, name: string): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => filled(item, key, name));
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(
        Object.entries(value).map(([field, inner]) => [
          field,
          field === key && inner === unknownMark ? name : filled(inner, key, name),
        ]),
      )
    : value;
}

const isStack = (urn: string): boolean => /::pulumi:pulumi:Stack::[^:]*$/.test(urn);

/** Logical name: the last part of a URN, which may itself hold colons. */
function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Whether a value, or any part of it, is not known before the update. */
export function holdsUnknown(value: unknown): boolean {
  return JSON.stringify(value ?? null).includes(unknownMark);
}

/** A value without the parts that are not known yet; undefined for one that is not known at all. */
export function withoutUnknown(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutUnknown).filter((item) => item !== undefined);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, inner]) => [key, withoutUnknown(inner)] as const)
        .filter(([, inner]) => inner !== undefined),
    );
  }
  return value === unknownMark ? undefined : value;
}
