/** What Elasticsearch is told of a family of logs: how its lines are indexed, and when they go. Pure. */
import { dataStreamOf, type LogFamilies } from "../logs/families.ts";

/** Above the templates that Elasticsearch brings along, which are at 100 to 200. */
const priority = 500;

/** Who made a thing, for whoever meets it in Kibana. */
const meta = { managed_by: "fleet" } as const;

/**
 * Lifecycle policy: an index a day, or when it has grown, which is deleted when its last line is as old
 * as the family keeps them. So a line lives a day longer than it must, at most.
 */
export const lifecyclePolicy = (retention: string): object => ({
  policy: {
    _meta: meta,
    phases: {
      hot: {
        actions: {
          rollover: {
            max_age: retention.endsWith("h") ? "1h" : "1d",
            max_primary_shard_size: "20gb",
          },
          set_priority: { priority: 100 },
        },
      },
      delete: { min_age: retention, actions: { delete: {} } },
    },
  },
});

/** Settings of a family's indices that may change while they stand. */
export const livelySettings = (members: number): Record<string, string | number> => ({
  "index.number_of_replicas": members === 1 ? 0 : 1,
  // A member that is restarted comes back to its shards: they are not copied elsewhere meanwhile.
  "index.unassigned.node_left.delayed_timeout": "5m",
});

const keyword = { type: "keyword", ignore_above: 1024 } as const;

/** Fields of every line (`LogEvent`), and how those of a program are taken: as text that is looked for whole. */
const mappings = {
  dynamic: true,
  // What looks like a date or a number in one line need not in the next.
  date_detection: false,
  numeric_detection: false,
  dynamic_templates: [{ all: { match: "*", match_mapping_type: "*", mapping: keyword } }],
  properties: {
    "@timestamp": { type: "date" },
    message: { type: "match_only_text" },
    length: { type: "integer", ignore_malformed: true },
    fields: { type: "object" },
    ...Object.fromEntries(
      ["stream", "family", "namespace", "pod", "container", "workload", "node", "line"].map(
        (field) => [field, keyword],
      ),
    ),
  },
} as const;

/**
 * Index template of a family. Its pattern is the one name of its data stream, so that no other
 * family's lines fall under it (facts/spacemesh.md 6.2: one name for two templates lost a retention).
 */
export const indexTemplate = (family: string, members: number): object => ({
  index_patterns: [dataStreamOf(family)],
  data_stream: {},
  priority,
  _meta: meta,
  template: {
    settings: {
      "index.lifecycle.name": dataStreamOf(family),
      "index.codec": "best_compression",
      "index.number_of_shards": 1,
      // Names beyond these are kept and shown, but not looked for: no program can fill the index up.
      "index.mapping.total_fields.limit": 2000,
      "index.mapping.total_fields.ignore_dynamic_beyond_limit": true,
      ...livelySettings(members),
    },
    mappings,
  },
});

/** Names of the data streams. */
export const dataStreams = (families: LogFamilies): string[] =>
  Object.keys(families).map(dataStreamOf);
