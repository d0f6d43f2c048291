/** Alertmanager's config and command line. Pure. */

import type { SecretReference } from "../../base/secrets.ts";
import { yamlText } from "../../base/yaml.ts";
import { spokenFor } from "../rules/spoken-for.ts";
import {
  type AlertmanagerConfig,
  nobody,
  type Receiver,
  type Route,
} from "./alertmanager.schema.ts";
import { retentionSeconds } from "./words.ts";

/** Port of Alertmanager. */
export const alertmanagerPort = 9093;

/** Folders of an Alertmanager. */
export const alertmanagerFolders = {
  config: "/etc/alertmanager",
  secrets: "/etc/alertmanager-secrets",
  data: "/alertmanager",
} as const;

/** Severity of the one alert that always fires: that it arrives is the message. */
const alwaysFiring = "none";

/** A secret of Alertmanager: it reads it from a file, named as its entry of `fleet:secrets`. */
const fileOf = ({ name }: SecretReference): string => `${alertmanagerFolders.secrets}/${name}`;

/** `Authorization: Bearer` with the token of a file. */
const bearer = (token: SecretReference) => ({
  http_config: { authorization: { type: "Bearer", credentials_file: fileOf(token) } },
});

/** What a message says: how many alerts of what, and of each what is wrong, what to do and where to read on. */
const templates = {
  title:
    '{{ if eq .Status "firing" }}{{ .Alerts.Firing | len }} × {{ end }}{{ .CommonLabels.alertname }} {{ .Status }} ({{ .CommonLabels.stack }})',
  text: [
    "{{ range .Alerts }}*{{ .Labels.severity }}* {{ .Annotations.summary }}",
    "{{ with .Annotations.description }}{{ . }}",
    "{{ end }}{{ with .Annotations.runbook_url }}{{ . }}",
    "{{ end }}{{ end }}",
  ].join("\n"),
} as const;

type SlackConfig = Receiver["slack"][number];

/** Slack's own API takes a bot's token; an incoming webhook's address is its own password. */
const slackConfig = ({ channel, token, webhook }: SlackConfig): object => ({
  channel,
  send_resolved: true,
  title: templates.title,
  text: templates.text,
  ...(webhook === undefined ? {} : { api_url_file: fileOf(webhook) }),
  ...(token === undefined
    ? {}
    : { api_url: "https://slack.com/api/chat.postMessage", ...bearer(token) }),
});

function receiverOf(name: string, { slack, email, webhook }: Receiver): object {
  return {
    name,
    ...(slack.length === 0 ? {} : { slack_configs: slack.map(slackConfig) }),
    ...(email.length === 0
      ? {}
      : {
          email_configs: email.map(({ to }) => ({
            to: to.join(", "),
            send_resolved: true,
            headers: { Subject: templates.title },
          })),
        }),
    ...(webhook.length === 0
      ? {}
      : {
          webhook_configs: webhook.map(({ url, token }) => ({
            url_file: fileOf(url),
            send_resolved: true,
            ...(token === undefined ? {} : bearer(token)),
          })),
        }),
  };
}

/** A text inside a matcher's quotes. */
const quoted = (value: string): string => JSON.stringify(value);

/** Several values become a pattern, in which each stands for itself. */
const matcher = (label: string, value: string | readonly string[]): string =>
  typeof value === "string"
    ? `${label}=${quoted(value)}`
    : `${label}=~${quoted(value.map((one) => one.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"))}`;

type Pace = Pick<Route, "groupBy" | "groupWait" | "groupInterval" | "repeatInterval">;

const paceOf = ({ groupBy, groupWait, groupInterval, repeatInterval }: Pace): object => ({
  ...(groupBy === undefined ? {} : { group_by: groupBy }),
  ...(groupWait === undefined ? {} : { group_wait: groupWait }),
  ...(groupInterval === undefined ? {} : { group_interval: groupInterval }),
  ...(repeatInterval === undefined ? {} : { repeat_interval: repeatInterval }),
});

/** Seconds of a duration in Prometheus' words, below a week. */
function seconds(duration: string): number {
  const factors: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };
  return [...duration.matchAll(/(\d+)(ms|[smhd])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (factors[unit ?? ""] ?? 0),
    0,
  );
}

/**
 * Where the alert that always fires goes. Whether to say it again is looked at once every
 * `group_interval`: one as long as `repeat_interval` would miss every second time by a breath.
 */
function deadManRoute(deadMan: AlertmanagerConfig["deadMan"]): object {
  const matchers = [matcher("severity", alwaysFiring)];
  if (deadMan === undefined) {
    return { receiver: nobody, matchers };
  }
  const every = seconds(deadMan.every);
  return {
    receiver: deadMan.receiver,
    matchers,
    group_by: ["alertname"],
    group_wait: "0s",
    group_interval: `${Math.max(1, Math.floor(every / 5))}s`,
    repeat_interval: `${Math.max(1, Math.floor(every))}s`,
  };
}

/** How alerts are grouped and repeated unless the config says otherwise. */
const defaults = {
  groupBy: ["alertname", "namespace"],
  groupWait: "30s",
  groupInterval: "5m",
  repeatInterval: "4h",
} satisfies Pace;

/** `alertmanager.yml`. Holds no secret: it names the files of them. */
export function alertmanagerFile(config: AlertmanagerConfig): string {
  const { mail, route } = config;
  return yamlText({
    ...(mail === undefined
      ? {}
      : {
          global: {
            smtp_smarthost: `${mail.host}:${mail.port}`,
            smtp_from: mail.from,
            ...(mail.login === undefined
              ? {}
              : {
                  smtp_auth_username: mail.login.user,
                  smtp_auth_password_file: fileOf(mail.login.password),
                }),
          },
        }),
    route: {
      receiver: route.receiver,
      ...paceOf({ ...defaults, ...defined(route) }),
      routes: [
        deadManRoute(config.deadMan),
        ...route.routes.map((one) => ({
          receiver: one.receiver,
          matchers: Object.entries(one.match).map(([label, value]) => matcher(label, value)),
          ...(one.continue ? { continue: true } : {}),
          ...paceOf(one),
        })),
      ],
    },
    inhibit_rules: spokenFor.map(({ worse, lesser, same }) => ({
      source_matchers: [matcher("alertname", worse)],
      target_matchers: [matcher("alertname", lesser)],
      equal: same,
    })),
    receivers: [
      ...Object.entries(config.receivers).map(([name, receiver]) => receiverOf(name, receiver)),
      { name: nobody },
    ],
  });
}

/** The words of a route that are said. */
const defined = ({ groupBy, groupWait, groupInterval, repeatInterval }: Pace): Pace =>
  Object.fromEntries(
    Object.entries({ groupBy, groupWait, groupInterval, repeatInterval }).filter(
      ([, value]) => value !== undefined,
    ),
  );

/**
 * Arguments of Alertmanager.
 *
 * @param page Where its messages lead: the page on which people see and silence alerts.
 */
export const alertmanagerArguments = (retention: string, page: string): string[] => [
  `--config.file=${alertmanagerFolders.config}/alertmanager.yml`,
  `--storage.path=${alertmanagerFolders.data}`,
  `--data.retention=${retentionSeconds(retention) / 3_600}h`,
  `--web.listen-address=:${alertmanagerPort}`,
  `--web.external-url=${page}`,
  // It is alone: without this it would look for others of its kind.
  "--cluster.listen-address=",
];

/** Every secret that the config names, once each. */
export function alertmanagerSecrets({ receivers, mail }: AlertmanagerConfig): SecretReference[] {
  const found: (SecretReference | undefined)[] = [
    ...Object.values(receivers).flatMap(({ slack, webhook }) => [
      ...slack.flatMap(({ token, webhook: address }) => [token, address]),
      ...webhook.flatMap(({ url, token }) => [url, token]),
    ]),
    mail?.login?.password,
  ];
  const named = found.flatMap((one) => (one === undefined ? [] : [[one.name, one] as const]));
  return [...new Map(named).values()];
}

/** Ports outside the cluster that receivers are on. */
export function alertmanagerPorts({ receivers, mail }: AlertmanagerConfig): number[] {
  const all = Object.values(receivers);
  const ports = [
    ...all.flatMap(({ slack }) => slack.map(() => 443)),
    ...all.flatMap(({ webhook }) => webhook.map(({ port }) => port)),
    ...(mail !== undefined && all.some(({ email }) => email.length > 0) ? [mail.port] : []),
  ];
  return [...new Set(ports)].sort((one, other) => one - other);
}
