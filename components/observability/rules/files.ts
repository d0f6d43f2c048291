/** Rule files of a stack. Pure. */

import { yamlText } from "../../base/yaml.ts";
import type { Exporter } from "../families/types.ts";
import { backupRules } from "./backups.ts";
import { certificateRules, servedCertificateRules } from "./certificates.ts";
import { elasticsearchRules } from "./elasticsearch.ts";
import { entryRules } from "./entry.ts";
import { nodeStateRules, workloadRules } from "./kubernetes.ts";
import { logsRules } from "./logs.ts";
import { machineRules } from "./nodes.ts";
import { claimRules, claimStateRules } from "./storage.ts";
import type { AlertRule, ObservedParts, RuleGroup } from "./types.ts";
import {
  alertmanagerRules,
  logShipperRules,
  missingRules,
  prometheusRules,
  pushGatewayRules,
  silenceRules,
  statsdGroup,
} from "./watchers.ts";

/** Exporter → the alerts that need it. */
const groupsOf: Readonly<Partial<Record<Exporter, readonly RuleGroup[]>>> = {
  "kube-state-metrics": [workloadRules, nodeStateRules, claimStateRules],
  "node-exporter": [machineRules],
  kubelet: [claimRules],
  alertmanager: [alertmanagerRules, silenceRules],
  "cert-manager": [certificateRules],
  traefik: [servedCertificateRules],
  "push-gateway": [pushGatewayRules],
  statsd: [statsdGroup],
  "log-shipper": [logShipperRules],
};

/** Alerts that a stack has without saying so: those whose metrics somebody exports there. */
export function builtInGroups(on: ObservedParts): RuleGroup[] {
  const backups =
    on.exporters.includes("kube-state-metrics") && on.backups.length > 0
      ? [backupRules(on.backups)]
      : [];
  return [
    prometheusRules,
    ...missingRules(on.exporters),
    ...on.exporters.flatMap((name) => groupsOf[name] ?? []),
    ...entryRules(on.exporters),
    ...backups,
    ...storeGroups(on),
    ...on.systems.flatMap(({ rules }) => rules),
  ];
}

/** Alerts on the stack's logs, and on where they are kept. */
const storeGroups = ({ logs, exporters }: ObservedParts): RuleGroup[] =>
  logs === undefined
    ? []
    : [
        ...(exporters.includes("elasticsearch-exporter") ? [elasticsearchRules(logs.members)] : []),
        ...logsRules(logs, exporters),
      ];

/** The stack's own alerts. */
function ownGroup({ rules }: ObservedParts): RuleGroup[] {
  const own = Object.entries(rules).map(([name, rule]) => ({
    name,
    ...rule,
    description: rule.description ?? rule.summary,
  }));
  return own.length === 0 ? [] : [{ name: "own", rules: own }];
}

/** Every alert of a stack, in groups. */
export const alertGroups = (on: ObservedParts): RuleGroup[] => [
  ...builtInGroups(on),
  ...ownGroup(on),
];

/** Page about an alert. */
export const runbookOf = (on: ObservedParts, { name, runbook }: AlertRule): string =>
  runbook ?? `${on.runbooks ?? "docs"}/alerts.md#${name.toLowerCase()}`;

const written = (on: ObservedParts, rule: AlertRule) => ({
  alert: rule.name,
  expr: rule.expression,
  ...(rule.for === undefined ? {} : { for: rule.for }),
  labels: { severity: rule.severity, ...rule.labels },
  annotations: {
    summary: rule.summary,
    description: rule.description,
    runbook_url: runbookOf(on, rule),
  },
});

/** Prometheus' rule files by name: one for each group of alerts. */
export const alertRuleFiles = (on: ObservedParts): Record<string, string> =>
  Object.fromEntries(
    alertGroups(on).map((group) => [
      `${group.name}.yaml`,
      yamlText({
        groups: [{ name: group.name, rules: group.rules.map((rule) => written(on, rule)) }],
      }),
    ]),
  );
