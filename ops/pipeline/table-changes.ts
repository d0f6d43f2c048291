/**
 * What a change does to the table of stacks. No preview shows it: a stack whose file goes is not previewed, and one that
 * is from then on updated without a review looks as it did.
 */
import type { Missing } from "../../review/model.ts";
import { type Stacks, Stacks as Table, tablePath } from "./stacks.ts";

/**
 * Each change that somebody must agree to, told as what no preview tells.
 *
 * @param before Text of the table that the change is made to; undefined where it had none.
 */
export function tableChanges(before: string | undefined, now: Stacks): readonly Missing[] {
  if (before === undefined) {
    return [];
  }
  const former = parse(before);
  if (former === undefined) {
    const why = `that of the base could not be read`;
    return [{ what: `what this changes in ${tablePath}`, why, hides: false }];
  }
  return Object.entries(former).flatMap(([stack, was]) => {
    const is = now[stack];
    const tell = (what: string, why: string): Missing => ({ stack, what, why, hides: false });
    if (is === undefined) {
      const why = `its file goes: nothing of it is destroyed, and nobody looks after what runs any more. Renamed, it is another stack; pulumi destroy, or pulumi stack rename, comes first`;
      return [tell(`what becomes of ${stack}`, why)];
    }
    return (["branch", "update", "drift"] as const)
      .filter((field) => is[field] !== was[field])
      .map((field) =>
        tell(
          `how ${stack} is looked after from then on`,
          `${tablePath}, ${field}: ${was[field]} -> ${is[field]}`,
        ),
      );
  });
}

function parse(text: string): Stacks | undefined {
  try {
    return Table.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
