/** Prometheus' config and command line. Pure. */

import { parseQuantity } from "../../base/quantity.ts";
import { yamlText } from "../../base/yaml.ts";
import { programsUser } from "./prometheus.schema.ts";
import { prometheusPort, scrapeJobs, type ScrapeSettings } from "./scrape-jobs.ts";

export { prometheusPort };

/** Folders of a Prometheus: beside one another, as none can be mounted into one that cannot be written. */
export const prometheusFolders = {
  config: "/etc/prometheus",
  rules: "/etc/prometheus-rules",
  login: "/etc/prometheus-login",
  data: "/prometheus",
} as const;

/** Files of the log-in: who may ask, the password of the stack's own programs, and how those are told it. */
export const loginFiles = {
  users: "web.yml",
  password: "programs",
  client: "client.yml",
} as const;

const loginFile = (file: keyof typeof loginFiles): string =>
  `${prometheusFolders.login}/${loginFiles[file]}`;

/** What a Prometheus is told. */
export interface PrometheusSettings extends Omit<ScrapeSettings, "self"> {
  /** Name of the stack, for whoever compares two. */
  readonly stack: string;
  readonly intervalSeconds: number;
  /** Further labels of whatever leaves it. */
  readonly externalLabels?: Readonly<Record<string, string>>;
  /** Whether it asks for a password. */
  readonly login?: boolean;
  /** Whether there are rule files. */
  readonly rules?: boolean;
  /** Host and port of the Alertmanager. Default: alerts are sent to nobody. */
  readonly alertmanager?: string | undefined;
}

/** `prometheus.yml`. */
export function prometheusFile(settings: PrometheusSettings): string {
  const { stack, intervalSeconds, externalLabels, alertmanager } = settings;
  const self =
    settings.login === true
      ? { username: programsUser, password_file: loginFile("password") }
      : undefined;
  return yamlText({
    global: {
      scrape_interval: `${intervalSeconds}s`,
      scrape_timeout: `${Math.min(10, intervalSeconds)}s`,
      evaluation_interval: `${intervalSeconds}s`,
      external_labels: { ...externalLabels, stack },
    },
    ...(settings.rules === true ? { rule_files: [`${prometheusFolders.rules}/*.yaml`] } : {}),
    ...(alertmanager === undefined
      ? {}
      : { alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] } }),
    scrape_configs: scrapeJobs({ ...settings, self }),
  });
}

/** `web.yml`: who may ask, by the hash of the password. */
export const usersFile = (hashes: Readonly<Record<string, string>>): string =>
  yamlText({ basic_auth_users: hashes });

/** How promtool logs in, when it asks for the pod whether all is well. */
export const clientFile = (): string =>
  yamlText({ basic_auth: { username: programsUser, password_file: loginFile("password") } });

/** The probes' question, which Prometheus answers to nobody without a password either. */
export const probeCommand = (question: "ready" | "healthy"): string[] => [
  "promtool",
  "check",
  question,
  `--url=http://localhost:${prometheusPort}`,
  `--http.config.file=${loginFile("client")}`,
];

/** Bytes in Prometheus' words: its units are powers of two, whatever they are called. */
export const prometheusBytes = (size: string): string =>
  `${Math.floor(parseQuantity(size) / 2 ** 20)}MB`;

/** What the command line depends on. */
export interface PrometheusCommand {
  readonly retention: { readonly time: string; readonly size: string };
  /** Whether it asks for a password. */
  readonly login?: boolean;
  /** URL under which people know it. */
  readonly externalUrl?: string | undefined;
}

/** Arguments of Prometheus. */
export function prometheusArguments({
  retention,
  login = false,
  externalUrl,
}: PrometheusCommand): string[] {
  return [
    `--config.file=${prometheusFolders.config}/prometheus.yml`,
    `--storage.tsdb.path=${prometheusFolders.data}`,
    `--storage.tsdb.retention.time=${retention.time}`,
    `--storage.tsdb.retention.size=${prometheusBytes(retention.size)}`,
    `--web.listen-address=:${prometheusPort}`,
    ...(login ? [`--web.config.file=${loginFile("users")}`] : []),
    ...(externalUrl === undefined ? [] : [`--web.external-url=${externalUrl}`]),
  ];
}
