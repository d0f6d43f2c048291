import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { memoryOf } from "../workload/memory.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { topicsName } from "./flows.ts";
import { brokerConfig, brokerScript, topicList, topicsScript } from "./kafka-files.ts";
import { type BuiltinKafka, type KafkaConfig, topicsResources } from "./kafka.schema.ts";
import { kafkaPort } from "./ports.ts";
import { diskBytes } from "./storage.ts";
import { storeHost, type StoreNames, storeWorkload } from "./store.ts";
import { type StoreSurroundings, storeSurrounded } from "./surroundings.ts";
import { commandLog4j, javaHeap, serverLog4j } from "./zookeeper-files.ts";

/** The image's own user is root, which a broker has no use for: any other reads its programs. */
const kafkaUser = 1_000;

/** What {@link Kafka} is given. */
export interface KafkaArgs extends StoreSurroundings {
  readonly config: KafkaConfig;
  readonly names?: StoreNames | undefined;
  /** Where ZooKeeper is. */
  readonly zookeeper: { readonly host: string; readonly port: number };
}

/**
 * Kafka's brokers and their topics.
 *
 * `builtin` is a StatefulSet, whose pods keep number and disk over every restart, and a Job that makes the topics when
 * all brokers are there. Wait for its `ready`: it is done when the topics are there. `external` makes nothing.
 *
 * There are no backups: each message lies on as many brokers as the topic says.
 */
export class Kafka extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Host name or address to dial first; the brokers then tell their own names. */
  readonly host: string;
  /** Port to dial. */
  readonly port: number;

  /** @param name Of the pods' controller and, by default, the Service that stands for all brokers. */
  constructor(name: string, args: KafkaArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config, namespaceName } = args;
    super("fleet:data:Kafka", name, { kind: config.kind }, opts);
    if (config.kind === "external") {
      this.host = config.host;
      this.port = config.port;
      this.ready = [];
    } else {
      this.host = storeHost(name, namespaceName, args.names);
      this.port = kafkaPort;
      const brokers = makeWorkload(name, brokersArgs(name, args, config), { parent: this });
      const topics = makeWorkload(topicsName(name), topicsArgs(name, args, config), {
        parent: this,
        dependsOn: brokers.ready,
      });
      this.ready = topics.ready;
    }
    this.registerOutputs({ host: this.host, port: this.port });
  }
}

/** Name of the Service by which each pod has a name of its own. */
const brokersName = (name: string): string => `${name}-brokers`;

const listens = { kind: "tcp", port: "kafka" } as const;

/** A broker that starts after a crash reads its messages again first. */
const brokerProbes = {
  startup: { check: listens, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 180 },
  readiness: { check: listens, periodSeconds: 10, timeoutSeconds: 5 },
  liveness: { check: listens, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
} as const;

/** What Kafka's programs need of the pod: a heap, and no file to log to. */
const javaEnv = (heap: number) => ({
  KAFKA_HEAP_OPTS: `-Xms${heap}m -Xmx${heap}m`,
  KAFKA_LOG4J_OPTS: "-Dlog4j.configuration=file:/etc/kafka/log4j.properties",
  LOG_DIR: "/tmp",
});

/** The brokers' pods. */
function brokersArgs(name: string, args: KafkaArgs, config: BuiltinKafka): WorkloadArgs {
  const { image, resources, brokers } = config;
  const { host, port } = args.zookeeper;
  const properties = brokerConfig({
    port: kafkaPort,
    // Below the mount: a broker takes every folder of it for one of its own, lost+found, too.
    data: "/kafka/data",
    zookeeper: `${host}:${port}`,
    brokers,
  });
  const files = { "server.properties": properties, "log4j.properties": serverLog4j };
  return storeWorkload(name, args, config, {
    container: {
      name,
      image,
      command: ["sh", "/etc/fleet/scripts/broker.sh"],
      fieldEnv: { POD_NAME: "metadata.name" },
      env: {
        CONFIG: "/etc/kafka/server.properties",
        BROKERS: `${brokersName(name)}.${args.namespaceName}.svc`,
        PORT: `${kafkaPort}`,
        ...javaEnv(javaHeap(memoryOf(resources))),
      },
      ports: [{ name: "kafka", port: kafkaPort }],
      probes: brokerProbes,
      resources,
      mounts: [
        { volume: "config", path: "/etc/kafka" },
        { volume: "scripts", path: "/etc/fleet/scripts" },
        { volume: "data", path: "/kafka" },
        { volume: "tmp", path: "/tmp" },
      ],
    },
    ports: ["kafka"],
    members: brokers,
    // Brokers ask one another before they are ready.
    services: [
      {
        name: brokersName(name),
        type: "Headless",
        ports: [{ name: "kafka" }],
        publishNotReady: true,
      },
    ],
    security: { user: kafkaUser },
    files: [
      { name: "config", files },
      { name: "scripts", files: { "broker.sh": brokerScript }, executable: true },
    ],
    scratch: [{ name: "tmp" }],
    // The next broker goes when this one has caught up with what it missed.
    update: { minReadySeconds: 30 },
    // It hands its partitions over before it goes.
    terminationGraceSeconds: 180,
  });
}

/** The Job that makes the topics. */
function topicsArgs(name: string, args: KafkaArgs, config: BuiltinKafka): WorkloadArgs {
  const { image, brokers, topics, storage } = config;
  const list = topicList(topics, brokers, diskBytes(storage));
  return {
    kind: "Job",
    ...storeSurrounded(topicsName(name), args),
    security: { user: kafkaUser },
    files: [
      {
        name: "config",
        files: { topics: list, "log4j.properties": commandLog4j },
      },
      { name: "scripts", files: { "run.sh": topicsScript }, executable: true },
    ],
    scratch: [{ name: "tmp" }],
    container: {
      name: topicsName(name),
      image,
      command: ["sh", "/etc/fleet/scripts/run.sh"],
      env: {
        ZOOKEEPER: `${args.zookeeper.host}:${args.zookeeper.port}`,
        BROKERS: `${brokers}`,
        TOPICS: "/etc/kafka/topics",
        PATIENCE: "600",
        ...javaEnv(64),
      },
      resources: topicsResources,
      mounts: [
        { volume: "config", path: "/etc/kafka" },
        { volume: "scripts", path: "/etc/fleet/scripts" },
        { volume: "tmp", path: "/tmp" },
      ],
    },
    job: { backoffLimit: 3 },
  };
}
