import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import type { SecretStore } from "../../base/secret-store.ts";
import type { ApiRule, Mount, Probe, WorkloadArgs } from "../../workload/types.ts";
import type { Toleration } from "../../workload/workload.schema.ts";
import { makeWorkload } from "../../workload/workload.ts";
import { announces } from "../../base/announce.ts";
import type { LogStore } from "../elk/access.ts";
import type { LogFamilies } from "../logs/families.ts";
import { logException, logFolders, logMounts } from "../logs/node-logs.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import { isOwnStore, sinksOf, vectorMetricsPort } from "./shape.ts";
import type { VectorConfig, VectorSink } from "./vector.schema.ts";
import { authoritiesFile, secretFile, vectorFiles, vectorFolders } from "./vector-files.ts";

/** Inputs of a {@link LogShipper}. */
export interface LogShipperArgs extends Surroundings {
  readonly config: VectorConfig;
  readonly families: LogFamilies;
  /** The stack's own Elasticsearch, where it has one. */
  readonly store?: LogStore | undefined;
  /** From {@link sinkSecrets}. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** Of all taints that nodes have: see `tolerateAll`. */
  readonly tolerations: readonly Toleration[];
}

/**
 * A secret as Vector puts it into its config: between double quotes, as it stands. What would end
 * them is written as YAML has it.
 */
export const quotedSecret = (secret: string): string => JSON.stringify(secret).slice(1, -1);

/** Secrets of a sink: word → value. */
function secretsOf(
  sink: VectorSink,
  secrets: SecretStore,
  store: LogStore | undefined,
): Record<string, pulumi.Output<string>> {
  switch (sink.kind) {
    case "elasticsearch": {
      const password =
        sink.account === undefined ? store?.shipperPassword : secrets.value(sink.account.password);
      return password === undefined ? {} : { password };
    }
    case "http":
      return {
        ...(sink.token === undefined ? {} : { token: secrets.value(sink.token) }),
        ...(sink.account === undefined ? {} : { password: secrets.value(sink.account.password) }),
      };
    case "s3":
      return {
        "access-key": secrets.value(sink.accessKey),
        "secret-key": secrets.value(sink.secretKey),
      };
    case "console":
      return {};
  }
}

/** What the sinks show their services: name of a file → its content. */
export const sinkSecrets = (
  config: VectorConfig,
  secrets: SecretStore,
  store?: LogStore,
): Record<string, pulumi.Output<string>> =>
  Object.fromEntries(
    sinksOf(config).flatMap(([name, sink]) =>
      Object.entries(secretsOf(sink, secrets, store)).map(([word, value]) => [
        secretFile(name, word),
        value.apply(quotedSecret),
      ]),
    ),
  );

/** On the node: what was read is not read again, and what waits is sent, by a pod that follows one. */
const nodeFolder = "/var/lib/fleet-log-shipper";

/**
 * Reading its own metrics shows that it runs with all its parts. What its sinks do is not asked: a
 * service that does not answer would take the pods away that keep its lines.
 */
const runs: Probe["check"] = { kind: "http", path: "/metrics", port: "metrics" };

/** Which pods run on its node, what they are called, and what the node is called. */
const vectorRules: readonly ApiRule[] = [
  { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["list", "watch"] },
];

function mountsOf(hasSecrets: boolean, hasAuthorities: boolean): Mount[] {
  return [
    { volume: "config", path: vectorFolders.config },
    ...(hasSecrets ? [{ volume: "secrets", path: vectorFolders.secrets }] : []),
    ...(hasAuthorities ? [{ volume: "authorities", path: vectorFolders.authorities }] : []),
    { volume: "data", path: vectorFolders.data },
    ...logMounts,
  ];
}

/** The Workload of a LogShipper. Pure. */
export function logShipperWorkload(name: string, args: LogShipperArgs): WorkloadArgs {
  const { config, families, secrets } = args;
  const store = sinksOf(config).some(([, sink]) => isOwnStore(sink)) ? args.store : undefined;
  const authorities = store?.authorities;
  const settings =
    store === undefined
      ? undefined
      : {
          url: store.url,
          ownAuthorities: authorities !== undefined,
          verifyName: store.verifyName,
        };
  const hasSecrets = Object.keys(secrets).length > 0;
  return {
    kind: "DaemonSet",
    ...surrounded(name, args),
    container: {
      name,
      image: config.image,
      args: ["--config", `${vectorFolders.config}/vector.yaml`],
      fieldEnv: { VECTOR_SELF_NODE_NAME: "spec.nodeName" },
      ports: [{ name: "metrics", port: vectorMetricsPort }],
      probes: {
        readiness: { check: runs, periodSeconds: 10, timeoutSeconds: 5 },
        liveness: { check: runs, periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 },
      },
      resources: config.resources,
      mounts: mountsOf(hasSecrets, authorities !== undefined),
    },
    // One after the other would take as long as there are nodes.
    update: { maxUnavailable: "25%" },
    placement: {
      ...config.placement,
      tolerations: [...args.tolerations, ...(config.placement?.tolerations ?? [])],
    },
    security: { user: 0, exception: logException },
    files: [
      { name: "config", files: vectorFiles({ config, families, store: settings }) },
      ...(authorities === undefined
        ? []
        : [{ name: "authorities", files: { [authoritiesFile]: authorities } }]),
    ],
    secretFiles: hasSecrets ? [{ name: "secrets", files: secrets }] : [],
    hostPaths: [...logFolders, { name: "data", path: nodeFolder, type: "DirectoryOrCreate" }],
    clusterRules: vectorRules,
    podLabels: { "vector.dev/exclude": "true" },
    podAnnotations: announces(vectorMetricsPort),
    // Its own lines would be lines again.
    logs: { ship: false },
    // What it has read goes out or to the disk first.
    terminationGraceSeconds: 60,
  };
}

/** Vector on every node: reads the lines of pods, masks what is secret, and sends them to the sinks. */
export class LogShipper extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: LogShipperArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:LogShipper", name, { image: args.config.image }, opts);
    this.ready = makeWorkload(name, logShipperWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({});
  }
}
