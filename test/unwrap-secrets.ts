/** The SDK's mark on a secret value, which the mocks hand on: key and value of the wrapper. */
const secretMark = [
  "4dabf18193072939515e22adb298388d",
  "1b47061264138c4ac30d75fd1eb44270",
] as const;

/** A value without the wrappers round its secret parts. */
export function unwrapSecrets(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(unwrapSecrets);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const [key, mark] = secretMark;
  const entries = value as Record<string, unknown>;
  return entries[key] === mark
    ? unwrapSecrets(entries["value"])
    : Object.fromEntries(
        Object.entries(entries).map(([name, inner]) => [name, unwrapSecrets(inner)]),
      );
}
