/** The alert that lines of logs no longer arrive: one for every shipper, made of what each of them can prove. */
import type { Exporter } from "../families/types.ts";
import type { LogFamily } from "../logs/families.ts";
import type { RuleGroup, WatchedLogs } from "./types.ts";

/** How long nothing may arrive while something is written. */
const halfAnHour = "[30m]";

const alternatives = (names: readonly string[]): string => [...new Set(names)].join("|");

/** Containers by their names in PromQL: a `*` at the end stands for any rest, as in `logs.families`. */
const containersOf = (names: readonly string[]): string =>
  alternatives(names.map((name) => name.replace(/\*$/, ".*")));

/** Series of the kubelets about the files of a family's containers. */
const files = ({ namespaces, containers }: Pick<LogFamily, "namespaces" | "containers">): string =>
  `kubelet_container_log_filesystem_used_bytes{namespace=~"${alternatives(namespaces)}"${
    containers === undefined ? "" : `,container=~"${containersOf(containers)}"`
  }}`;

/**
 * Whether programs write lines at all: a stack that is parked, or sleeps at night, must wake nobody. The kubelets
 * tell it by the size of the files (Kubernetes calls this metric alpha: where it is gone, they are taken to write).
 */
const written = (families: readonly LogFamily[], exporters: readonly Exporter[]): string =>
  exporters.includes("kubelet")
    ? ` and on () (${families
        .map((family) => `sum(changes(${files(family)}${halfAnHour})) > 0`)
        .join(" or ")} or absent(kubelet_container_log_filesystem_used_bytes))`
    : "";

/**
 * Elasticsearch's own count of the lines that each family's indices took: whoever ships them, and wherever on the
 * way they are lost. Counters of one index begin anew with its member, which `increase` knows.
 */
const notTaken = (
  [name, family]: readonly [name: string, family: LogFamily],
  exporters: readonly Exporter[],
): string => {
  // As Elasticsearch calls them: of the stream `a-logs` the day and a number, and of no stream `a-logs-b`.
  const index = String.raw`\\.ds-(${name})-logs-[0-9.]+-[0-9]+`;
  const taken = `elasticsearch_index_stats_indexing_index_total{index=~"${index}"}`;
  return `sum by (family) (label_replace(increase(${taken}${halfAnHour}), "family", "$1", "index", "${index}")) == 0${written([family], exporters)}`;
};

/**
 * Vector's own word, wherever it sends to: lines wait in a sink's buffer and none of them has left; or it reads
 * none. What it has never counted yet it does not show, and a buffer may say for ever that a little is left in it:
 * so this, too, is asked only while programs write.
 */
const notSent = (families: readonly LogFamily[], exporters: readonly Exporter[]): string[] => {
  const sent = `sum by (node, component_id) (increase(vector_component_sent_events_total{component_id=~"to-.+"}${halfAnHour})) > 0`;
  // Lines as the first part after the source gets them: the source itself counts each pod by itself, and forgets the
  // count of one that writes less than every five minutes, so that it never grows.
  const read = `vector_component_received_events_total{component_id="whose"}`;
  return [
    `min by (node, buffer_id) (min_over_time(vector_buffer_size_bytes{buffer_id=~"to-.+"}${halfAnHour})) > 0 unless on (node, buffer_id) label_replace(${sent}, "buffer_id", "$1", "component_id", "(.+)")${written(families, exporters)}`,
    `(sum by (component_id) (increase(${read}${halfAnHour})) == 0 or absent(${read}))${written(families, exporters)}`,
  ];
};

/** What the proofs name: of each kind a label that says where. */
const labelsOf = (exporters: readonly Exporter[]): string =>
  [
    ...(exporters.includes("elasticsearch-exporter") ? ["family"] : []),
    ...(exporters.includes("log-shipper") ? ["buffer_id", "component_id", "node"] : []),
  ]
    .map((label) => `{{ $labels.${label} }}`)
    .join(" ");

/** Alerts on logs, where anybody can tell of them. */
export function logsRules({ families }: WatchedLogs, exporters: readonly Exporter[]): RuleGroup[] {
  const all = Object.entries(families);
  const proofs = [
    ...(exporters.includes("elasticsearch-exporter")
      ? all.map((family) => notTaken(family, exporters))
      : []),
    ...(exporters.includes("log-shipper")
      ? notSent(
          all.map(([, family]) => family),
          exporters,
        )
      : []),
  ];
  if (proofs.length === 0) {
    return [];
  }
  return [
    {
      name: "logs",
      rules: [
        {
          name: "LogsNotArriving",
          expression: proofs.map((proof) => `(${proof})`).join(" or "),
          for: "15m",
          severity: "critical",
          summary: `Half an hour without lines of logs: ${labelsOf(exporters)}`,
          description:
            "Programs write and nothing of it arrives. The shipper's log on the nodes says why (kubectl -n log-shipper logs): a password, a certificate, a service that is down, a network policy. What it has not read is lost as the files on the nodes are rotated.",
        },
      ],
    },
  ];
}
