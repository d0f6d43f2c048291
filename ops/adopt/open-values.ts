/**
 * What a live object has in the open may be a password: old scripts put them into environments and ConfigMaps. Only
 * what the program says as well is kept for the state; the rest is the cluster's to know. Pure.
 */

type Fields = Readonly<Record<string, unknown>>;

const isBag = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** kubectl's own copy of the object, values and all. */
const copy = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * A live object without its open values.
 *
 * @param wanted What the program says of it.
 */
export function withoutOpenValues(live: Fields, wanted: Fields): Fields {
  const stripped = strip(live, new Set(variables(wanted).map(asText))) as Fields;
  return "data" in stripped
    ? { ...stripped, data: common(stripped["data"], wanted["data"]) }
    : stripped;
}

/** Every `{name, value}` of an environment, wherever it stands. */
function variables(value: unknown): readonly Fields[] {
  if (Array.isArray(value)) {
    return value.flatMap(variables);
  }
  return isBag(value)
    ? Object.entries(value).flatMap(([key, inner]) =>
        key === "env" && Array.isArray(inner) ? inner.filter(isBag) : variables(inner),
      )
    : [];
}

const asText = ({ name, value }: Fields): string => JSON.stringify([name, value]);

function strip(value: unknown, said: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => strip(item, said));
  }
  return isBag(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([key]) => key !== copy)
          .map(([key, inner]) => [
            key,
            key === "env" && Array.isArray(inner)
              ? inner.filter(
                  (item) => isBag(item) && (!("value" in item) || said.has(asText(item))),
                )
              : strip(inner, said),
          ]),
      )
    : value;
}

/** Entries of a ConfigMap that the program says alike. */
function common(live: unknown, wanted: unknown): unknown {
  return Object.fromEntries(
    Object.entries(isBag(live) ? live : {}).filter(
      ([key, value]) => isBag(wanted) && wanted[key] === value,
    ),
  );
}
