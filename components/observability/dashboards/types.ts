/** A dashboard, as its components describe it. */

/** A line, or one for each value of the labels that its legend names. */
export interface Query {
  /** PromQL. `$__rate_interval` is Grafana's; `$name` is the choice of a {@link Variable}. */
  readonly expression: string;
  /** E.g. `{{workload}}`. */
  readonly legend: string;
}

/** One picture. */
export interface Panel {
  readonly title: string;
  /** `graph` over time, `number` now, or `table` with a row for each series now. Default: graph. */
  readonly kind?: "graph" | "number" | "table" | undefined;
  /** Grafana's name of the unit. Default: a plain number. */
  readonly unit?: string | undefined;
  /** What its readers should know. */
  readonly description?: string | undefined;
  /** A value from which on it is bad: red. `below` is bad below it. */
  readonly bad?: { readonly from: number } | { readonly below: number };
  /** Largest value that there can be, e.g. 1 for shares. */
  readonly max?: number;
  readonly queries: readonly Query[];
}

/** A choice at the top of a dashboard, from the values of a label. */
export interface Variable {
  /** As queries name it, e.g. `namespace`. */
  readonly name: string;
  readonly title: string;
  /** Series whose label is read, e.g. `kube_pod_info`. */
  readonly selector: string;
  readonly label: string;
}

/** Pictures under one title. */
export interface Dashboard {
  /** Stable: part of its URL. */
  readonly uid: string;
  readonly title: string;
  readonly variables?: readonly Variable[];
  readonly panels: readonly Panel[];
}

/** Dashboards that are listed together. */
export interface DashboardFolder {
  /** Name in Grafana. */
  readonly name: string;
  readonly dashboards: readonly Dashboard[];
}
