/** Dashboards as code: each query asks for what somebody exports, and Grafana can show them. */
import { describe, expect, it } from "vitest";

import { dashboardFile } from "../../components/observability/dashboards/file.ts";
import { dashboardFolders, dashboardsOf } from "../../components/observability/dashboards/files.ts";
import type { Panel } from "../../components/observability/dashboards/types.ts";
import { exportedBy } from "../../components/observability/families/catalogue.ts";
import { exporters } from "../../components/observability/families/types.ts";
import { datasourceIds } from "../../components/observability/metrics/grafana-datasources.ts";
import type { ObservedParts } from "../../components/observability/rules/types.ts";
import { skywireFamily } from "../../components/skywire/families.ts";
import { observedSkywire } from "../../components/skywire/observed.ts";
import { dashboardFaults } from "./dashboard-faults.ts";
import { bareStack, wholeStack } from "./rules/whole-stack.ts";

const datasources = [datasourceIds.prometheus];

const faultsOf = (on: ObservedParts): string[] =>
  dashboardFaults(dashboardFolders(on), exportedBy(on), datasources);

describe("the dashboards of a stack", () => {
  it("ask for nothing that nobody exports, name no label that is not there, and do not overlap", () => {
    expect(faultsOf(wholeStack)).toEqual([]);
  });

  it.each(exporters)("do so where there is nothing but Prometheus and %s", (only) => {
    const parts = [only];
    const skywire = observedSkywire({ namespaces: ["skywire"], dmsgServers: 2, exporters: parts });
    expect(faultsOf({ ...bareStack, exporters: parts, systems: [skywire] })).toEqual([]);
  });

  it("are none about what nobody tells of", () => {
    const uids = dashboardsOf(bareStack).flatMap(({ dashboards }) =>
      dashboards.map(({ uid }) => uid),
    );
    expect(uids).toEqual(["observability"]);
  });

  it("are those of the cluster, of each system, and of the stack's own", () => {
    const own: ObservedParts["dashboards"] = {
      mine: {
        title: "Mine",
        panels: [{ title: "Up", kind: "graph", queries: [{ expression: "up", legend: "" }] }],
      },
    };
    const found = dashboardsOf({ ...wholeStack, dashboards: own }).map(
      ({ name, dashboards }) => [name, dashboards.map(({ uid }) => uid)] as const,
    );
    expect(found).toEqual([
      ["Skywire", ["skywire"]],
      ["Voting", ["voting"]],
      ["Spacemesh", ["spacemesh", "spacemesh-miner"]],
      ["Pushtech", ["pushtech"]],
      ["Fxa", ["fxa"]],
      ["Fleet", ["cluster", "workloads", "storage", "entry", "observability"]],
      ["Own", ["mine"]],
    ]);
  });

  it("are small enough for the state: no blank, no datasource said twice", () => {
    const texts = Object.values(dashboardFolders(wholeStack)).flatMap((files) =>
      Object.values(files),
    );
    for (const text of texts) {
      expect(text).toBe(JSON.stringify(JSON.parse(text)));
      expect(text.length).toBeLessThan(20_000);
    }
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    // Five systems at once, which no stack has.
    expect(bytes).toBeLessThan(100_000);
  });

  it("show every family of metrics of Skywire's programs (facts/skywire.md 3.2)", () => {
    const shown = dashboardFolders(wholeStack)["Skywire"]?.["skywire.json"] ?? "";
    const starts = new Set(
      Object.keys(skywireFamily).map((name) => name.split("_").slice(0, 2).join("_")),
    );
    expect([...starts].filter((start) => !shown.includes(`${start}_`))).toEqual([]);
  });
});

describe("what is wrong with a dashboard is found", () => {
  const panel = (expression: string, legend = ""): Panel => ({
    title: "One",
    queries: [{ expression, legend }],
  });
  const found = (...panels: readonly Panel[]): string[] =>
    dashboardFaults(
      { F: { "a.json": dashboardFile({ uid: "a", title: "A", panels }) } },
      exportedBy(wholeStack),
      datasources,
    );

  it.each<[string, string]>([
    ["max(dmsg_discovery_client_count)", "nobody exports: is dmsg_discovery_clients_count meant?"],
    ["sum by (wrkload) (up)", "what sum is given has no label wrkload: is workload meant?"],
    ['up{namespac="a"}', "up has no label namespac: is namespace meant?"],
    ["rate(up[5m])", "up goes up and down"],
    ["rate(node_forks_total)", "must be series with a range"],
    ["sum(up", "the query ends too early"],
    ['up{namespace=~"$zone"}', "there is no variable zone"],
  ])("%s", (expression, told) => {
    expect(found(panel(expression)).join("\n")).toContain(told);
  });

  it("a legend with a label that was summed away", () => {
    expect(found(panel("sum(up)", "{{workload}}"))).toEqual([
      "F/a.json: One: the legend names workload, which the query does not give",
    ]);
  });

  it("ids, uids and titles that are there twice, and a datasource that is not there", () => {
    const text = dashboardFile({ uid: "a", title: "A", panels: [panel("up"), panel("up")] });
    const twice = text
      .replace('"id":2', '"id":1')
      .replaceAll('"uid":"prometheus"', '"uid":"thanos"');
    const faults = dashboardFaults(
      { F: { "a.json": twice, "b.json": twice, "c.json": "{" } },
      exportedBy(wholeStack),
      datasources,
    );
    expect(faults).toEqual([
      "F/a.json: there is no datasource thanos",
      "F/a.json: panel 1 is there twice",
      "F/b.json: there is no datasource thanos",
      "F/b.json: panel 1 is there twice",
      "F/c.json: is no JSON",
      "uid a is there twice",
      "title A is there twice",
    ]);
  });
});
