/** Finding and masking secret values in whatever form they were written. */

/** Forms in which a value travels, each of eight characters or more: as it is, in base64 of any alignment, hex, URLs, JSON. */
export function forms(value: string): readonly string[] {
  const bytes = Buffer.from(value, "utf8");
  const base64 = [0, 1, 2].flatMap((offset) => {
    // Base64 of a text that contains the value depends on where the value begins in it, and its
    // first and last characters on the neighbours: those are left out.
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const start = offset === 0 ? 0 : offset + 1;
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    const inner = shifted.slice(start, end);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const hex = bytes.toString("hex");
  const all = [
    value,
    bytes.toString("base64"),
    bytes.toString("base64url"),
    ...base64,
    hex,
    hex.toUpperCase(),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
  ];
  // A key in hex is also a number of bytes, which programs write in base64.
  if (/^([0-9a-f]{2})+$/.test(value)) {
    const decoded = Buffer.from(value, "hex");
    all.push(value.toUpperCase(), decoded.toString("base64"), decoded.toString("base64url"));
  }
  // The parts of a registry login stand apart in a pull secret.
  const login = /^[^\s:]+:(\S{8,})$/.exec(value);
  // So does the key that an entry holds beside its certificates, which are public.
  const key = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]+-----END \1-----/.exec(value);
  const parts = [login?.[1], key?.[0]].filter((part) => part !== undefined && part !== value);
  return [...new Set([...all, ...parts.flatMap((part) => forms(part ?? ""))])].filter(
    (form) => form.length >= 8,
  );
}

/** Names of the secrets whose value a text holds in any form. */
export function secretsIn(text: string, secrets: ReadonlyMap<string, string>): readonly string[] {
  return [...secrets]
    .filter(([, value]) => forms(value).some((form) => text.includes(form)))
    .map(([name]) => name);
}

/** A function that replaces every form of every value by the name of the secret: «secret name». */
export function masker(secrets: ReadonlyMap<string, string>): (text: string) => string {
  const replacements = [...secrets]
    .flatMap(([name, value]) => forms(value).map((form) => ({ form, mask: `«secret ${name}»` })))
    // The longest first: a form may contain another one.
    .sort((a, b) => b.form.length - a.form.length || a.form.localeCompare(b.form));
  return (text) =>
    replacements.reduce((masked, { form, mask }) => masked.replaceAll(form, mask), text);
}

/** Applies a function to every text in a structure, keys included. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") {
    return change(value);
  }
  if (Array.isArray(value)) {
    return value.map((item) => mapTexts(item, change));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [change(key), mapTexts(item, change)]),
    );
  }
  return value;
}
