/** What an alert must fire on, and what it must leave alone. */

/** Series as promtool writes them: `name{label="x"}` → values a minute apart, e.g. `0x10` or `1+2x60`. */
export type Series = Readonly<Record<string, string>>;

/** One alert that must fire: all its labels but `severity`, and its summary, written by hand. */
export interface Fired {
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Cases of one alert. */
export interface AlertCase {
  readonly fires: { readonly series: Series; readonly at: string; readonly as: readonly Fired[] };
  /** Much the same, and nothing fires: what holds too short a time, or is meant so. */
  readonly silent: readonly { readonly series: Series; readonly at: string }[];
}

/** Name of an alert → its cases. */
export type AlertCases = Readonly<Record<string, AlertCase>>;
