/** Alerts as code: what each stack gets, that each can be looked up, and what its own may say. */
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { exportedBy } from "../../components/observability/families/catalogue.ts";
import { exporters } from "../../components/observability/families/types.ts";
import {
  alertGroups,
  alertRuleFiles,
  runbookOf,
} from "../../components/observability/rules/files.ts";
import { elkNames } from "../../components/observability/elk/names.ts";
import { exporterNames } from "../../components/observability/metrics/exporters-shape.ts";
import { metricsNames } from "../../components/observability/metrics/metrics-shape.ts";
import { certManager } from "../../components/observability/metrics/scrape-jobs.ts";
import { vectorName } from "../../components/observability/vector/shape.ts";
import { missingRules } from "../../components/observability/rules/watchers.ts";
import { ownFaults } from "../../components/observability/rules/own-faults.ts";
import { judgeQuery, unknownLabels } from "../../components/observability/rules/query-faults.ts";
import { OwnFamilies, OwnRules } from "../../components/observability/rules/rules.schema.ts";
import { spokenFor } from "../../components/observability/rules/spoken-for.ts";
import { textUse } from "../../components/observability/rules/templates.ts";
import type { AlertRule, ObservedParts } from "../../components/observability/rules/types.ts";
import { OwnDashboards } from "../../components/observability/dashboards/dashboards.schema.ts";
import { observedSkywire } from "../../components/skywire/observed.ts";
import { dashboardFolders } from "../../components/observability/dashboards/files.ts";
import { partsOf } from "../../components/observability/parts.ts";
import { SkywireStack } from "../../stacks/skywire/schema.ts";
import { watchedSystem } from "../../stacks/skywire/watched.ts";
import { sections } from "../skywire/stack-file.ts";
import { dashboardFaults } from "./dashboard-faults.ts";
import {
  PrometheusConfig,
  slowestSeconds,
} from "../../components/observability/metrics/prometheus.schema.ts";
import { bareStack, wholeStack } from "./rules/whole-stack.ts";

const rulesOf = (on: ObservedParts): AlertRule[] => alertGroups(on).flatMap(({ rules }) => rules);

/** Everything wrong with a stack's alerts: their queries, and labels that their texts name. */
function faultsOf(on: ObservedParts): string[] {
  const exported = exportedBy(on);
  return rulesOf(on).flatMap(({ name, expression, summary, description }) => {
    const { faults, labels } = judgeQuery(expression, exported);
    const texts = [summary, description].map(textUse);
    return [
      ...faults,
      ...texts.flatMap((use) =>
        use.ok ? unknownLabels(use.labels, labels).map((one) => `no label ${one}`) : [use.message],
      ),
    ].map((fault) => `${name}: ${fault}`);
  });
}

describe("the alerts of a stack", () => {
  it("ask for nothing that nobody exports, and name no label that is not there", () => {
    expect(faultsOf(wholeStack)).toEqual([]);
  });

  it.each(exporters)("do so where there is nothing but Prometheus and %s", (only) => {
    expect(faultsOf({ ...bareStack, exporters: [only], backups: wholeStack.backups })).toEqual([]);
  });

  it("look back far enough for two readings of the slowest Prometheus: of one, a rate is nothing, and they are silent", () => {
    const seconds: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
    const narrow = rulesOf(wholeStack).filter(({ expression }) =>
      [...expression.matchAll(/\[(\d+)([mhd])/g)].some(
        ([, amount, unit = ""]) => Number(amount) * (seconds[unit] ?? 0) < 2 * slowestSeconds,
      ),
    );
    expect(narrow.map(({ name }) => name)).toEqual([]);
    expect(PrometheusConfig.safeParse({ intervalSeconds: slowestSeconds }).success).toBe(true);
    expect(PrometheusConfig.safeParse({ intervalSeconds: slowestSeconds + 1 }).success).toBe(false);
  });

  it("are few where little is read: whoever tells of nothing fires nothing", () => {
    expect(alertGroups(bareStack).map(({ name }) => name)).toEqual(["prometheus"]);
  });

  it("look for exporters by the names that those really have: another would be missing for ever", () => {
    const [rule] = missingRules(exporters).flatMap(({ rules }) => rules);
    const named = [...(rule?.expression ?? "").matchAll(/up\{workload="([^"]+)"\}/g)];
    expect(named.map(([, name]) => name).sort()).toEqual(
      [
        ...Object.values(exporterNames),
        metricsNames.alertmanager,
        certManager.workloads[0],
        vectorName,
        elkNames.exporter,
      ].sort(),
    );
  });

  it("have each a name, a summary that says where, and a file of its group", () => {
    const names = rulesOf(wholeStack).map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    const files = alertRuleFiles(wholeStack);
    expect(Object.keys(files)).toEqual(alertGroups(wholeStack).map(({ name }) => `${name}.yaml`));
    expect(parse(files["claims.yaml"] ?? "")).toMatchObject({
      groups: [
        {
          name: "claims",
          rules: [
            {
              alert: "ClaimFilling",
              for: "15m",
              labels: { severity: "warning" },
              annotations: { runbook_url: "docs/alerts.md#claimfilling" },
            },
            {},
            {},
            {},
          ],
        },
      ],
    });
  });

  it("are explained, each under a heading of its name to which its message leads", () => {
    const page = readFileSync(new URL("../../docs/alerts.md", import.meta.url), "utf8");
    const headings = [...page.matchAll(/^### (\w+)$/gm)].map(([, name = ""]) => name);
    expect(headings.sort()).toEqual(
      rulesOf(wholeStack)
        .map(({ name }) => name)
        .sort(),
    );
    const links = rulesOf({ ...wholeStack, runbooks: "https://git.example.com/docs" }).map((rule) =>
      runbookOf({ ...wholeStack, runbooks: "https://git.example.com/docs" }, rule),
    );
    expect(links).toContain("https://git.example.com/docs/alerts.md#backupold");
  });

  it("speak for lesser ones only about the same thing: all have the labels that say so", () => {
    const exported = exportedBy(wholeStack);
    const rules = new Map(rulesOf(wholeStack).map((one) => [one.name, one]));
    for (const { worse, lesser, same } of spokenFor) {
      for (const name of [worse, ...lesser]) {
        const { labels } = judgeQuery(rules.get(name)?.expression ?? "", exported);
        expect({ name, lacks: unknownLabels(same, labels) }).toEqual({ name, lacks: [] });
        expect(labels).not.toBe("any");
      }
      expect(rules.get(worse)?.severity).toBe("critical");
    }
  });

  it("expect as many dmsg-servers as the stack runs", () => {
    const skywire = observedSkywire({ namespaces: ["skywire"], dmsgServers: 3, exporters: [] });
    const [rule] = rulesOf({ ...bareStack, systems: [skywire] }).filter(
      ({ name }) => name === "DmsgServersMissing",
    );
    expect(rule?.expression).toBe("max(dmsg_discovery_servers_count) < 3");
  });
});

describe.each(["prod", "test"] as const)("the alerts of %s", (name) => {
  const stack = SkywireStack.parse(sections(name));
  const { metrics } = stack.observability;
  const on =
    metrics && partsOf({ ...stack.observability, metrics }, stack.ingress, watchedSystem(stack));

  it("ask for nothing that nobody exports there, nor do its dashboards", () => {
    expect(on).toBeDefined();
    expect(on && faultsOf(on)).toEqual([]);
    expect(on && dashboardFaults(dashboardFolders(on), exportedBy(on), ["prometheus"])).toEqual([]);
  });

  it("are about its claims, certificates, dmsg-servers and each of its backups", () => {
    const groups = new Map((on ? alertGroups(on) : []).map((group) => [group.name, group.rules]));
    expect([...groups.keys()]).toEqual(
      expect.arrayContaining(["workloads", "claims", "certificates", "backups", "skywire"]),
    );
    const missing = groups.get("backups")?.find((one) => one.name === "BackupMissing")?.expression;
    expect(on?.backups.length).toBeGreaterThan(3);
    for (const { namespace, name: job } of on?.backups ?? []) {
      expect(missing).toContain(`{namespace="${namespace}",cronjob="${job}"}`);
    }
  });
});

describe("what docs/observability.md says to write", () => {
  const page = readFileSync(new URL("../../docs/observability.md", import.meta.url), "utf8");
  const examples = [...page.matchAll(/```yaml\n((?:rules|dashboards):\n[^`]*)```/g)].map(
    ([, text = ""]) => parse(text) as Record<string, unknown>,
  );

  it("is taken", () => {
    expect(examples.map((one) => Object.keys(one)).flat()).toEqual(["rules", "dashboards"]);
    const given = Object.assign({}, ...examples) as Record<string, unknown>;
    expect(told(withOwn(given["rules"], {}, given["dashboards"]))).toEqual([]);
  });
});

const rule = {
  expression: "max by (workload) (queue_length) > 100",
  severity: "warning",
  summary: "{{ $labels.workload }} has {{ $value | humanize }} waiting",
};

const withOwn = (
  rules: unknown,
  more: Partial<ObservedParts> = {},
  dashboards: unknown = {},
): ObservedParts => ({
  ...wholeStack,
  families: ["queue_length"],
  rules: OwnRules.parse(rules),
  dashboards: OwnDashboards.parse(dashboards),
  ...more,
});

const told = (on: ObservedParts): string[] =>
  ownFaults(on).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("a stack's own alerts", () => {
  it("stand beside the others, in a file of their own", () => {
    const on = withOwn({ QueueTooLong: { ...rule, labels: { team: "network" } } });
    expect(ownFaults(on)).toEqual([]);
    expect(parse(alertRuleFiles(on)["own.yaml"] ?? "")).toEqual({
      groups: [
        {
          name: "own",
          rules: [
            {
              alert: "QueueTooLong",
              expr: rule.expression,
              for: "5m",
              labels: { severity: "warning", team: "network" },
              annotations: {
                summary: rule.summary,
                description: rule.summary,
                runbook_url: "docs/alerts.md#queuetoolong",
              },
            },
          ],
        },
      ],
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a metric that nobody exports",
      { expression: "queue_len > 1" },
      "asks for queue_len, which nobody exports: name it in fleet:observability.metrics.families if a program of the stack's own does (character 1)",
    ],
    [
      "a misspelt one",
      { expression: "kube_pod_infos > 1" },
      "asks for kube_pod_infos, which nobody exports: is kube_pod_info meant? (character 1)",
    ],
    [
      "a label that it does not have",
      { expression: 'kube_pod_info{workloads="a"} > 1' },
      "kube_pod_info has no label workloads: is workload meant? (character 15)",
    ],
    ["no PromQL", { expression: "up ==" }, "the query ends too early (character 6)"],
    [
      "a function there is not",
      { expression: "rates(up[5m]) > 1" },
      "rates is no function of Prometheus (character 6)",
    ],
    [
      "series where there must be a range",
      { expression: "rate(node_forks_total) > 1" },
      "must be series with a range, e.g. x[5m], and is series (character 6)",
    ],
  ])("are refused for %s", (_, change, message) => {
    expect(told(withOwn({ Own: { ...rule, ...change, summary: "x" } }))).toEqual([
      `rules.Own.expression: ${message}`,
    ]);
  });

  it("are told which section would export what they ask for", () => {
    const on = withOwn(
      { Own: { ...rule, expression: "kube_pod_info == 0", summary: "x" } },
      { exporters: ["alertmanager"] },
    );
    expect(told(on)).toEqual([
      "rules.Own.expression: asks for kube_pod_info, which kube-state-metrics exports, and this stack does not read that: say fleet:observability.metrics.kubeState (character 1)",
    ]);
  });

  it("are refused under the name of one that every stack has", () => {
    expect(told(withOwn({ TargetDown: rule }))).toEqual([
      "rules.TargetDown: is an alert that every stack has: name it otherwise",
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a label that was summed away",
      { summary: "{{ $labels.pod }}" },
      "rules.Own.summary: names the label pod, which what the expression gives does not have",
    ],
    [
      "half a template",
      { description: "{{ $value" },
      "rules.Own.description: has {{ or }} without the other",
    ],
    [
      "a template that Prometheus may fail at",
      { labels: { team: "{{ query }}" } },
      "rules.Own.labels.team: says {{ query }}, and may say",
    ],
  ])("are refused for a text with %s", (_, change, message) => {
    expect(told(withOwn({ Own: { ...rule, ...change } })).join()).toContain(message);
  });

  it("may name a family by its start, whose labels nobody knows", () => {
    const expression = "sum by (whatever) (rate(jobs_done_total[5m])) > jobs_limit";
    expect(
      told(withOwn({ Own: { ...rule, expression, summary: "x" } }, { families: ["jobs_*"] })),
    ).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a duration without unit",
      { for: "10" },
      "for: must be a duration with its unit, e.g. 30s, 10m or 1h30m",
    ],
    [
      "a severity of another house",
      { severity: "page" },
      "severity: must be critical, warning or info",
    ],
    ["a label that Prometheus refuses", { labels: { "team-name": "a" } }, "labels.team-name"],
    ["a label that Prometheus keeps", { labels: { __team: "a" } }, "labels.__team"],
    ["a label that the program sets", { labels: { severity: "a" } }, "labels.severity"],
    ["a summary of two lines", { summary: "a\nb" }, "summary: must be one line"],
    ["an unknown word", { forr: "5m" }, 'Unrecognized key: "forr"'],
  ])("are refused for %s", (_, change, message) => {
    const parsed = OwnRules.safeParse({ Own: { ...rule, ...change } });
    const messages = (parsed.error?.issues ?? []).map(
      (issue) => `${issue.path.slice(1).join(".")}: ${issue.message}`,
    );
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(message);
  });

  it("are named as alerts are, and families as metrics are", () => {
    expect(OwnRules.safeParse({ "queue too long": rule }).success).toBe(false);
    expect(OwnFamilies.safeParse(["a-b"]).success).toBe(false);
    expect(OwnFamilies.safeParse(["*"]).success).toBe(false);
    expect(OwnFamilies.safeParse(["a", "a"]).success).toBe(false);
    expect(OwnFamilies.parse(["a:b_c*"])).toEqual(["a:b_c*"]);
  });
});

describe("a stack's own dashboards", () => {
  const board = (expression: string, legend = "") => ({
    title: "Queues",
    panels: [{ title: "Length", queries: [{ expression, legend }] }],
  });

  it("are refused for what nobody exports and for labels that are not there, each at its place", () => {
    const on = withOwn({}, {}, { queues: board("sum(queue_lengths)", "{{workload}}") });
    expect(told(on)).toEqual([
      "dashboards.queues.panels.0.queries.0.expression: asks for queue_lengths, which nobody exports: name it in fleet:observability.metrics.families if a program of the stack's own does (character 5)",
      "dashboards.queues.panels.0.queries.0.legend: names the label workload, which what the expression gives does not have",
    ]);
  });

  it("are refused under the uid of another", () => {
    expect(told(withOwn({}, {}, { cluster: board("up") }))).toEqual([
      "dashboards.cluster: is the uid of a dashboard that every such stack has: give it another",
    ]);
  });

  it("may use what Grafana fills in", () => {
    const on = withOwn(
      {},
      {},
      {
        queues: board("sum by (node) (rate(node_forks_total[$__rate_interval]))", "{{node}}"),
      },
    );
    expect(told(on)).toEqual([]);
  });

  it.each([
    ["no panel", { title: "A", panels: [] }],
    ["no query", { title: "A", panels: [{ title: "B", queries: [] }] }],
    [
      "a kind that is none",
      { title: "A", panels: [{ title: "B", kind: "pie", queries: [{ expression: "up" }] }] },
    ],
    ["an unknown word", { title: "A", panels: [{ title: "B", queries: [{ expr: "up" }] }] }],
  ])("are refused for %s", (_, dashboard) => {
    expect(OwnDashboards.safeParse({ queues: dashboard }).success).toBe(false);
  });
});
