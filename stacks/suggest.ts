/** Suggestions for misspelt keys, read from the schema itself. */
import type * as z from "zod";

/** What a schema says about itself, as far as the loader reads it. */
export interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly keyType?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, unknown>>;
}

/** A schema's own description of itself. */
export const definition = (schema: z.core.$ZodType): Definition => schema._zod.def;

/** The schemas a value at a step below these may have. */
export function stepInto(
  schemas: readonly z.core.$ZodType[],
  step: PropertyKey,
): z.core.$ZodType[] {
  return schemas.flatMap(unwrap).flatMap((schema) => {
    const { shape, element, valueType } = definition(schema);
    const name = String(step);
    // A step may be called `constructor`: only the schema's own names count.
    const field = shape !== undefined && Object.hasOwn(shape, name) ? shape[name] : undefined;
    const next = field ?? element ?? valueType;
    return next === undefined ? [] : [next];
  });
}

/** Takes off what wraps an object: optional, default, transform, union. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  const { innerType, in: input, options } = definition(schema);
  if (options !== undefined) {
    return options.flatMap(unwrap);
  }
  const inner = innerType ?? input;
  return inner === undefined ? [schema] : unwrap(inner);
}

/** Names the schema knows at a path. Empty where any name may stand. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const here = path.reduce<readonly z.core.$ZodType[]>(stepInto, [schema]).flatMap(unwrap);
  return [...new Set(here.flatMap(ownKeys))];
}

/** Keys of an object, or of a map whose keys are named one by one. */
function ownKeys(schema: z.core.$ZodType): string[] {
  const { shape, keyType } = definition(schema);
  const named = keyType === undefined ? undefined : definition(keyType).entries;
  return [...Object.keys(shape ?? {}), ...Object.values(named ?? {}).map(String)];
}
