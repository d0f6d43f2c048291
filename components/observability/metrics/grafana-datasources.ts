/** Whom Grafana asks. Pure. */

import { yamlText } from "../../base/yaml.ts";
import { dataStreamOf } from "../logs/families.ts";
import { programsUser } from "./prometheus.schema.ts";

/** Identifiers by which dashboards mean a datasource. */
export const datasourceIds = {
  prometheus: "prometheus",
  alertmanager: "alertmanager",
  profiles: "pyroscope",
  /** Of a family of logs. */
  logs: (family: string): string => `logs-${family}`,
} as const;

/** Variables with the passwords that Grafana shows to whom it asks. */
export const passwordVariables = {
  prometheus: "FLEET_PROMETHEUS_PASSWORD",
  logs: "FLEET_LOGS_PASSWORD",
} as const;

/** The log store. */
export interface LogSource {
  readonly url: string;
  readonly user: string;
  /** Families of logs, each of which is a datasource. */
  readonly families: readonly string[];
  /** Authorities that its certificate is checked against, PEM. Default: the public ones. */
  readonly authorities?: string | undefined;
  /** Name in its certificate. Default: that in the URL. */
  readonly certificateName?: string | undefined;
}

/** Whom Grafana asks, of what the stack has. */
export interface Sources {
  readonly prometheus: {
    readonly url: string;
    readonly login: boolean;
    /** Seconds between two readings of a program. */
    readonly intervalSeconds: number;
  };
  /** URL of the Alertmanager. */
  readonly alertmanager?: string | undefined;
  readonly logs?: LogSource | undefined;
  /** URL of the Pyroscope. */
  readonly profiles?: string | undefined;
}

/** Pages cannot change any: what they changed would be gone at the next start. */
const common = { access: "proxy", editable: false } as const;

function logSources(logs: LogSource): object[] {
  const { url, user, authorities, certificateName } = logs;
  return logs.families.map((family) => ({
    name: `Logs of ${family}`,
    uid: datasourceIds.logs(family),
    type: "elasticsearch",
    ...common,
    url,
    basicAuth: true,
    basicAuthUser: user,
    jsonData: {
      index: dataStreamOf(family),
      timeField: "@timestamp",
      logMessageField: "message",
      logLevelField: "fields.level",
      ...(authorities === undefined ? {} : { tlsAuthWithCACert: true }),
      ...(certificateName === undefined ? {} : { serverName: certificateName }),
    },
    secureJsonData: {
      basicAuthPassword: `$${passwordVariables.logs}`,
      ...(authorities === undefined ? {} : { tlsCACert: authorities }),
    },
  }));
}

/** `datasources.yaml`. Holds no password: Grafana puts the variables in. */
export function datasourcesFile({ prometheus, alertmanager, logs, profiles }: Sources): string {
  return yamlText({
    apiVersion: 1,
    datasources: [
      {
        name: "Prometheus",
        uid: datasourceIds.prometheus,
        type: "prometheus",
        ...common,
        url: prometheus.url,
        isDefault: true,
        ...(prometheus.login
          ? {
              basicAuth: true,
              basicAuthUser: programsUser,
              secureJsonData: { basicAuthPassword: `$${passwordVariables.prometheus}` },
            }
          : {}),
        jsonData: {
          // Of four of these a panel makes a rate. Grafana takes them for 15 s each where it is not told: of slower
          // readings a panel would show gaps, or nothing.
          timeInterval: `${prometheus.intervalSeconds}s`,
          ...(alertmanager === undefined ? {} : { alertmanagerUid: datasourceIds.alertmanager }),
        },
      },
      ...(alertmanager === undefined
        ? []
        : [
            {
              name: "Alertmanager",
              uid: datasourceIds.alertmanager,
              type: "alertmanager",
              ...common,
              url: alertmanager,
              // Prometheus' rules alone send to it; Grafana shows and silences.
              jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
            },
          ]),
      ...(logs === undefined ? [] : logSources(logs)),
      ...(profiles === undefined
        ? []
        : [
            {
              name: "Pyroscope",
              uid: datasourceIds.profiles,
              type: "grafana-pyroscope-datasource",
              ...common,
              url: profiles,
            },
          ]),
    ],
  });
}

/** Identifiers of all datasources that {@link datasourcesFile} makes. */
export const datasourceIdsOf = ({ alertmanager, logs, profiles }: Sources): string[] => [
  datasourceIds.prometheus,
  ...(alertmanager === undefined ? [] : [datasourceIds.alertmanager]),
  ...(logs?.families ?? []).map((family) => datasourceIds.logs(family)),
  ...(profiles === undefined ? [] : [datasourceIds.profiles]),
];
