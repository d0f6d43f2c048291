/** Numbers of miners as a stack file writes them: ranges and single numbers. */
import * as z from "zod";

/** Highest number of a miner. */
export const highestNumber = 9_999;

const numberShape = /^[1-9]\d{0,3}$/;
const rangeShape = /^([1-9]\d{0,3})-([1-9]\d{0,3})$/;

const shapeRule =
  'must be a miner\'s number or a range of them, quoted, e.g. "7" or "1-10", up to 9999';

/** The numbers of one entry, or undefined where it is none. */
function numbersOf(item: string | number): number[] | undefined {
  const text = `${item}`;
  if (numberShape.test(text)) {
    return [Number(text)];
  }
  const [, first, last] = rangeShape.exec(text) ?? [];
  if (first === undefined || last === undefined || Number(first) > Number(last)) {
    return undefined;
  }
  const from = Number(first);
  return Array.from({ length: Number(last) - from + 1 }, (_, index) => from + index);
}

const entries = z
  .array(z.union([z.string(shapeRule), z.int(shapeRule)], { message: shapeRule }))
  .max(1_000, "must have at most 1000 entries");

const numbersIn = (list: typeof entries) =>
  list.transform((items, context): number[] => {
    const owners = new Map<number, string | number>();
    for (const [index, item] of items.entries()) {
      const numbers = numbersOf(item);
      if (numbers === undefined) {
        context.addIssue({ code: "custom", path: [index], message: shapeRule });
        continue;
      }
      const twice = numbers.filter((number) => owners.has(number));
      const [first] = twice;
      if (first !== undefined) {
        context.addIssue({
          code: "custom",
          path: [index],
          message: `must name each miner once: ${first} is in ${owners.get(first) ?? ""} too`,
        });
      }
      numbers.forEach((number) => owners.set(number, owners.get(number) ?? item));
    }
    return [...owners.keys()];
  });

/**
 * Numbers of the miners: `["1-6", "8-10"]` are nine of them. In the order of the file; each once, or
 * it is a fault that names the number and both its places.
 */
export const MemberNumbers = numbersIn(entries.min(1, "must name at least one miner"));

/** Numbers of some of the miners, or of none, written alike. */
export const SomeNumbers = numbersIn(entries);
