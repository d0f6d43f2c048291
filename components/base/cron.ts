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

/** Numbers of a field: every `step`th from `first` to `last`. */
interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** Written as all there are: such a field asks nothing of a day, where the other one of days does. */
  readonly isOpen: boolean;
}

/** Whether Kubernetes takes a text for a CronJob's schedule. */
export const isSchedule = (text: string): boolean => readFields(text) !== undefined;

/** Days of each month, in a leap year. */
const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * Whether a schedule names a day that no year has, e.g. the 31st of February: Kubernetes takes it, and nothing ever
 * runs. Where both a day of the month and one of the week are named, either will do (robfig/cron v3, spec.go).
 */
export function neverComes(text: string): boolean {
  const [, , days = [], ofMonths = [], weekDays = []] = readFields(text) ?? [];
  const earliest = Math.min(...days.map(({ first }) => first));
  const lengths = longest.filter((_, index) => ofMonths.some((range) => isIn(index + 1, range)));
  return weekDays.some(({ isOpen }) => isOpen) && lengths.every((length) => length < earliest);
}

const isIn = (value: number, { first, last, step }: Range): boolean =>
  value >= first && value <= last && (value - first) % step === 0;

/** The five fields of a schedule; undefined where it is none. */
function readFields(text: string): readonly (readonly Range[])[] | undefined {
  const words = text.trim().split(/\s+/);
  if (words.length !== fields.length) {
    return undefined;
  }
  const read = fields.map((field, index) =>
    (words[index] ?? "").split(",").map((range) => rangeOf(range, field)),
  );
  const ranges = read.map((all) => all.filter((range) => range !== undefined));
  return ranges.every((all, index) => all.length === read[index]?.length) ? ranges : undefined;
}

/** E.g. `*`, `5`, `1-5`, `mon-fri`, every 15, `10-50/20`; `5/15` goes on to the end. */
function rangeOf(text: string, field: Field): Range | undefined {
  const [, range = "", every] = /^([^/]+)(?:\/(\d+))?$/.exec(text) ?? [];
  const step = Number(every ?? 1);
  if (range === "" || step === 0) {
    return undefined;
  }
  if (range === "*" || range === "?") {
    return { first: field.from, last: field.to, step, isOpen: step === 1 };
  }
  const ends = range.split("-").map((end) => valueOf(end, field));
  const [first, last = every === undefined ? first : field.to] = ends;
  const isWhole = ends.length <= 2 && ends.every((end) => end !== undefined);
  return isWhole && first !== undefined && last !== undefined && first <= last
    ? { first, last, step, isOpen: false }
    : undefined;
}

/** Number of a word of a field; undefined where it is none, or out of range. */
function valueOf(word: string, { from, to, names }: Field): number | undefined {
  const named = names.indexOf(word.toLowerCase());
  const value = named !== -1 ? from + named : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  return value >= from && value <= to ? value : undefined;
}
