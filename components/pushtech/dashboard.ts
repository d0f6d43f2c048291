/** The dashboard of a PushTech deployment: what the cluster sees of its pods, as its programs tell nothing themselves. */
import type { Dashboard, Panel } from "../observability/dashboards/types.ts";
import { badAboveNone, graph, number, query } from "../observability/dashboards/words.ts";
import type { Exporter } from "../observability/families/types.ts";
import { publicServers } from "./alerts.ts";
import { serverNames } from "./servers.ts";
import { stores } from "./stores.ts";
import { workerNames } from "./workers.ts";

/** Pods that are missing of some Deployments together. */
const short = (namespace: string, names: readonly string[]): string => {
  const which = `{namespace="${namespace}",deployment=~"${names.join("|")}"}`;
  return `sum(kube_deployment_spec_replicas${which}) - sum(kube_deployment_status_replicas_available${which})`;
};

/** Panels from the objects of the cluster. */
function statePanels(namespace: string): Panel[] {
  const here = `namespace="${namespace}"`;
  const storeNames = Object.values(stores).map(({ workload }) => workload);
  const missingStores = `{${here},statefulset=~"${storeNames.join("|")}"}`;
  const deployment = (names: readonly string[]) =>
    `kube_deployment_status_replicas_available{${here},deployment=~"${names.join("|")}"}`;
  return [
    number(
      "Pods of public servers that are missing",
      short(namespace, publicServers),
      badAboveNone,
    ),
    number("Pods of workers that are missing", short(namespace, workerNames), badAboveNone),
    number(
      "Pods of stores that are missing",
      `sum(kube_statefulset_replicas${missingStores}) - sum(kube_statefulset_status_replicas_ready${missingStores})`,
      badAboveNone,
    ),
    number(
      "Lists of events lost in a day",
      `sum(increase(kube_pod_container_status_restarts_total{${here},container="redis-tracker"}[1d]))`,
      badAboveNone,
    ),
    graph("Servers: pods that answer", "none", deployment(serverNames), "{{deployment}}"),
    graph("Workers: pods at work", "none", deployment(workerNames), "{{deployment}}", {
      description: "How many events wait for them, nobody tells.",
    }),
    graph(
      "Stores: pods that answer",
      "none",
      `kube_statefulset_status_replicas_ready${missingStores}`,
      "{{statefulset}}",
    ),
    {
      title: "Jobs that failed",
      kind: "table",
      queries: [query(`sum by (job_name) (kube_job_failed{${here},condition="true"}) > 0`)],
    },
  ];
}

/** The page of a deployment, with what its pods use below. */
export const pushtechDashboard = (
  namespace: string,
  exporters: readonly Exporter[],
  more: readonly Panel[],
): Dashboard => ({
  uid: "pushtech",
  title: "PushTech",
  panels: [...(exporters.includes("kube-state-metrics") ? statePanels(namespace) : []), ...more],
});
