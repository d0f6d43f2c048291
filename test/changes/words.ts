/** A stack before and after a changed word of its file: which objects the engine would take for which. */
import { readRawValue } from "../../stacks/raw.ts";
import { type AnyStack, type Options, readStackFile, renderConfig } from "../rendered.ts";

/** Sections of a stack file by their keys, as they stand there. */
type Sections = Record<string, unknown>;

/** A change of a file: place, its keys with strokes between them → what is said there. */
export type Words = Readonly<Record<string, unknown>>;

/** What a committed stack with other words in its file renders to. */
export function renderWords(stack: AnyStack, words: Words) {
  const sections: Sections = Object.fromEntries(
    Object.entries(readStackFile(stack)).map(([key, text]) => [key, readRawValue(text)]),
  );
  for (const [place, word] of Object.entries(words)) {
    put(sections, place.split("/"), word);
  }
  const texts = Object.entries(sections).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return renderConfig(stack, Object.fromEntries(texts) as Record<string, string>);
}

function put(into: Sections, [key = "", ...rest]: readonly string[], word: unknown): void {
  if (rest.length === 0) {
    into[key] = word;
    return;
  }
  into[key] ??= {};
  put(into[key] as Sections, rest, word);
}

/** What names are compared by. */
export type Rendered = Pick<Awaited<ReturnType<typeof renderWords>>, "collected" | "options">;

/** An object under a name that the program fixed. */
interface Named {
  /** Type, namespace and name: there is one in the world. */
  readonly place: string;
  /** By what URNs the engine finds it in a state: its own first, then those of its aliases. */
  readonly urns: readonly string[];
}

/**
 * Objects of a cluster that go and come again under one name. The engine makes first and takes away afterwards, so that
 * the API server refuses them as there already (pulumi/pulumi-kubernetes#2926), half way through an update whose
 * preview was green.
 */
export function takenNames(before: Rendered, after: Rendered): readonly string[] {
  const olds = new Map(namedOf(before).map(({ place, urns }) => [place, urns[0]]));
  return namedOf(after).flatMap(({ place, urns }) => {
    const old = olds.get(place);
    return old === undefined || urns.includes(old) ? [] : [place];
  });
}

function namedOf({ collected, options }: Rendered): readonly Named[] {
  const byUrn = new Map(options.map((one) => [one.urn, one]));
  const byName = new Map(options.map((one) => [`${one.type} ${one.name}`, one]));
  return collected.resources.flatMap(({ type, name, inputs }) => {
    const fixed = fixedName(type, inputs);
    const option = byName.get(`${type} ${name}`);
    return fixed === undefined || option === undefined
      ? []
      : [
          {
            place: `${type} ${fixed}`,
            urns: typesOf(option, byUrn).map((types) => `${types}::${name}`),
          },
        ];
  });
}

/** Namespace and name, where the program gives one. */
function fixedName(type: string, inputs: Readonly<Record<string, unknown>>): string | undefined {
  const { name, namespace = "" } = (inputs["metadata"] ?? {}) as Record<string, string | undefined>;
  return type.startsWith("kubernetes:") && name !== undefined ? `${namespace}/${name}` : undefined;
}

/** Types of a resource and its parents, as they stand in its URN; then what they may once have been. */
function typesOf(one: Options, byUrn: ReadonlyMap<string, Options>): readonly string[] {
  const parent = byUrn.get(one.parent);
  const above = parent === undefined ? [""] : typesOf(parent, byUrn).map((types) => `${types}$`);
  return [one.type, ...one.onceTypes].flatMap((type) => above.map((types) => `${types}${type}`));
}
