/** Dashboards of a stack, as files in folders. Pure. */
import type { ObservedParts } from "../rules/types.ts";
import { clusterDashboard } from "./cluster.ts";
import { entryDashboard } from "./entry.ts";
import { dashboardFile } from "./file.ts";
import { storageDashboard } from "./storage.ts";
import type { Dashboard, DashboardFolder } from "./types.ts";
import { watchersDashboard } from "./watchers.ts";
import { workloadsDashboard } from "./workloads.ts";

/** Dashboards that a stack has without saying so: those about which somebody exports something there. */
export function builtInDashboards({ exporters, systems }: ObservedParts): DashboardFolder[] {
  const shared = [
    clusterDashboard(exporters),
    workloadsDashboard(exporters),
    storageDashboard(exporters),
    entryDashboard(exporters),
    watchersDashboard(exporters),
  ].filter(({ panels }) => panels.length > 0);
  return [
    ...systems
      .filter(({ dashboards }) => dashboards.length > 0)
      .map(({ name, dashboards }) => ({ name: capital(name), dashboards })),
    { name: "Fleet", dashboards: shared },
  ];
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** The stack's own dashboards. */
const ownDashboards = ({ dashboards }: ObservedParts): Dashboard[] =>
  Object.entries(dashboards).map(([uid, dashboard]) => ({ uid, ...dashboard }));

/** Every dashboard of a stack, in folders. */
export function dashboardsOf(on: ObservedParts): DashboardFolder[] {
  const own = ownDashboards(on);
  return [
    ...builtInDashboards(on),
    ...(own.length === 0 ? [] : [{ name: "Own", dashboards: own }]),
  ];
}

/** Folder → name of a file → its content, as Grafana is provisioned with them. */
export const dashboardFolders = (on: ObservedParts): Record<string, Record<string, string>> =>
  Object.fromEntries(
    dashboardsOf(on).map(({ name, dashboards }) => [
      name,
      Object.fromEntries(dashboards.map((one) => [`${one.uid}.json`, dashboardFile(one)])),
    ]),
  );
