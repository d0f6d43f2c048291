/** What new inputs would do to a resource: change it in place, or replace it, and in which order. */
import { changes, touches } from "./diff.ts";
import type { Change, PathPattern } from "./diff.ts";
import { defaultsKey } from "./names.ts";
import type { Rule } from "./rules/rule.ts";
import { plainBag } from "./values.ts";
import type { Properties } from "./values.ts";

/** What an update would do. */
export interface Difference {
  /** The inputs that differ. */
  readonly changes: readonly Change[];
  /** Those of them that need a new resource, by path. */
  readonly replaces: readonly string[];
  /** Whether the old one must go first. */
  readonly deleteBeforeReplace: boolean;
}

/** What new inputs would do, by the rule of the type. */
export function differenceOf(rule: Rule, olds: Properties, news: Properties): Difference {
  const [before, after] = [plainBag(olds), plainBag(news)];
  const unseen = rule.unseen?.(before, after) ?? [];
  const seen = changes(olds, news, rule.sets).filter((change) => !isAmong(change, unseen));
  const replaces = seen.filter((change) => isReplacing(rule, change, before, after));
  return {
    changes: seen,
    replaces: replaces.map(({ path }) => path),
    deleteBeforeReplace: replaces.length > 0 && isNameTaken(rule, before, after),
  };
}

function isReplacing(rule: Rule, change: Change, olds: Properties, news: Properties): boolean {
  const { replaces } = rule;
  if (typeof replaces === "function") return isAmong(change, replaces(olds, news));
  return "allBut" in replaces ? !isAmong(change, replaces.allBut) : isAmong(change, replaces);
}

function isAmong(change: Change, patterns: readonly PathPattern[]): boolean {
  return patterns.some((pattern) => touches(change, pattern));
}

/** As the bridge has it: a name that the program fixed and keeps is free only once the old one is gone. */
function isNameTaken(rule: Rule, olds: Properties, news: Properties): boolean {
  const property = rule.autoName?.property;
  if (property === undefined) return false;
  const defaults = news[defaultsKey];
  const automatic = Array.isArray(defaults) && defaults.includes(property);
  return !automatic && news[property] !== undefined && news[property] === olds[property];
}
