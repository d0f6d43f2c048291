/** Who exports what in a stack, and what nobody does. */
import { nearest } from "../../base/nearest.ts";
import type { Exported, Labels } from "../promql/names.ts";
import type { ObservedParts } from "../rules/types.ts";
import { elasticsearch } from "./elasticsearch.ts";
import { kubeState } from "./kube-state.ts";
import { apiServer, cadvisor, kubelet } from "./kubernetes.ts";
import { nodeExporter } from "./node-exporter.ts";
import { certManager, logShipper, nginx, traefik } from "./platform.ts";
import { alertmanager, prometheus, pushGateway, statsd } from "./prometheus.ts";
import { type Exporter, exporters, type Family, familyOf, type MetricKind } from "./types.ts";

/** Labels that every reading adds. */
const everywhere = ["job", "instance"];

/** Labels of a pod that announces its metrics. */
const ofPods = [...everywhere, "namespace", "pod", "node", "workload"];

/** Labels of a pod that tells of others (`announcesOthers`): the rest its series say themselves. */
const ofOthers = [...everywhere, "workload"];

/** What an exporter shows, with the labels that the reading of it adds, and what turns it on. */
interface Source {
  readonly family: Family;
  readonly added: readonly string[];
  /** Key of `fleet:observability.metrics`, where it has one. */
  readonly section?: string;
}

/** The catalogue. */
const sources: Readonly<Record<Exporter, Source>> = {
  prometheus: { family: prometheus, added: ofOthers },
  alertmanager: { family: alertmanager, added: ofPods, section: "alertmanager" },
  "push-gateway": { family: pushGateway, added: ofOthers, section: "pushGateway" },
  "kube-state-metrics": { family: kubeState, added: ofOthers, section: "kubeState" },
  "node-exporter": { family: nodeExporter, added: ofPods, section: "nodes" },
  statsd: { family: statsd, added: ofPods, section: "statsd" },
  kubelet: { family: kubelet, added: [...everywhere, "node"] },
  cadvisor: { family: cadvisor, added: [...everywhere, "node"] },
  "api-server": { family: apiServer, added: everywhere },
  "cert-manager": { family: certManager, added: ofOthers },
  traefik: { family: traefik, added: ofPods },
  nginx: { family: nginx, added: ofPods },
  "log-shipper": { family: logShipper, added: ofPods },
  "elasticsearch-exporter": { family: elasticsearch, added: ofOthers },
};

/** What Prometheus writes itself of each reading. */
const readings = familyOf([
  [
    "gauge",
    "",
    "",
    "up scrape_duration_seconds scrape_samples_scraped scrape_samples_post_metric_relabeling scrape_series_added",
  ],
]);

interface Entry {
  readonly kind: MetricKind;
  readonly labels: Labels;
}

/** Series of a metric, as their names are asked for. */
function seriesOf(name: string, { kind, labels }: Family[string]): [string, Entry][] {
  const entry = (of: MetricKind, ...more: string[]): Entry => ({
    kind: of,
    labels: new Set([...labels, ...more]),
  });
  switch (kind) {
    case "histogram":
      return [
        [`${name}_bucket`, entry("counter", "le")],
        [`${name}_sum`, entry("counter")],
        [`${name}_count`, entry("counter")],
      ];
    case "summary":
      return [
        [name, entry("gauge", "quantile")],
        [`${name}_sum`, entry("counter")],
        [`${name}_count`, entry("counter")],
      ];
    default:
      return [[name, entry(kind)]];
  }
}

/** All series of a family, by name. */
const allSeries = (family: Family): Map<string, Entry> =>
  new Map(Object.entries(family).flatMap(([name, metric]) => seriesOf(name, metric)));

const join = (one: Labels, other: Labels): Labels =>
  one === "any" || other === "any" ? "any" : new Set([...one, ...other]);

/** Whom a metric could come from that this stack does not have. */
function offers(on: ObservedParts, series: string): string | undefined {
  const found = exporters.find(
    (name) => !isOn(on, name) && allSeries(sources[name].family).has(series),
  );
  if (found === undefined) {
    return undefined;
  }
  const { section } = sources[found];
  const mend = section === undefined ? "" : `: say fleet:observability.metrics.${section}`;
  return `${found} exports, and this stack does not read that${mend}`;
}

const isOn = (on: ObservedParts, name: Exporter): boolean =>
  name === "prometheus" || on.exporters.includes(name);

/** What a stack's programs export, for its queries to be looked up in. */
export function exportedBy(on: ObservedParts): Exported {
  const known = new Map<string, Entry>();
  const add = (family: Family, added: readonly string[]): void => {
    for (const [name, { kind, labels }] of allSeries(family)) {
      const before = known.get(name);
      const all = join(labels, new Set(added));
      known.set(name, { kind, labels: before === undefined ? all : join(before.labels, all) });
    }
  };
  for (const name of exporters.filter((one) => isOn(on, one))) {
    add(sources[name].family, sources[name].added);
  }
  for (const { family } of on.systems) {
    add(family, ofPods);
  }
  add(on.mapped, ofPods);
  add(readings, ofPods);
  // Labels of whatever fires.
  known.set("ALERTS", { kind: "gauge", labels: "any" });
  known.set("ALERTS_FOR_STATE", { kind: "gauge", labels: "any" });
  return {
    find: (series) =>
      known.get(series) ??
      (on.families.some((name) => promises(name, series))
        ? { kind: "unknown", labels: "any" }
        : undefined),
    missing: (series) => {
      const meant = nearest(series, [...known.keys()]);
      return (
        offers(on, series) ??
        (meant === undefined
          ? "nobody exports: name it in fleet:observability.metrics.families if a program of the stack's own does"
          : `nobody exports: is ${meant} meant?`)
      );
    },
  };
}

/** Whether a name of `families` is that of a series, or of the metric that it is a part of. */
function promises(name: string, series: string): boolean {
  return name.endsWith("*")
    ? series.startsWith(name.slice(0, -1))
    : series === name || series.replace(/_(bucket|sum|count)$/, "") === name;
}
