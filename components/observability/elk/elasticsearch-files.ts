/** Elasticsearch's settings, and the scripts of its pods. Pure. */

import { yamlText } from "../../base/yaml.ts";
import type { BuiltinStore } from "./elk.schema.ts";
import { heapMebibytes } from "./heap.ts";
import { elasticsearchPort, elkNames, transportPort } from "./names.ts";

/** Where things lie in a pod. */
export const memberFolders = {
  home: "/usr/share/elasticsearch",
  /** Made anew at each start of a pod: the image's own, and what this stack says. */
  config: "/usr/share/elasticsearch/config",
  data: "/usr/share/elasticsearch/data",
  logs: "/usr/share/elasticsearch/logs",
  /** What the config is made of. */
  settings: "/etc/fleet/settings",
  certificates: "/etc/fleet/certificates",
  scripts: "/etc/fleet/scripts",
  /** The config's volume, while it is made. */
  prepared: "/prepared",
} as const;

/** Files of the members' certificates, in the folder of that name and in the config. */
export const certificateFiles = {
  authorities: "authorities.pem",
  certificate: "certificate.pem",
  key: "key.pem",
} as const;

const inConfig = (file: string): string => `certificates/${file}`;

/** Both ends show the one certificate; who signed it is looked at, and that is one authority. */
const tls = {
  enabled: true,
  certificate: inConfig(certificateFiles.certificate),
  key: inConfig(certificateFiles.key),
  certificate_authorities: [inConfig(certificateFiles.authorities)],
} as const;

const flat = (prefix: string, settings: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [`${prefix}.${key}`, value]));

/** Host names of the members, by which they find one another. */
const seedHosts = ({ members }: BuiltinStore, namespace: string): readonly string[] =>
  members === 1 ? [] : [`${elkNames.members}.${namespace}.svc`];

/** `elasticsearch.yml`, but for what only a founder's first start needs. */
export const elasticsearchFile = (config: BuiltinStore, namespace: string): string =>
  yamlText({
    "cluster.name": "fleet-logs",
    "node.name": "${POD_NAME}",
    "network.host": "0.0.0.0",
    "http.port": elasticsearchPort,
    "transport.port": transportPort,
    "path.data": memberFolders.data,
    "path.logs": memberFolders.logs,
    "discovery.seed_hosts": seedHosts(config, namespace),
    "node.store.allow_mmap": config.memoryMap === "node",
    "xpack.security.enabled": true,
    ...flat("xpack.security.transport.ssl", { ...tls, verification_mode: "certificate" }),
    ...flat("xpack.security.http.ssl", tls),
    // What it would call the internet for, or keep processes for, and logs never use.
    "xpack.ml.enabled": false,
    "ingest.geoip.downloader.enabled": false,
  });

/**
 * What is added to the settings of a founder whose disk is empty, and never again: a member that said
 * so later could found a second cluster beside the first. It names all, and takes a majority of them: one that has
 * lost its disk, and says it once more, founds nothing without the others, and they take it in.
 */
const foundingFile = ({ members }: BuiltinStore): string =>
  yamlText({
    "cluster.initial_master_nodes": Array.from(
      { length: members },
      (_, ordinal) => `${elkNames.elasticsearch}-${ordinal}`,
    ),
  });

/** Options of Java: the heap; nothing written beside the log, as dumps would fill the disk. */
export const javaOptions = ({ resources, heap }: BuiltinStore): string => {
  const mebibytes = heapMebibytes(resources.limits.memory ?? "0", heap);
  return [
    `-Xms${mebibytes}m`,
    `-Xmx${mebibytes}m`,
    "-Xlog:disable",
    "-Xlog:all=warning:stderr:utctime,level,tags",
    "-XX:-HeapDumpOnOutOfMemoryError",
    "",
  ].join("\n");
};

/** Files of which the config is made. */
export const settingsFiles = (
  config: BuiltinStore,
  namespace: string,
): Readonly<Record<string, string>> => ({
  "elasticsearch.yml": elasticsearchFile(config, namespace),
  "founding.yml": foundingFile(config),
  "fleet.options": javaOptions(config),
});

/**
 * Makes the config before each start: Elasticsearch reads keys only from its own folder there, and
 * writes its key store to it, while the image's file system is read-only.
 *
 * A member founds the cluster only while there are as many members as it was first made of: where there are others,
 * the cluster is there, and whoever has an empty disk joins it (elastic.co, Bootstrapping a cluster).
 *
 * Variables: POD_NAME, MEMBERS, FOUNDERS, and the folders IMAGE, SETTINGS, CERTIFICATES, PREPARED, DATA.
 */
export const prepareScript = `#!/bin/sh
set -eu
umask 077

cp -R "$IMAGE/." "$PREPARED/"
cp "$SETTINGS/elasticsearch.yml" "$PREPARED/elasticsearch.yml"
mkdir -p "$PREPARED/jvm.options.d" "$PREPARED/certificates"
cp "$SETTINGS/fleet.options" "$PREPARED/jvm.options.d/fleet.options"
cp "$CERTIFICATES"/*.pem "$PREPARED/certificates/"

if [ -d "$DATA/_state" ]; then
  echo "$POD_NAME has its disk of before"
elif [ "$MEMBERS" -eq "$FOUNDERS" ]; then
  echo "$POD_NAME has an empty disk and is a founder of the cluster"
  cat "$SETTINGS/founding.yml" >> "$PREPARED/elasticsearch.yml"
else
  echo "$POD_NAME has an empty disk and joins the cluster, which was made of $FOUNDERS and has $MEMBERS members now"
fi
`;

/** Variables of {@link prepareScript} that are no secret, no fact of the pod and no record. */
export const prepareVariables = (config: BuiltinStore): Readonly<Record<string, string>> => ({
  MEMBERS: `${config.members}`,
  IMAGE: memberFolders.config,
  SETTINGS: memberFolders.settings,
  CERTIFICATES: memberFolders.certificates,
  PREPARED: memberFolders.prepared,
  DATA: memberFolders.data,
});

/**
 * Whether a member may be called, and counts as updated. Once after each start it waits until every
 * line has its copies again, so that the next member is stopped only then; later it need only answer,
 * or one lost disk would take the whole store out of service.
 *
 * The password goes to curl by its standard input: arguments are read by whoever lists processes.
 *
 * Variables: ELASTIC_PASSWORD, HEALTH (green or yellow), AUTHORITIES, JOINED (a file), URL.
 */
export const readyScript = `#!/bin/sh
set -eu

ask() {
  printf 'user = "elastic:%s"\\n' "$ELASTIC_PASSWORD" |
    curl --silent --show-error --fail --max-time 8 --cacert "$AUTHORITIES" --config - "$URL$1" > /dev/null
}

if [ -e "$JOINED" ]; then
  ask /
else
  ask "/_cluster/health?wait_for_status=$HEALTH&timeout=5s"
  touch "$JOINED"
fi
`;

/** Variables of {@link readyScript} but the password. One member has nobody to hold copies. */
export const readyVariables = ({ members }: BuiltinStore): Readonly<Record<string, string>> => ({
  HEALTH: members === 1 ? "yellow" : "green",
  AUTHORITIES: `${memberFolders.config}/${inConfig(certificateFiles.authorities)}`,
  JOINED: "/tmp/joined",
  URL: `https://localhost:${elasticsearchPort}`,
});
