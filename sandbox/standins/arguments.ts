/** A provider's own arguments: as the engine sends them, and what the environment adds. */
import type { ObjectSchema } from "./schema.ts";
import { isSecret, secret, unknownValue } from "./values.ts";
import type { Properties, Value } from "./values.ts";

/** Keys that the engine adds to a provider's arguments. */
const engineKeys = ["version", "pluginDownloadURL", "pluginChecksums"];

/** The arguments as the program gave them: those that are no text come over the wire as JSON text. */
export function decoded(shape: ObjectSchema, inputs: Properties): Properties {
  return Object.fromEntries(
    Object.entries(inputs)
      .filter(([name]) => !engineKeys.includes(name))
      .map(([name, value]) => [
        name,
        shape.properties[name] === "string" ? value : fromJsonText(value),
      ]),
  );
}

/** Credentials that the environment holds, by the provider's argument. */
export function credentials(
  variables: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): Properties {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([property, variable]) => {
      const value = environment[variable];
      return value === undefined || value === "" ? [] : [[property, value]];
    }),
  );
}

function fromJsonText(value: Value): Value {
  if (isSecret(value)) return secret(fromJsonText(value["value"] ?? null));
  if (typeof value !== "string" || value === unknownValue) return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return value;
  }
}
