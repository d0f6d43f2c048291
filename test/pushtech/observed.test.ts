/** Alerts, dashboard and searches of PushTech: over what the cluster sees alone, as its programs tell nothing. */
import { describe, expect, it } from "vitest";

import { dashboardFolders } from "../../components/observability/dashboards/files.ts";
import { exportedBy } from "../../components/observability/families/catalogue.ts";
import type { Exporter } from "../../components/observability/families/types.ts";
import { savedObjects } from "../../components/observability/elk/saved-objects.ts";
import { LogFamilies } from "../../components/observability/logs/families.ts";
import { datasourceIds } from "../../components/observability/metrics/grafana-datasources.ts";
import { judgeQuery } from "../../components/observability/rules/query-faults.ts";
import type { ObservedParts } from "../../components/observability/rules/types.ts";
import { observedPushtech } from "../../components/pushtech/observed.ts";
import { pushtechSearches } from "../../components/pushtech/searches.ts";
import { dashboardFaults } from "../observability/dashboard-faults.ts";
import { bareStack } from "../observability/rules/whole-stack.ts";

const stackOf = (
  exporters: readonly Exporter[],
  builtin = { mongo: true, kafka: true },
): ObservedParts => ({
  ...bareStack,
  exporters,
  systems: [observedPushtech({ namespace: "pushtech", others: [], exporters, builtin })],
});

const rulesOf = (on: ObservedParts) =>
  on.systems.flatMap(({ rules }) => rules.flatMap((group) => group.rules));

describe("what PushTech is watched by", () => {
  it.each<readonly Exporter[][]>([[["kube-state-metrics", "cadvisor"]], [["cadvisor"]], [[]]])(
    "asks %j for nothing that nobody exports",
    (exporters) => {
      const on = stackOf(exporters);
      const exported = exportedBy(on);
      expect(rulesOf(on).flatMap((one) => judgeQuery(one.expression, exported).faults)).toEqual([]);
      expect(dashboardFaults(dashboardFolders(on), exported, [datasourceIds.prometheus])).toEqual(
        [],
      );
    },
  );

  it("fires nothing where nobody tells of pods", () => {
    expect(rulesOf(stackOf(["cadvisor"]))).toEqual([]);
  });

  it("says nothing of stores that the stack does not run", () => {
    const names = rulesOf(stackOf(["kube-state-metrics"], { mongo: false, kafka: false })).map(
      ({ name }) => name,
    );
    expect(names).toEqual([
      ...["PublicServerGone", "EventReadersGone", "EventsLost", "MigrationFailed", "StoreAwaited"],
    ]);
  });
});

describe("what is looked for in its logs", () => {
  const families = LogFamilies.parse({
    pushtech: { namespaces: ["pushtech"], retention: "7d" },
    platform: { namespaces: ["nginx-ingress"], retention: "7d" },
  });
  const searches = pushtechSearches(families, "pushtech");

  it("stands at the family that reads its programs, whatever that is called", () => {
    expect(searches["platform"]).toEqual([]);
    expect(searches["pushtech"]?.map(({ name }) => name)).toEqual([
      ...["waits", "migrations", "mongo", "zookeeper", "producer", "redis", "workers"],
    ]);
    const ids = savedObjects(families, searches).map(({ id }) => id);
    expect(ids).toContain("pushtech-logs-migrations");
  });
});
