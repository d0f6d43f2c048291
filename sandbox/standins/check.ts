/**
 * The check of inputs against the declared shape: every fault with its path, what was expected and,
 * where there is a usual slip, the mend. Values not known before the update pass.
 */
import type { CloudSchema, ObjectSchema, TypeOf } from "./schema.ts";
import { isAsset, isBag, isList, isSecret, isUnknown } from "./values.ts";
import type { Properties, Value } from "./values.ts";

/** One thing wrong with an input. */
export interface Fault {
  /** Where, as `pools[0].type`. */
  readonly path: string;
  /** What was expected, and the mend. Never a value that may be secret. */
  readonly reason: string;
}

/** Checks a bag of inputs. Keys that begin with two underscores belong to the engine. */
export function checkInputs(
  schema: CloudSchema,
  shape: ObjectSchema,
  inputs: Properties,
  path = "",
): Fault[] {
  const missing = shape.required
    .filter((name) => inputs[name] === undefined || inputs[name] === null)
    .map((name) => ({ path: join(path, name), reason: "is required and missing" }));
  const wrong = Object.entries(inputs)
    .filter(([name]) => !name.startsWith("__"))
    .flatMap(([name, value]) => {
      // Own properties only: `valueOf` is a property of every object.
      const type = Object.hasOwn(shape.properties, name) ? shape.properties[name] : undefined;
      if (type === undefined) {
        return [
          { path: join(path, name), reason: unknownProperty(name, Object.keys(shape.properties)) },
        ];
      }
      return value === null ? [] : checkValue(schema, type, value, join(path, name));
    });
  return [...missing, ...wrong];
}

function checkValue(schema: CloudSchema, type: TypeOf, value: Value, path: string): Fault[] {
  if (isUnknown(value) || type === "any") return [];
  if (isSecret(value)) return checkValue(schema, type, value["value"] ?? null, path);
  if (typeof type === "string") {
    const fits = type === "asset" ? isAsset(value) : typeof value === type;
    if (type === "number" && fits && !Number.isFinite(value)) {
      return [
        { path, reason: "is not a number: an id was probably converted before it was known" },
      ];
    }
    return fits ? [] : [expected(path, type, value)];
  }
  if ("enum" in type) {
    const fits = type.enum.some((allowed) => allowed === value);
    return fits ? [] : [{ path, reason: `must be one of ${type.enum.join(", ")}` }];
  }
  if ("list" in type) {
    if (!isList(value)) return [expected(path, "list", value)];
    return value.flatMap((item, index) => checkValue(schema, type.list, item, `${path}[${index}]`));
  }
  if ("oneOf" in type) {
    const tries = type.oneOf.map((choice) => checkValue(schema, choice, value, path));
    return tries.find((faults) => faults.length === 0) ?? tries[0] ?? [];
  }
  if (!isBag(value) || isAsset(value)) return [expected(path, "object", value)];
  if ("map" in type) {
    return Object.entries(value)
      .filter(([key]) => !key.startsWith("__"))
      .flatMap(([key, item]) => checkValue(schema, type.map, item, join(path, key)));
  }
  const shape = schema.objects[type.object];
  if (shape === undefined) throw new Error(`schema of ${schema.package} lacks ${type.object}`);
  return checkInputs(schema, shape, value, path);
}

function expected(path: string, type: string, value: Value): Fault {
  const article = /^[aeiou]/.test(type) ? "an" : "a";
  const hint =
    type === "number" && typeof value === "string"
      ? "; ids of other resources are numbers here: id.apply(Number)"
      : "";
  return { path, reason: `must be ${article} ${type}, is ${kindOf(value)}${hint}` };
}

function kindOf(value: Value): string {
  if (value === null) return "null";
  if (isList(value)) return "a list";
  if (isAsset(value)) return "an asset";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function unknownProperty(name: string, known: readonly string[]): string {
  const near = known.find((candidate) => spelling(candidate) === spelling(name));
  if (near !== undefined) return `is not a property of this type; write ${near}`;
  const begin = known.filter(
    (candidate) => candidate.startsWith(name) || name.startsWith(candidate),
  );
  const [first] = begin;
  return first === undefined
    ? "is not a property of this type"
    : `is not a property of this type; did you mean ${first}?`;
}

function spelling(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .replace(/s$/, "");
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
