/** Grafana's settings and what it is provisioned with. Pure. */
import { yamlText } from "../../base/yaml.ts";

/** Port of Grafana. */
export const grafanaPort = 3000;

/** Where Grafana looks for what it is given. */
export const grafanaFolders = {
  datasources: "/etc/grafana/provisioning/datasources",
  providers: "/etc/grafana/provisioning/dashboards",
  dashboards: "/etc/grafana/dashboards",
  data: "/var/lib/grafana",
} as const;

/**
 * Variables with the key of the database's secrets: of the older store, and of the one that takes its place. Each has
 * the same published default by itself (grafana/grafana, conf/defaults.ini, `security` and
 * `secrets_manager.encryption.secret_key.v1`).
 */
export const encryptionVariables = [
  "GF_SECURITY_SECRET_KEY",
  "GF_SECRETS_MANAGER_ENCRYPTION_SECRET_KEY_V1_SECRET_KEY",
] as const;

/** URL of a public host. */
export const pageUrl = (host: string, secure: boolean): string =>
  `${secure ? "https" : "http"}://${host}/`;

/**
 * Settings as variables.
 *
 * @param secure Whether its host has a certificate: cookies of the log-in then travel over HTTPS only.
 */
export const grafanaVariables = (host: string, secure: boolean): Record<string, string> => ({
  GF_SERVER_ROOT_URL: pageUrl(host, secure),
  GF_SERVER_HTTP_PORT: `${grafanaPort}`,
  GF_SECURITY_COOKIE_SECURE: `${secure}`,
  GF_USERS_ALLOW_SIGN_UP: "false",
  GF_AUTH_ANONYMOUS_ENABLED: "false",
  GF_LOG_MODE: "console",
  // They would stand on the public host, for whoever asks.
  GF_METRICS_ENABLED: "false",
  // It may call nobody but whom it draws: each of these would wait for an answer that does not come.
  GF_ANALYTICS_REPORTING_ENABLED: "false",
  GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
  GF_PLUGINS_PREINSTALL_DISABLED: "true",
});

/** Name of the folder that a page's folder is mounted as, e.g. `Log store`: files of Grafana's own folders. */
const folderPath = (folder: string): string => `${grafanaFolders.dashboards}/${folder}`;

/** Volume of a folder of dashboards, e.g. `dashboards-log-store`. */
const folderVolume = (folder: string): string =>
  `dashboards-${folder.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;

/** Folders of dashboards as volumes: which file set is mounted where. */
export const dashboardVolumes = (
  folders: readonly string[],
): { readonly folder: string; readonly volume: string; readonly path: string }[] =>
  folders.map((folder) => ({ folder, volume: folderVolume(folder), path: folderPath(folder) }));

/**
 * Where the dashboards below lie: each folder of files is a folder in Grafana. Others that people make
 * are kept on Grafana's own disk.
 */
export const providerFile = (): string =>
  yamlText({
    apiVersion: 1,
    providers: [
      {
        name: "fleet",
        type: "file",
        disableDeletion: true,
        allowUiUpdates: false,
        options: { path: grafanaFolders.dashboards, foldersFromFilesStructure: true },
      },
    ],
  });
