/**
 * When a CronJob runs, in the five fields that Kubernetes reads: no seconds, no words such as `@daily`,
 * and Sunday is 0. Libraries for cron take more than that, and the API server refuses it only once a
 * stack is being changed.
 */

interface Field {
  readonly from: number;
  readonly to: number;
  /** Names for the numbers from {@link from} on. */
  readonly names: readonly string[];
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const weekdays = "sun mon tue wed thu fri sat".split(" ");

/** Minute, hour, day of the month, month, day of the week. */
const fields: readonly Field[] = [
  { from: 0, to: 59, names: [] },
  { from: 0, to: 23, names: [] },
  { from: 1, to: 31, names: [] },
  { from: 1, to: 12, names: months },
  { from: 0, to: 6, names: weekdays },
];

/** Whether Kubernetes takes a text for a CronJob's schedule. */
export function isSchedule(text: string): boolean {
  const words = text.trim().split(/\s+/);
  return (
    words.length === fields.length &&
    fields.every((field, index) => words[index]?.split(",").every((range) => isRange(range, field)))
  );
}

/** E.g. `*`, `5`, `1-5`, `mon-fri`, every 15, `10-50/20`. */
function isRange(text: string, field: Field): boolean {
  const [, range = "", step] = /^([^/]+)(?:\/(\d+))?$/.exec(text) ?? [];
  if (range === "" || (step !== undefined && Number(step) === 0)) {
    return false;
  }
  if (range === "*" || range === "?") {
    return true;
  }
  const ends = range.split("-").map((end) => valueOf(end, field));
  const [first, last = first] = ends;
  return ends.length <= 2 && first !== undefined && last !== undefined && first <= last;
}

/** Number of a word of a field; undefined where it is none, or out of range. */
function valueOf(word: string, { from, to, names }: Field): number | undefined {
  const named = names.indexOf(word.toLowerCase());
  const value = named !== -1 ? from + named : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  return value >= from && value <= to ? value : undefined;
}
