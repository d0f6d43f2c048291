/** What Prometheus' functions take and give (3.x, without those behind switches). */

/** Type of a value of PromQL. */
export type ValueType = "scalar" | "vector" | "range" | "text";

/** Inputs and outcome of a function. */
export interface Signature {
  readonly takes: readonly ValueType[];
  /** How many of them, from the end, may be left out. */
  readonly optional: number;
  /** The last may be there more than once. */
  readonly repeats: boolean;
  readonly gives: ValueType;
}

const signature = (
  takes: readonly ValueType[],
  { optional = 0, repeats = false, gives = "vector" }: Partial<Omit<Signature, "takes">> = {},
): Signature => ({ takes, optional, repeats, gives });

const all = (names: string, one: Signature): Record<string, Signature> =>
  Object.fromEntries(names.split(" ").map((name) => [name, one]));

/** Functions by name. */
export const functions: ReadonlyMap<string, Signature> = new Map(
  Object.entries({
    ...all(
      "abs ceil floor exp sqrt ln log2 log10 sgn acos acosh asin asinh atan atanh cos cosh sin sinh tan tanh deg rad sort sort_desc timestamp absent histogram_count histogram_sum histogram_avg histogram_stddev histogram_stdvar",
      signature(["vector"]),
    ),
    ...all(
      "rate irate increase delta idelta deriv changes resets avg_over_time min_over_time max_over_time sum_over_time count_over_time last_over_time present_over_time absent_over_time stddev_over_time stdvar_over_time",
      signature(["range"]),
    ),
    ...all(
      "day_of_month day_of_week day_of_year days_in_month hour minute month year",
      signature(["vector"], { optional: 1 }),
    ),
    ...all("time pi", signature([], { gives: "scalar" })),
    vector: signature(["scalar"]),
    scalar: signature(["vector"], { gives: "scalar" }),
    round: signature(["vector", "scalar"], { optional: 1 }),
    clamp: signature(["vector", "scalar", "scalar"]),
    ...all("clamp_min clamp_max", signature(["vector", "scalar"])),
    predict_linear: signature(["range", "scalar"]),
    quantile_over_time: signature(["scalar", "range"]),
    histogram_quantile: signature(["scalar", "vector"]),
    histogram_fraction: signature(["scalar", "scalar", "vector"]),
    label_replace: signature(["vector", "text", "text", "text", "text"]),
    label_join: signature(["vector", "text", "text", "text"], { optional: 1, repeats: true }),
  } satisfies Record<string, Signature>),
);

/** Functions that mean something for what only grows. */
export const growing: ReadonlySet<string> = new Set(["rate", "irate", "increase", "resets"]);

/** Aggregations with a first input beside the series. */
export const parameters: ReadonlyMap<string, ValueType> = new Map([
  ["topk", "scalar"],
  ["bottomk", "scalar"],
  ["quantile", "scalar"],
  ["count_values", "text"],
]);

/** Aggregations that pick series, and leave them their labels. */
export const picking: ReadonlySet<string> = new Set(["topk", "bottomk"]);

/** Aggregations that this Prometheus has without a switch. */
export const aggregations: ReadonlySet<string> = new Set([
  ...["sum", "min", "max", "avg", "group", "count", "stddev", "stdvar"],
  ...parameters.keys(),
]);
