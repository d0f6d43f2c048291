/** Grafana's settings and what it is provisioned with. Pure. */
import { stringify } from "yaml";

import type { Dashboard } from "../dashboards/types.ts";

/** Port of Grafana. */
export const grafanaPort = 3000;

/** Where Grafana looks for what it is given. */
export const grafanaFolders = {
  datasources: "/etc/grafana/provisioning/datasources",
  providers: "/etc/grafana/provisioning/dashboards",
  dashboards: "/etc/grafana/dashboards",
  data: "/var/lib/grafana",
} as const;

/** Identifier by which dashboards mean the datasource. */
export const prometheusDatasource = "prometheus";

/**
 * Settings as variables.
 *
 * @param secure Whether its host has a certificate: cookies of the log-in then travel over HTTPS only.
 */
export const grafanaVariables = (host: string, secure: boolean): Record<string, string> => ({
  GF_SERVER_ROOT_URL: `${secure ? "https" : "http"}://${host}/`,
  GF_SERVER_HTTP_PORT: `${grafanaPort}`,
  GF_SECURITY_COOKIE_SECURE: `${secure}`,
  GF_USERS_ALLOW_SIGN_UP: "false",
  GF_AUTH_ANONYMOUS_ENABLED: "false",
  GF_LOG_MODE: "console",
  // It may call nobody but Prometheus: each of these would wait for an answer that does not come.
  GF_ANALYTICS_REPORTING_ENABLED: "false",
  GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
  GF_PLUGINS_PREINSTALL_DISABLED: "true",
});

/** The one datasource. Pages cannot change it: what they changed would be gone at the next start. */
export const datasourceFile = (prometheusUrl: string): string =>
  stringify({
    apiVersion: 1,
    datasources: [
      {
        name: "Prometheus",
        uid: prometheusDatasource,
        type: "prometheus",
        access: "proxy",
        url: prometheusUrl,
        isDefault: true,
        editable: false,
      },
    ],
  });

/** Where the dashboards below lie. Others that people make are kept on Grafana's own disk. */
export const providerFile = (): string =>
  stringify({
    apiVersion: 1,
    providers: [
      {
        name: "fleet",
        type: "file",
        folder: "Fleet",
        disableDeletion: true,
        allowUiUpdates: false,
        options: { path: grafanaFolders.dashboards },
      },
    ],
  });

const columns = 24;
const size = { width: 12, height: 8 } as const;

/** A dashboard in Grafana's own format: panels side by side, two in a row, row below row. */
export function dashboardFile({ uid, title, panels }: Dashboard): string {
  const datasource = { type: "prometheus", uid: prometheusDatasource };
  return `${JSON.stringify(
    {
      uid,
      title,
      schemaVersion: 39,
      editable: false,
      refresh: "1m",
      time: { from: "now-24h", to: "now" },
      panels: panels.map(({ title: heading, unit, queries }, index) => ({
        id: index + 1,
        title: heading,
        type: "timeseries",
        datasource,
        fieldConfig: { defaults: { unit: unit ?? "short", min: 0 }, overrides: [] },
        gridPos: {
          x: (index * size.width) % columns,
          y: Math.floor((index * size.width) / columns) * size.height,
          w: size.width,
          h: size.height,
        },
        targets: queries.map(({ expression, legend }, number) => ({
          refId: String.fromCharCode("A".charCodeAt(0) + number),
          datasource,
          expr: expression,
          legendFormat: legend,
        })),
      })),
    },
    undefined,
    2,
  )}\n`;
}
