/** Alerts and dashboards of a network, of every version of its nodes: none asks for what they do not export. */
import { describe, expect, it } from "vitest";

import { dashboardFolders } from "../../components/observability/dashboards/files.ts";
import { exportedBy } from "../../components/observability/families/catalogue.ts";
import { datasourceIds } from "../../components/observability/metrics/grafana-datasources.ts";
import { judgeQuery } from "../../components/observability/rules/query-faults.ts";
import type { ObservedParts } from "../../components/observability/rules/types.ts";
import { type NodeVersion, nodeVersions } from "../../components/spacemesh/node-profiles.ts";
import { observedSpacemesh, type SpacemeshWatched } from "../../components/spacemesh/observed.ts";
import { dashboardFaults } from "../observability/dashboard-faults.ts";
import { bareStack } from "../observability/rules/whole-stack.ts";

const stackOf = (more: Partial<SpacemeshWatched>): ObservedParts => ({
  ...bareStack,
  exporters: more.exporters ?? [],
  systems: [
    observedSpacemesh({
      namespace: "net",
      webServices: undefined,
      miners: 10,
      version: "v1.0",
      metrics: "scrape",
      exporters: [],
      ...more,
    }),
  ],
});

const rulesOf = (on: ObservedParts) =>
  on.systems.flatMap(({ rules }) => rules.flatMap((group) => group.rules));

const namesOf = (more: Partial<SpacemeshWatched>): string[] =>
  rulesOf(stackOf(more)).map(({ name }) => name);

describe.each(nodeVersions)("a network of nodes %s", (version) => {
  it.each(["push", "scrape", "both"] as const)(
    "whose metrics come by %s asks for nothing that nobody exports",
    (metrics) => {
      const on = stackOf({ version, metrics });
      const exported = exportedBy(on);
      expect(rulesOf(on).flatMap((one) => judgeQuery(one.expression, exported).faults)).toEqual([]);
      expect(dashboardFaults(dashboardFolders(on), exported, [datasourceIds.prometheus])).toEqual(
        [],
      );
    },
  );
});

describe("alerts of a network", () => {
  const everywhere = ["MinersMissing", "MinerAlone", "BeaconsDiffer"];

  it.each<[NodeVersion, readonly string[]]>([
    ["v0.2.17", everywhere],
    ["v0.2.18", [...everywhere, "MinerBehind", "HareFailing"]],
    ["v0.2.20", [...everywhere, "LayersStuck", "MinerBehind", "HareFailing"]],
  ])("of nodes %s are those that they tell enough for", (version, expected) => {
    expect(namesOf({ version })).toEqual(expected);
  });

  it("speak of silence only where miners push: who is read is a target that is down", () => {
    expect(namesOf({ metrics: "scrape" })).not.toContain("MinerSilent");
    expect(namesOf({ metrics: "push" })).toContain("MinerSilent");
  });

  it("leave a miner alone that was deleted, where the cluster's objects are known", () => {
    const silent = (more: Partial<SpacemeshWatched>) =>
      rulesOf(stackOf({ metrics: "push", ...more })).find(({ name }) => name === "MinerSilent");
    expect(silent({})?.expression).not.toContain("kube_deployment");
    expect(silent({ exporters: ["kube-state-metrics"] })?.expression).toContain(
      'kube_deployment_spec_replicas{namespace="net"} > 0',
    );
  });

  it("expect as many miners as the stack runs", () => {
    const [missing] = rulesOf(stackOf({ miners: 1000 }));
    expect(missing?.expression).toMatch(/ < 1000$/);
  });
});

describe("the dashboards of a network", () => {
  it("are the original's two, each with a choice of miners", () => {
    const { dashboards = [] } = stackOf({}).systems[0] ?? {};
    expect(dashboards.map(({ uid, variables = [] }) => [uid, variables[0]?.label])).toEqual([
      ["spacemesh", "workload"],
      ["spacemesh-miner", "workload"],
    ]);
  });

  it("show pods of the web services, too, where there are any", () => {
    const shown = (webServices: string | undefined) =>
      JSON.stringify(stackOf({ exporters: ["cadvisor"], webServices }).systems[0]?.dashboards);
    expect(shown("ws")).toContain("net|ws");
    expect(shown(undefined)).not.toContain("net|ws");
  });
});
