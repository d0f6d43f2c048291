/**
 * Has Prometheus' own tool evaluate every alert over series that must make it fire and others that must
 * not, as Prometheus would, and look at its labels and its summary. What the programs really export is the
 * catalogue's to prove (exporters.test.ts); here the series are given.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";

import {
  alertGroups,
  alertRuleFiles,
  runbookOf,
} from "../../components/observability/rules/files.ts";
import type { AlertRule } from "../../components/observability/rules/types.ts";
import {
  claimStateCases,
  nodeStateCases,
  workloadCases,
} from "../observability/rules/cases/kubernetes.ts";
import {
  alertmanagerCases,
  certificateCases,
  entryCases,
  exporterCases,
  logShipperCases,
  prometheusCases,
  pushGatewayCases,
  servedCertificateCases,
  silenceCases,
  statsdCases,
} from "../observability/rules/cases/platform.ts";
import { fxaCases } from "../observability/rules/cases/fxa.ts";
import { elasticsearchCases, logsCases } from "../observability/rules/cases/logs.ts";
import { pushtechCases } from "../observability/rules/cases/pushtech.ts";
import { skywireCases } from "../observability/rules/cases/skywire.ts";
import { spacemeshCases } from "../observability/rules/cases/spacemesh.ts";
import { backupCases, claimCases, machineCases } from "../observability/rules/cases/storage.ts";
import type { AlertCases, Series } from "../observability/rules/cases/types.ts";
import { wholeStack } from "../observability/rules/whole-stack.ts";
import { run, toolPath } from "./tools.ts";

/** Name of a group → cases of its alerts. */
const cases: Readonly<Record<string, AlertCases>> = {
  alertmanager: alertmanagerCases,
  backups: backupCases,
  certificates: certificateCases,
  "claim-states": claimStateCases,
  claims: claimCases,
  elasticsearch: elasticsearchCases,
  entry: entryCases,
  exporters: exporterCases,
  fxa: fxaCases,
  "log-shipper": logShipperCases,
  logs: logsCases,
  machines: machineCases,
  nodes: nodeStateCases,
  prometheus: prometheusCases,
  "push-gateway": pushGatewayCases,
  pushtech: pushtechCases,
  "served-certificates": servedCertificateCases,
  silences: silenceCases,
  skywire: skywireCases,
  spacemesh: spacemeshCases,
  statsd: statsdCases,
  workloads: workloadCases,
};

const groups = alertGroups(wholeStack);
const folder = mkdtempSync(join(tmpdir(), "fleet-alerts-"));
for (const [name, text] of Object.entries(alertRuleFiles(wholeStack))) {
  writeFileSync(join(folder, name), text);
}

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the alerts of a stack that has everything", () => {
  it("each have a case in which they fire and one in which they do not", () => {
    const wanted = groups.map(({ name, rules }) => [name, rules.map((rule) => rule.name).sort()]);
    const given = Object.entries(cases).map(([name, ones]) => [name, Object.keys(ones).sort()]);
    expect(given).toEqual(wanted.sort());
    const without = Object.values(cases)
      .flatMap((ones) => Object.entries(ones))
      .filter(([, { silent }]) => silent.length === 0)
      .map(([name]) => name);
    expect(without).toEqual([]);
  });

  it("are what Prometheus takes, down to its lint", async () => {
    const files = Object.keys(alertRuleFiles(wholeStack)).map((name) => join(folder, name));
    const { code, stdout, stderr } = await promtool("check", "rules", "--lint-fatal", ...files);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.match(/SUCCESS/g)).toHaveLength(groups.length);
  });

  it("fire when they should, with the words they should, and are silent when they should", async () => {
    // A store for each test, and most of its time it waits for the disk: the groups wait together.
    const found = await Promise.all(
      groups.map(({ name, rules }) => {
        const path = join(folder, `${name}.test.yaml`);
        writeFileSync(path, testFile(name, rules, cases[name] ?? {}));
        return promtool("test", "rules", path);
      }),
    );
    const told = found
      .filter(({ code }) => code !== 0)
      .map(({ stdout, stderr }) => stdout + stderr);
    expect(told).toEqual([]);
    expect(found.filter(({ stdout }) => stdout.includes("SUCCESS"))).toHaveLength(groups.length);
  }, 300_000);

  it("would be found out: a summary that is another fails", async () => {
    const claims = groups.filter(({ name }) => name === "claims").flatMap(({ rules }) => rules);
    const wrong = claims.map((rule) => ({ ...rule, description: `${rule.description} Or not.` }));
    const path = join(folder, "wrong.test.yaml");
    writeFileSync(path, testFile("claims", wrong, claimCases));
    const { code } = await promtool("test", "rules", path);
    expect(code).toBe(1);
  });
});

const promtool = (...words: string[]) => run(toolPath("promtool"), words, { cwd: folder });

const inputs = (series: Series) =>
  Object.entries(series).map(([name, values]) => ({ series: name, values }));

/** A file of promtool's unit tests for one group: only that group is evaluated. */
function testFile(group: string, rules: readonly AlertRule[], given: AlertCases): string {
  const tests = rules.flatMap((rule) => {
    const one = given[rule.name];
    return one === undefined ? [] : testsOf(rule, one);
  });
  const evaluation_interval = isSlow(given) ? "10m" : "1m";
  return stringify({ rule_files: [`${group}.yaml`], evaluation_interval, tests });
}

/** Whether a group's alerts wait for days: then a look every minute shows nothing more than one every ten. */
const isSlow = (given: AlertCases): boolean =>
  Object.values(given).every(({ fires }) => Number.parseInt(fires.at, 10) > 2 * 24 * 60);

function testsOf(rule: AlertRule, { fires, silent }: AlertCases[string]) {
  const expected = fires.as.map(({ labels, summary }) => ({
    exp_labels: { severity: rule.severity, ...labels },
    exp_annotations: {
      summary,
      description: rule.description,
      runbook_url: runbookOf(wholeStack, rule),
    },
  }));
  const test = (series: Series, at: string, alerts: readonly object[]) => ({
    name: rule.name,
    interval: "1m",
    input_series: inputs(series),
    alert_rule_test: [{ alertname: rule.name, eval_time: at, exp_alerts: alerts }],
  });
  return [
    test(fires.series, fires.at, expected),
    ...silent.map(({ series, at }) => test(series, at, [])),
  ];
}
