/**
 * What a live object has in the open may be a password: old scripts put them into environments, command lines, headers
 * of probes and ConfigMaps. Only what the program says as well is kept for the state; the rest is the cluster's to
 * know. Pure.
 */

type Fields = Readonly<Record<string, unknown>>;

const isBag = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** kubectl's own copy of the object, values and all. */
const copy = "kubectl.kubernetes.io/last-applied-configuration";

/** Lists of `{name, value}`: of each entry it is told whether the program says it. */
const entries = ["env", "httpHeaders"];
/** Lists of words: `--requirepass hunter2` makes sense as a whole only. */
const words = ["command", "args"];
/** What a ConfigMap holds. */
const contents = ["data", "binaryData"];

/**
 * A live object without its open values.
 *
 * @param wanted What the program says of it.
 */
export function withoutOpenValues(live: Fields, wanted: Fields): Fields {
  const stripped = strip(live, new Set(saidIn(wanted))) as Fields;
  return Object.fromEntries(
    Object.entries(stripped).map(([key, value]) => [
      key,
      contents.includes(key) ? common(value, wanted[key]) : value,
    ]),
  );
}

/** What the program says itself in the places where a live object may have a password, wherever they are. */
function saidIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap(saidIn);
  }
  return isBag(value)
    ? Object.entries(value).flatMap(([key, inner]) =>
        !Array.isArray(inner)
          ? saidIn(inner)
          : entries.includes(key)
            ? inner.filter(isBag).map(asText)
            : words.includes(key)
              ? [JSON.stringify(inner)]
              : saidIn(inner),
      )
    : [];
}

const asText = ({ name, value }: Fields): string => JSON.stringify({ name, value });

function strip(value: unknown, said: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => strip(item, said));
  }
  return isBag(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([key, inner]) => key !== copy && !isUnsaidList(key, inner, said))
          .map(([key, inner]) => [
            key,
            entries.includes(key) && Array.isArray(inner)
              ? inner.filter(
                  (item) => isBag(item) && (!("value" in item) || said.has(asText(item))),
                )
              : strip(inner, said),
          ]),
      )
    : value;
}

const isUnsaidList = (key: string, value: unknown, said: ReadonlySet<string>): boolean =>
  words.includes(key) && Array.isArray(value) && !said.has(JSON.stringify(value));

/** Entries of a ConfigMap that the program says alike. */
function common(live: unknown, wanted: unknown): unknown {
  return Object.fromEntries(
    Object.entries(isBag(live) ? live : {}).filter(
      ([key, value]) => isBag(wanted) && wanted[key] === value,
    ),
  );
}
