/** Faults of a stack file: where, what was expected, and how to mend it. */

/** One fault. Its texts never hold a secret's value. */
export interface Fault {
  /** Path in the stack file, e.g. `fleet:services.dmsgServers[0].port`. */
  readonly path: string;
  /** What was expected, and what stands there where that is no secret. */
  readonly expected: string;
  /** What to do, where the path and the expectation do not say it already. */
  readonly mend?: string;
}

/** Writes a path the way `pulumi config set --path` reads it. */
export function writePath(path: readonly PropertyKey[]): string {
  const [section, ...rest] = path;
  const steps = rest.map((step) =>
    typeof step === "number"
      ? `[${step}]`
      : /^[A-Za-z_][\w-]*$/.test(String(step))
        ? `.${String(step)}`
        : `["${String(step)}"]`,
  );
  return `${String(section)}${steps.join("")}`;
}

/**
 * A text of the file in quotes, for a fault to repeat, or undefined for one that had better not be:
 * it is long, carries credentials, or looks drawn by chance. A secret may stand in the wrong place.
 */
export function quote(text: string): string | undefined {
  const words = text.match(/[A-Za-z0-9+/_-]{12,}/g) ?? [];
  const random = words.some(
    (word) =>
      /\d/.test(word) && /[a-z]/i.test(word) && (isMixed(word) || /[0-9a-f]{32}/i.test(word)),
  );
  return text.length > 60 || /:\/\/\S*@/.test(text) || random ? undefined : JSON.stringify(text);
}

const isMixed = (word: string): boolean => /[a-z]/.test(word) && /[A-Z]/.test(word);

/** Every fault of a file, as a person reads it in a terminal or a pipeline's log. */
export function reportFaults(stack: string, faults: readonly Fault[]): string {
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  const lines = faults.flatMap(({ path, expected, mend }) => [
    `  ${path}`,
    `    ${expected}`,
    ...(mend === undefined ? [] : [`    to mend: ${mend}`]),
  ]);
  return [`Pulumi.${stack}.yaml has ${count}; nothing was touched.`, "", ...lines, ""].join("\n");
}
