/** An alert as code, and what a stack has that alerts and dashboards may speak of. */
import type { OwnDashboards } from "../dashboards/dashboards.schema.ts";
import type { Dashboard } from "../dashboards/types.ts";
import type { Exporter, Family } from "../families/types.ts";
import type { LogFamilies } from "../logs/families.ts";
import type { StatsdMapping } from "../metrics/statsd.schema.ts";
import type { OwnRules } from "./rules.schema.ts";

/** How bad: `critical` wakes somebody, `warning` is looked at today, `info` is for whoever looks. */
export type Severity = "critical" | "warning" | "info";

/** One alert. Its summary may name labels and the value in Prometheus' templates. */
export interface AlertRule {
  /** Name, e.g. `PodRestartLoop`; also the heading of its section in docs/alerts.md. */
  readonly name: string;
  /** PromQL; whatever it gives fires. */
  readonly expression: string;
  /** How long it must hold, e.g. `10m`. Default: at once. */
  readonly for?: string;
  /** `none` is the dead-man's switch alone, which always fires. */
  readonly severity: Severity | "none";
  /** One line: what is wrong, with where. */
  readonly summary: string;
  /** What follows from it, and where to look first. */
  readonly description: string;
  /** Labels beside `severity`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Page about it. Default: its section in docs/alerts.md. */
  readonly runbook?: string | undefined;
}

/** Alerts that are evaluated together. */
export interface RuleGroup {
  /** Also the name of its file. */
  readonly name: string;
  readonly rules: readonly AlertRule[];
}

/** A CronJob that makes backups. */
export interface BackupJob {
  readonly namespace: string;
  /** E.g. `postgres-backup`. */
  readonly name: string;
}

/** Logs of a stack, as far as alerts depend on them. */
export interface WatchedLogs {
  readonly families: LogFamilies;
  /** Members of the stack's own Elasticsearch. Undefined: it is somebody else's, or there is none. */
  readonly members: number | undefined;
}

/** A system: where its programs run, and what it brings to be watched by. */
export interface ObservedSystem {
  /** E.g. `skywire`: also the folder of its dashboards. */
  readonly name: string;
  readonly namespaces: readonly string[];
  /** What its programs export, or send to StatsD. */
  readonly family: Family;
  /** What its programs send to StatsD becomes of it. Those of the stack's file go before them. Default: none. */
  readonly statsd?: readonly StatsdMapping[] | undefined;
  readonly rules: readonly RuleGroup[];
  readonly dashboards: readonly Dashboard[];
}

/** What a stack has, as far as its alerts and dashboards depend on it. */
export interface ObservedParts {
  /** What Prometheus reads beside itself and the programs of the systems. */
  readonly exporters: readonly Exporter[];
  readonly systems: readonly ObservedSystem[];
  /** Every CronJob that backs something up. */
  readonly backups: readonly BackupJob[];
  /** Logs, where there are any. */
  readonly logs?: WatchedLogs | undefined;
  /** Metrics that StatsD's mappings name. */
  readonly mapped: Family;
  /** Names of metrics that the stack's own programs have beyond the catalogue; `*` at the end stands for any rest. */
  readonly families: readonly string[];
  /** The stack's own alerts. */
  readonly rules: OwnRules;
  /** The stack's own dashboards. */
  readonly dashboards: OwnDashboards;
  /** Where docs/ is read, e.g. `https://git.example.com/fleet/docs`. Default: the path in the repository. */
  readonly runbooks?: string | undefined;
}
