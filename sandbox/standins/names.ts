/** Names that Pulumi gives where the program gives none: the logical name and a tail. */
import type { AutoName } from "./rules/rule.ts";
import { digest } from "./values.ts";
import type { Properties, Value } from "./values.ts";

/** The input in which the bridge notes what it filled in itself. */
export const defaultsKey = "__defaults";

/** Characters of the tail, and the dash before it. */
const tailLength = 7;

/**
 * The inputs with the name filled in where the program gives none: the one the resource has, or a new one.
 * @param seed chance that the engine drew and keeps with the plan, so that preview and update agree
 */
export function autoNamed(
  rule: AutoName | undefined,
  subject: { readonly urn: string; readonly name: string },
  olds: Properties,
  news: Properties,
  seed: string,
): Properties {
  if (rule === undefined || isGiven(news[rule.property])) return news;
  const kept = wasAutomatic(olds, rule.property) ? olds[rule.property] : undefined;
  const stem = (rule.lowerCase === true ? subject.name.toLowerCase() : subject.name).slice(
    0,
    rule.maxLength - tailLength - 1,
  );
  const fresh = `${stem}-${digest(`${subject.urn}|${seed}`).slice(0, tailLength)}`;
  return { ...news, [rule.property]: kept ?? fresh, [defaultsKey]: [rule.property] };
}

function isGiven(value: Value | undefined): boolean {
  return value !== undefined && value !== null;
}

function wasAutomatic(olds: Properties, property: string): boolean {
  const defaults = olds[defaultsKey];
  return Array.isArray(defaults) && defaults.includes(property);
}
