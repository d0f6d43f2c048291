/** `vector.yaml` and the files beside it. Pure. */

import { parseQuantity } from "../../base/quantity.ts";
import { yamlText } from "../../base/yaml.ts";
import { dataStreamOf, type LogFamilies } from "../logs/families.ts";
import { podLogs } from "../logs/node-logs.ts";
import { sinksOf, vectorMetricsPort } from "./shape.ts";
import { fault, linePrograms, timeAs, whose } from "./transforms/programs.ts";
import type { VectorConfig, VectorSink } from "./vector.schema.ts";

/** Folders of the pod. */
export const vectorFolders = {
  config: "/etc/vector",
  /** One file a secret; the config says `SECRET[fleet.<file>]` for it. */
  secrets: "/etc/vector-secrets",
  /** Certificate authorities of the stack's own Elasticsearch. */
  authorities: "/etc/vector-authorities",
  /** How far each file was read, and what waits for a sink. */
  data: "/var/lib/vector",
} as const;

/** Name of the file with the authorities. */
export const authoritiesFile = "authorities.pem";

/** User of the stack's own Elasticsearch, who may add lines and nothing else. */
const storeUser = "vector";

/** The stack's own Elasticsearch, as the config says it. */
export interface VectorStore {
  readonly url: string;
  /** Whether its certificate is signed by authorities of its own. */
  readonly ownAuthorities: boolean;
  readonly verifyName: boolean;
}

/** What the files are made of. */
export interface VectorSettings {
  readonly config: VectorConfig;
  readonly families: LogFamilies;
  readonly store?: VectorStore | undefined;
}

type Part = Readonly<Record<string, unknown>>;

/** Bytes of a line of a file: the runtime's are of 16 KiB, Docker's with up to six for a character. */
const longestPart = 256 * 2 ** 10;

/** Bytes of a line that is put together again. A longer one is left out, and counted. */
const longestWhole = 4 * 2 ** 20;

/** Files of the containers that are read: whatever else lies there is not opened. */
const includedFiles = (families: LogFamilies): string[] => [
  ...new Set(
    Object.values(families).flatMap(({ namespaces, containers = ["*"] }) =>
      namespaces.flatMap((namespace) =>
        containers.map((container) => `${podLogs}/${namespace}_*/${container}/*`),
      ),
    ),
  ),
];

const sources = (families: LogFamilies): Part => ({
  pods: {
    type: "kubernetes_logs",
    include_paths_glob_patterns: includedFiles(families),
    // Nothing of a namespace but its name is used: no right to read them is needed.
    insert_namespace_fields: false,
    // Every pod's list would ask etcd otherwise, on each node.
    use_apiserver_cache: true,
    max_line_bytes: longestPart,
    max_merged_line_bytes: longestWhole,
    glob_minimum_cooldown_ms: 10_000,
    // What a pod wrote last is read after it is gone: it is known for so long.
    delay_deletion_ms: 300_000,
    // A file that was rotated away is not held open, and the node's disk full, while a sink does not answer.
    rotate_wait_secs: 300,
  },
  own: { type: "internal_metrics", scrape_interval_secs: 15 },
});

/**
 * What alerts read is told of for as long as Vector runs. By default it forgets a number that has not changed for five
 * minutes: that of a buffer which is full and does not get rid of anything, above all, and that of lines which are lost
 * now and then (`expire_metrics_secs`; in vector-buffers, `BufferUsageData::report`). There is one for each part and
 * buffer. Of those of the pods, of which there are ever more, nothing is asked.
 */
const kept: Part = {
  name: { type: "regex", pattern: "^(buffer_|component_discarded_events_total)" },
  expire_secs: 365 * 24 * 3_600,
};

const file = (name: string): string => `${vectorFolders.config}/${name}`;

/** Transforms that each line goes through, and the one for those that fail. */
const lineTransforms = (families: LogFamilies): Part => ({
  whose: {
    type: "remap",
    inputs: ["pods"],
    file: file("whose.vrl"),
    drop_on_abort: true,
    drop_on_error: true,
  },
  line: {
    type: "remap",
    inputs: ["whose"],
    files: Object.keys(linePrograms(families)).map(file),
    drop_on_abort: true,
    drop_on_error: true,
    reroute_dropped: true,
  },
  fault: {
    type: "remap",
    inputs: ["line.dropped"],
    file: file("fault.vrl"),
    drop_on_abort: true,
    drop_on_error: true,
  },
});

const lines = ["line", "fault"] as const;

/** Transforms before one sink, each named after it, and what the sink reads. */
function ownTransforms(name: string, sink: VectorSink): { transforms: Part; inputs: string[] } {
  const chosen = `families-${name}`;
  const timed = `time-${name}`;
  const inputs = sink.families === undefined ? [...lines] : [chosen];
  return {
    transforms: {
      ...(sink.families === undefined
        ? {}
        : {
            [chosen]: {
              type: "filter",
              inputs: lines,
              condition: `includes(${JSON.stringify(sink.families)}, .family)`,
            },
          }),
      ...(sink.kind === "http"
        ? { [timed]: { type: "remap", inputs, file: file(`${timed}.vrl`), drop_on_error: true } }
        : {}),
    },
    inputs: sink.kind === "http" ? [timed] : inputs,
  };
}

/** What stands for a secret in the config: Vector reads the file when it starts. */
const secretAt = (name: string): string => `SECRET[fleet.${name}]`;

/** Name of the file of a secret of a sink. */
export const secretFile = (sink: string, word: string): string => `${sink}.${word}`;

const bufferOf = ({ buffer }: Exclude<VectorSink, { kind: "console" }>): Part => ({
  type: "disk",
  max_size: parseQuantity(buffer.size),
  when_full: buffer.whenFull,
});

function elasticsearch(
  name: string,
  sink: Extract<VectorSink, { kind: "elasticsearch" }>,
  store: VectorStore | undefined,
): Part {
  const own = sink.url === undefined ? store : undefined;
  return {
    type: "elasticsearch",
    endpoints: [sink.url ?? store?.url],
    // Asking for it needs a right that a shipper has not.
    api_version: "v8",
    healthcheck: { enabled: false },
    mode: "bulk",
    bulk: { action: "create", index: dataStreamOf("{{ family }}") },
    // The family is one of ours, whatever a line says of itself.
    dangerously_allow_unconfined_template_resolution: true,
    // What it has no room for at the moment is sent again; the rest of a batch is not.
    request_retry_partial: true,
    compression: "gzip",
    auth: {
      strategy: "basic",
      user: sink.account?.username ?? storeUser,
      password: secretAt(secretFile(name, "password")),
    },
    ...(own === undefined
      ? {}
      : {
          tls: {
            ...(own.ownAuthorities
              ? { ca_file: `${vectorFolders.authorities}/${authoritiesFile}` }
              : {}),
            verify_hostname: own.verifyName,
          },
        }),
    buffer: bufferOf(sink),
  };
}

const http = (name: string, sink: Extract<VectorSink, { kind: "http" }>): Part => ({
  type: "http",
  uri: sink.url,
  method: "post",
  encoding: { codec: "json" },
  compression: "gzip",
  auth:
    sink.account === undefined
      ? { strategy: "bearer", token: secretAt(secretFile(name, "token")) }
      : {
          strategy: "basic",
          user: sink.account.username,
          password: secretAt(secretFile(name, "password")),
        },
  buffer: bufferOf(sink),
});

const s3 = (name: string, sink: Extract<VectorSink, { kind: "s3" }>): Part => ({
  type: "aws_s3",
  bucket: sink.bucket,
  region: sink.region,
  ...(sink.endpoint === undefined ? {} : { endpoint: sink.endpoint }),
  key_prefix: `${sink.prefix}{{ family }}/date=%F/`,
  filename_extension: "jsonl.gz",
  compression: "gzip",
  encoding: { codec: "json" },
  framing: { method: "newline_delimited" },
  auth: {
    access_key_id: secretAt(secretFile(name, "access-key")),
    secret_access_key: secretAt(secretFile(name, "secret-key")),
  },
  buffer: bufferOf(sink),
});

function sinkPart(name: string, sink: VectorSink, store: VectorStore | undefined): Part {
  switch (sink.kind) {
    case "elasticsearch":
      return elasticsearch(name, sink, store);
    case "http":
      return http(name, sink);
    case "s3":
      return s3(name, sink);
    case "console":
      return { type: "console", target: "stdout", encoding: { codec: "json" } };
  }
}

/** `vector.yaml`. It holds no secret. */
export function vectorFile({ config, families, store }: VectorSettings): string {
  const sinks = sinksOf(config);
  const before = sinks.map(([name, sink]) => ({ name, sink, ...ownTransforms(name, sink) }));
  return yamlText(
    {
      data_dir: vectorFolders.data,
      // The programs are compiled for events of which nothing is known beforehand.
      schema: { enabled: false },
      // Nobody watches the lines pass by: the interface for that asks for no password.
      api: { enabled: false },
      expire_metrics_per_metric_set: [kept],
      ...(sinks.every(([, { kind }]) => kind === "console")
        ? {}
        : { secret: { fleet: { type: "directory", path: vectorFolders.secrets } } }),
      sources: sources(families),
      transforms: Object.assign(
        {},
        lineTransforms(families),
        ...before.map(({ transforms }) => transforms),
      ) as Part,
      sinks: {
        metrics: {
          type: "prometheus_exporter",
          inputs: ["own"],
          address: `0.0.0.0:${vectorMetricsPort}`,
        },
        ...Object.fromEntries(
          before.map(({ name, sink, inputs }) => [
            `to-${name}`,
            { inputs, ...sinkPart(name, sink, store) },
          ]),
        ),
      },
    },
    // A secret is put in as a text is: within quotes, for which it was written.
    { quoted: true },
  );
}

/** Every file of the config: name → content. */
export function vectorFiles(settings: VectorSettings): Record<string, string> {
  const { config, families } = settings;
  return {
    "vector.yaml": vectorFile(settings),
    "whose.vrl": whose(families, config.source),
    ...linePrograms(families),
    "fault.vrl": fault,
    ...Object.fromEntries(
      sinksOf(config).flatMap(([name, sink]) =>
        sink.kind === "http" ? [[`time-${name}.vrl`, timeAs(sink.timeField)]] : [],
      ),
    ),
  };
}
