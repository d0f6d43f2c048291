/** What the StatsD exporter is told. Pure. */

import { yamlText } from "../../base/yaml.ts";
import { exporterPorts, statsdPorts } from "./exporters-shape.ts";
import type { StatsdConfig, StatsdMapping } from "./statsd.schema.ts";

/** Name of the mappings' file. */
export const statsdMappingFile = "mapping.yml";

/** A timer is what the exporter calls an observer. */
const typeOf = (type: NonNullable<StatsdMapping["type"]>): string =>
  type === "timer" ? "observer" : type;

const mappingOf = ({ match, type, name, labels, drop }: StatsdMapping) => ({
  match,
  ...(type === undefined ? {} : { match_metric_type: typeOf(type) }),
  // It wants a name of what it drops, too.
  name: name ?? "dropped",
  ...(drop ? { action: "drop" } : {}),
  ...(Object.keys(labels).length === 0 ? {} : { labels }),
});

/** Looked at after all mappings without a regular expression, wherever it stands. */
const dropRest = { match: ".*", match_type: "regex", name: "dropped", action: "drop" };

/** The mappings in the exporter's own words. */
export const statsdMapping = ({
  mappings,
  unmapped,
  buckets,
  ttlSeconds,
}: Pick<StatsdConfig, "mappings" | "unmapped" | "buckets" | "ttlSeconds">): string =>
  yamlText({
    defaults: {
      observer_type: "histogram",
      histogram_options: { buckets },
      ttl: `${ttlSeconds}s`,
    },
    mappings: [...mappings.map(mappingOf), ...(unmapped === "drop" ? [dropRest] : [])],
  });

/** Arguments of the StatsD exporter. By TCP nothing is taken: clients send by UDP. */
export const statsdArguments = (
  folder: string,
  ports: { readonly udp: number; readonly http: number } = {
    udp: statsdPorts.pods,
    http: exporterPorts.statsd,
  },
): string[] => [
  `--web.listen-address=:${ports.http}`,
  `--statsd.listen-udp=:${ports.udp}`,
  "--statsd.listen-tcp=",
  `--statsd.mapping-config=${folder}/${statsdMappingFile}`,
];

/** A metric that a mapping names. */
export interface StatsdFamily {
  readonly name: string;
  /** A timer becomes a histogram. Where no type is said, what is sent tells. */
  readonly kind: "counter" | "gauge" | "histogram" | "unknown";
  readonly labels: readonly string[];
}

/** Metrics that the mappings name. What a star names is known only when it is sent. */
export const statsdFamilies = ({ mappings }: Pick<StatsdConfig, "mappings">): StatsdFamily[] =>
  mappings.flatMap(({ name, type, labels }) =>
    name === undefined || name.includes("$")
      ? []
      : [
          {
            name,
            kind: type === "timer" ? "histogram" : (type ?? "unknown"),
            labels: Object.keys(labels),
          },
        ],
  );
