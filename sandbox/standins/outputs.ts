/** The outputs of a resource or function that come from its declaration alone. */
import type { OutputKind, ResourceSchema } from "./schema.ts";
import { unknownValue } from "./values.ts";
import type { Properties, Value } from "./values.ts";

/** Inputs without the engine's own keys, which are no outputs. */
export function own(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !name.startsWith("__")));
}

/** What a preview says of a resource that is not made yet. */
export function unknowns(schema: ResourceSchema): Properties {
  return Object.fromEntries(Object.keys(schema.outputs).map((name) => [name, unknownValue]));
}

/** Declared outputs that no rule names are there, and empty. */
export function empties(outputs: Readonly<Record<string, OutputKind>>): Properties {
  const empty: Record<OutputKind, Value> = {
    string: "",
    number: 0,
    boolean: false,
    list: [],
    map: {},
    any: null,
  };
  return Object.fromEntries(Object.entries(outputs).map(([name, kind]) => [name, empty[kind]]));
}
