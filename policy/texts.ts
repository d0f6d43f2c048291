/** Every text of a structure with its path. */

/** A text and where it stands. */
export interface Placed {
  /** E.g. `spec.template.spec.containers[0].env[3].value`. */
  readonly path: string;
  readonly text: string;
}

/** All texts, keys of maps included, in the order in which they stand. */
export function textsOf(value: unknown): readonly Placed[] {
  const found: Placed[] = [];
  gather(value, "", found);
  return found;
}

function gather(value: unknown, path: string, found: Placed[]): void {
  if (typeof value === "string") {
    found.push({ path, text: value });
  } else if (Array.isArray(value)) {
    value.forEach((entry, index) => {
      gather(entry, `${path}[${index}]`, found);
    });
  } else if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      const inner = path === "" ? key : `${path}.${key}`;
      found.push({ path: `the key ${inner}`, text: key });
      gather(entry, inner, found);
    }
  }
}
