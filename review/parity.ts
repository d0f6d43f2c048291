/** How far stacks change alike, and where they do not. */
import { namesIn } from "./drawn.ts";
import { keyOf, signature } from "./fold.ts";
import type { Item, Parity } from "./model.ts";

/** Differences that are listed. */
const listed = 50;

/** What changes in one stack. */
export interface StackItems {
  readonly stack: string;
  readonly items: readonly Item[];
}

/** Compares all stacks that have anything in common; a stack alone has no parity. */
export function parityOf(stacks: readonly StackItems[]): Parity[] {
  return families(stacks).map(compare);
}

/** Stacks that change a resource in common belong together. */
function families(stacks: readonly StackItems[]): readonly (readonly StackItems[])[] {
  const groups: { keys: Set<string>; stacks: StackItems[] }[] = [];
  for (const stack of stacks) {
    const keys = new Set(stack.items.filter(isOwn).map(keyOf));
    const touching = groups.filter((group) => [...keys].some((key) => group.keys.has(key)));
    const joined = { keys, stacks: [stack] };
    for (const group of touching) {
      group.keys.forEach((key) => joined.keys.add(key));
      joined.stacks.unshift(...group.stacks);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push(joined);
  }
  return groups.flatMap((group) => (group.stacks.length > 1 ? [group.stacks] : []));
}

/** Providers are in every stack: they make no two stacks alike. */
function isOwn({ resource }: Item): boolean {
  return !resource.type.startsWith("pulumi:");
}

function compare(stacks: readonly StackItems[]): Parity {
  const names = stacks.map(({ stack }) => stack);
  const items = stacks.flatMap((each) => each.items.filter(isOwn));
  const made = namesIn(items.map(({ resource }) => resource.urn));
  const except: Parity["except"] = [];
  let alike = 0;
  for (const same of Map.groupBy(items, keyOf).values()) {
    const looks = new Map(same.map((item) => [item.resource.stack, signature(item, made)]));
    if (looks.size === names.length && new Set(looks.values()).size === 1) {
      alike += 1;
    } else {
      except.push({
        label: same[0]?.resource.label ?? "",
        stacks: same.map(({ resource }) => resource.stack),
        difference: names.map((name) => `${name}: ${lookOf(same, name)}`).join("; "),
      });
    }
  }
  const all = `${alike} resource${alike === 1 ? "" : "s"}`;
  const but = except.length === 0 ? "" : `, except ${except.length}`;
  return {
    stacks: names,
    alike,
    except: except.slice(0, listed),
    exceptOmitted: Math.max(0, except.length - listed),
    line: `${list(names)} change alike (${all})${but}`,
  };
}

function lookOf(items: readonly Item[], stack: string): string {
  const item = items.find(({ resource }) => resource.stack === stack);
  if (item === undefined) {
    return "no change";
  }
  const own = item.words.filter(
    (word) => !items.every((other) => other.words.includes(word) && items.length > 1),
  );
  // What is new is told by few words: two may be made of other things, and be told alike.
  const isOther = own.length === 0 && new Set(items.map(({ content }) => content)).size > 1;
  const words = isOther ? ["with other properties", ...item.words] : item.words;
  return [item.operation, ...(own.length > 0 ? own : words).slice(0, 3)].join(", ");
}

/** Two names or more. */
function list(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}
