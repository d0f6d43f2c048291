/** A dashboard, as its components describe it. */

/** A line, or one for each value of the labels that its legend names. */
export interface Query {
  /** PromQL. */
  readonly expression: string;
  /** E.g. `{{workload}}`. */
  readonly legend: string;
}

/** One graph over time. */
export interface Panel {
  readonly title: string;
  /** Grafana's name of the unit. Default: a plain number. */
  readonly unit?: string;
  readonly queries: readonly Query[];
}

/** Graphs under one title. */
export interface Dashboard {
  /** Stable: part of its URL. */
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}
