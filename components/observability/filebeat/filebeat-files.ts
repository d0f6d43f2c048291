/** Filebeat's own config and its arguments. Pure. */

import { yamlText } from "../../base/yaml.ts";
import type { LogEvent } from "../logs/event.ts";
import { dropped, logsAnnotation } from "../../base/annotations.ts";
import type { LogFamilies, LogFamily } from "../logs/families.ts";
import { containerLogs } from "../logs/node-logs.ts";
import { scriptFiles } from "./script.ts";

/** Where Filebeat finds things. */
export interface FilebeatFolders {
  /** Its config and script. */
  readonly config: string;
  /** The store's authorities. */
  readonly trust: string;
  /** The node's links to the containers' logs. */
  readonly logs: string;
  /** How far each file is read. */
  readonly data: string;
}

/** In the pod. */
export const filebeatFolders: FilebeatFolders = {
  config: "/etc/filebeat",
  trust: "/etc/filebeat-trust",
  logs: containerLogs,
  data: "/var/lib/filebeat",
};

/** Port on which it tells that it lives. */
export const filebeatPort = 5066;

/** File of the config, and of the store's authorities. */
export const filebeatFile = "filebeat.yml";
/** {@inheritDoc filebeatFile} */
export const authoritiesFile = "authorities.pem";

/** Name of the user in the store. */
export const filebeatUser = "filebeat";

/** Variable with that user's password, in quotes: see {@link passwordValue}. */
export const passwordVariable = "STORE_PASSWORD";

/**
 * The password as the variable holds it. Without quotes Filebeat would take one of digits alone for a
 * number, and write it with an exponent.
 */
export const passwordValue = (password: string): string => `"${password}"`;

/** What a Filebeat is told. */
export interface FilebeatSettings {
  readonly families: LogFamilies;
  readonly store: {
    readonly url: string;
    /** Whether its certificate bears the name in the URL. */
    readonly verifyName: boolean;
    /** Whether its authorities are given; where not, the public ones hold. */
    readonly authorities: boolean;
  };
  readonly folders?: FilebeatFolders;
}

const equals = (field: string, value: string): object => ({ equals: { [field]: value } });
const anyOf = (conditions: readonly object[]): object => ({ or: [...conditions] });

const nameOf = (name: string): object => {
  const field = "kubernetes.container.name";
  return name.endsWith("*")
    ? { regexp: { [field]: `^${name.slice(0, -1)}` } }
    : equals(field, name);
};

/** Which containers belong to a family. */
const belongs = ({ namespaces, containers }: LogFamily): object => ({
  and: [
    // Pods are told of beside their containers, and have no logs of their own.
    { has_fields: ["kubernetes.container.id"] },
    anyOf(namespaces.map((namespace) => equals("kubernetes.namespace", namespace))),
    ...(containers === undefined ? [] : [anyOf(containers.map(nameOf))]),
    { not: equals(`kubernetes.annotations.${logsAnnotation}`, dropped) },
  ],
});

/**
 * How long a file is held that is away: put away by the kubelet, or gone with its pod. By default none is,
 * and what was not yet read of it is lost, all of it while the store is away. Not for ever: it takes room on
 * the node's disk.
 */
const heldFor = "5m";

/** How a container of a family is read. `${data…}` is filled in for each. */
const input = (family: string, { logs }: FilebeatFolders): object => {
  const container = "${data.kubernetes.container.id}";
  return {
    type: "filestream",
    id: `lines-${container}`,
    paths: [`${logs}/*-${container}.log`],
    prospector: { scanner: { symlinks: true } },
    close: { on_state_change: { removed: false, inactive: heldFor } },
    // How far a file was read is then forgotten by its age, not with its name: only what is not read anew.
    clean_removed: false,
    ignore_older: "696h",
    clean_inactive: "720h",
    parsers: [{ container: { stream: "all", format: "auto" } }],
    // Longer ones are cut by the script; this is what one line may take of memory.
    message_max_bytes: 4 * 2 ** 20,
    fields_under_root: true,
    fields: {
      family,
      namespace: "${data.kubernetes.namespace}",
      pod: "${data.kubernetes.pod.name}",
    },
  };
};

const discovery = (settings: FilebeatSettings, folders: FilebeatFolders): object => ({
  type: "kubernetes",
  node: "${NODE_NAME}",
  scope: "node",
  cleanup_timeout: heldFor,
  // What it would look up beside the pods themselves.
  add_resource_metadata: {
    namespace: { enabled: false },
    node: { enabled: false },
    deployment: false,
    cronjob: false,
  },
  templates: Object.entries(settings.families).map(([name, family]) => ({
    condition: belongs(family),
    config: [input(name, folders)],
  })),
});

/** Every field that is stored; what else Filebeat adds is left out. */
const storedFields: readonly (keyof LogEvent)[] = [
  ...(["stream", "family", "namespace", "pod", "container", "workload", "node"] as const),
  ...(["line", "message", "fields", "length"] as const),
];

/** What is done to each line, once it is known where it is from. */
export const lineProcessors = ({ config }: Pick<FilebeatFolders, "config">): object[] => [
  {
    script: {
      lang: "javascript",
      tag: "line",
      files: scriptFiles.map((file) => `${config}/${file}`),
      timeout: "5s",
      max_cached_sessions: 2,
    },
  },
  // What the script failed at, or took too long for, is not stored as it stands: it was not masked.
  {
    if: { not: { has_fields: ["line"] } },
    then: [
      { drop_fields: { fields: ["message", "fields"], ignore_missing: true } },
      { add_fields: { target: "", fields: { line: "fault" } } },
    ],
  },
  { add_fields: { target: "", fields: { node: "${NODE_NAME}" } } },
  { include_fields: { fields: [...storedFields] } },
];

const output = ({ store }: FilebeatSettings, { trust }: FilebeatFolders): object => ({
  hosts: [store.url],
  username: filebeatUser,
  password: `\${${passwordVariable}}`,
  // A family's data stream, see `dataStreamOf`.
  index: "%{[family]}-logs",
  ssl: {
    verification_mode: store.verifyName ? "full" : "certificate",
    ...(store.authorities ? { certificate_authorities: [`${trust}/${authoritiesFile}`] } : {}),
  },
  compression_level: 1,
  bulk_max_size: 512,
});

/** `filebeat.yml`. */
export function filebeatConfig(settings: FilebeatSettings): string {
  const folders = settings.folders ?? filebeatFolders;
  return yamlText({
    filebeat: { autodiscover: { providers: [discovery(settings, folders)] } },
    processors: lineProcessors(folders),
    // What waits in memory while the store is away; behind it, what is not yet read waits in the files.
    queue: { mem: { events: 1024, flush: { min_events: 512, timeout: "1s" } } },
    output: { elasticsearch: output(settings, folders) },
    // Templates and policies are the set-up's: its user may not, and they are not Filebeat's own.
    setup: { template: { enabled: false }, ilm: { enabled: false } },
    http: { enabled: true, host: "0.0.0.0", port: filebeatPort },
    logging: { level: "info", metrics: { enabled: false } },
  });
}

/** Arguments of Filebeat. */
export const filebeatArguments = ({
  config,
  data,
}: FilebeatFolders = filebeatFolders): string[] => [
  "-e",
  ...["-c", `${config}/${filebeatFile}`],
  ...["--path.data", data],
];

/** Looks whether the store answers and takes the password; what it writes lies in a folder of its own. */
export const outputCheck = ({ config }: FilebeatFolders = filebeatFolders): string[] => [
  "filebeat",
  "test",
  "output",
  ...["-c", `${config}/${filebeatFile}`],
  ...["--path.data", "/tmp/check"],
];
