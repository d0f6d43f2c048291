/** What selectors ask of labels, and labels answer. */

/** One expression of a selector. */
export interface Expression {
  readonly key: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** Whether labels meet one expression of a selector. */
export function meets(
  { key, operator, values }: Expression,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    default:
      return value === undefined;
  }
}

const given = /^([a-z.-]*\.)?kubernetes\.io\/(hostname|os|arch|instance-type|zone|region)$/;

/**
 * Whether a node has a label of a key, of which its config does not say the value: kubelets and clouds put
 * it there themselves. What is asked of it counts as met.
 */
export const isUnsaid = (labels: Readonly<Record<string, string>>, key: string): boolean =>
  labels[key] === undefined && given.test(key);
