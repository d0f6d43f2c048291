import { describe, expect, it } from "vitest";

import { tcp } from "../../components/base/flows.ts";
import { kafkaFlows, zookeeperEnd } from "../../components/data/flows.ts";
import { parseQuantity } from "../../components/base/quantity.ts";
import {
  brokerConfig,
  brokerScript,
  partitionBytes,
  topicList,
} from "../../components/data/kafka-files.ts";
import { KafkaConfig } from "../../components/data/kafka.schema.ts";
import { Kafka } from "../../components/data/kafka.ts";
import { ZookeeperConfig } from "../../components/data/zookeeper.schema.ts";
import { Zookeeper } from "../../components/data/zookeeper.ts";
import { find } from "../harness.ts";
import {
  faultsOf,
  resourcesOf,
  statefulPod,
  surroundings,
  under,
  variables,
} from "./surroundings.ts";

const zookeeper = { host: "zookeeper.demo.svc", port: 2_181 };

const configOf = (change: Record<string, unknown> = {}) =>
  KafkaConfig.parse({ kind: "builtin", topics: { test: {} }, ...change });

const program = (change: Record<string, unknown> = {}) => {
  const config = configOf(change);
  const end = zookeeperEnd("zookeeper", ZookeeperConfig.parse({ kind: "builtin" }), "demo");
  const around = surroundings(kafkaFlows("kafka", config, "demo", end));
  const names = { service: "kafkasrv" };
  return under((opts) => new Kafka("kafka", { ...around, config, names, zookeeper }, opts));
};

const statefulSet = async (change: Record<string, unknown> = {}) =>
  find(await program(change), "kubernetes:apps/v1:StatefulSet", "kafka").inputs;

describe("Kafka", () => {
  it("makes exactly its children", async () => {
    expect(resourcesOf(await program())).toEqual([
      "apps/v1:StatefulSet kafka",
      "batch/v1:Job kafka-topics",
      "core/v1:ConfigMap kafka-config",
      "core/v1:ConfigMap kafka-scripts",
      "core/v1:ConfigMap kafka-topics-config",
      "core/v1:ConfigMap kafka-topics-scripts",
      "core/v1:PersistentVolumeClaimPatch data-kafka-0",
      "core/v1:PersistentVolumeClaimPatch data-kafka-1",
      "core/v1:Service kafka-brokers-service",
      "core/v1:Service kafkasrv-service",
      "core/v1:ServiceAccount kafka-account",
      "core/v1:ServiceAccount kafka-topics-account",
      "networking.k8s.io/v1:NetworkPolicy kafka-policy",
      "networking.k8s.io/v1:NetworkPolicy kafka-topics-policy",
      "policy/v1:PodDisruptionBudget kafka-budget",
    ]);
  });

  it("gives each broker a disk that outlives it and the StatefulSet", async () => {
    expect(await statefulSet()).toMatchObject({
      spec: {
        replicas: 2,
        serviceName: "kafka-brokers",
        volumeClaimTemplates: [{ metadata: { name: "data" } }],
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      },
    });
  });

  it("exchanges brokers one by one, each with time to hand over and to catch up", async () => {
    expect(await statefulSet()).toMatchObject({
      spec: {
        minReadySeconds: 30,
        template: { spec: { terminationGracePeriodSeconds: 180 } },
      },
    });
  });

  it("tells brokers by the names of their pods, which stay when the pods go", async () => {
    const pod = statefulPod(await program(), "kafka");
    expect(variables(pod)).toMatchObject({
      POD_NAME: { fieldRef: { fieldPath: "metadata.name" } },
      BROKERS: "kafka-brokers.demo.svc",
      KAFKA_HEAP_OPTS: "-Xms500m -Xmx500m",
    });
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true });
    expect(brokerScript).toContain('"broker.id=$number"');
  });

  it("finds brokers that are not ready yet: they find one another so", async () => {
    const services = await program();
    const service = (name: string) =>
      find(services, "kubernetes:core/v1:Service", `${name}-service`).inputs;
    expect(service("kafka-brokers")).toMatchObject({
      spec: { clusterIP: "None", publishNotReadyAddresses: true },
    });
    expect(service("kafkasrv")).toMatchObject({
      metadata: { name: "kafkasrv" },
      spec: { type: "ClusterIP", ports: [{ port: 9_092 }] },
    });
  });

  it("makes nothing for brokers elsewhere", async () => {
    const config = KafkaConfig.parse({ kind: "external", host: "kafka.example.org" });
    const made = await under(
      (opts) => new Kafka("kafka", { ...surroundings([]), config, zookeeper }, opts),
    );
    expect(resourcesOf(made)).toEqual([]);
    expect(made.result as Kafka).toMatchObject({ host: "kafka.example.org", port: 9_092 });
  });
});

describe("the brokers' file", () => {
  const lines = (brokers: number) =>
    brokerConfig({ port: 9_092, data: "/kafka/data", zookeeper: "zk:2181", brokers }).split("\n");

  it("loses nothing by a restart: who is behind never takes over, and nobody makes topics by chance", () => {
    expect(lines(2)).toEqual(
      expect.arrayContaining([
        "unclean.leader.election.enable=false",
        "controlled.shutdown.enable=true",
        "auto.create.topics.enable=false",
        "broker.id.generation.enable=false",
        "log.dirs=/kafka/data",
      ]),
    );
  });

  it("keeps the consumers' places on as many brokers as there are, three at most", () => {
    const copies = (brokers: number) =>
      lines(brokers).find((line) => line.startsWith("offsets.topic.replication.factor"));
    expect([1, 2, 5].map(copies)).toEqual(
      [1, 2, 3].map((count) => `offsets.topic.replication.factor=${count}`),
    );
    // With all of the copies asked for, one broker's restart would stop who writes.
    expect(lines(3)).toContain("min.insync.replicas=2");
    expect(lines(1)).toContain("min.insync.replicas=1");
  });

  it("says no number: that is the pod's", () => {
    expect(lines(2).filter((line) => line.startsWith("broker.id="))).toEqual([]);
  });
});

describe("topics", () => {
  it("have two copies where there are two brokers, and what they say themselves", () => {
    const config = configOf({
      brokers: 3,
      topics: { test: {}, events: { partitions: 4, replication: 3, retentionHours: 24 } },
    });
    expect(
      config.kind === "builtin" && topicList(config.topics, config.brokers, 5_000_000_000),
    ).toBe(
      "test 1 2 min.insync.replicas=1,retention.bytes=700000000,segment.bytes=100000000\n" +
        "events 4 3 min.insync.replicas=2,retention.ms=86400000,retention.bytes=700000000,segment.bytes=100000000\n",
    );
    expect(topicList({ test: { partitions: 1 } }, 1, 1_000_000_000)).toBe(
      "test 1 1 min.insync.replicas=1,retention.bytes=700000000,segment.bytes=100000000\n",
    );
  });

  it("leave room on every disk: a broker whose disk is full stops for good", () => {
    for (const size of ["100Mi", "1Gi", "10Gi", "500Gi"]) {
      for (const partitions of [1, 12]) {
        const topics = { test: { partitions }, other: { partitions: 2 } };
        const bytes = parseQuantity(size);
        const { kept, file } = partitionBytes(topics, bytes);
        expect((partitions + 2) * (kept + file)).toBeLessThan(bytes * 0.85);
        // Files of more than a gibibyte, the brokers' own measure, would only go later.
        expect(file).toBeLessThanOrEqual(2 ** 30);
      }
    }
  });

  it("are refused more copies than there are brokers, and more in step than there are copies", () => {
    const faults = (topic: Record<string, unknown>, brokers = 2) =>
      faultsOf(KafkaConfig, { kind: "builtin", brokers, topics: { test: topic } });
    expect(faults({ replication: 3 })).toEqual([
      "topics.test.replication: must be at most brokers (2): each copy lies on a broker of its own",
    ]);
    expect(faults({ minInsyncReplicas: 2 }, 1)).toEqual([
      "topics.test.minInsyncReplicas: must be at most replication (1): nobody could write",
    ]);
    expect(faults({ partitions: 0 })).toEqual(["topics.test.partitions: must be at least 1"]);
    expect(faultsOf(KafkaConfig, { kind: "builtin", topics: {} })).toEqual([
      "topics: must list at least one topic",
    ]);
  });

  it("have brokers with memory enough", () => {
    const resources = { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } };
    expect(faultsOf(KafkaConfig, { kind: "builtin", resources, topics: { test: {} } })).toEqual([
      "resources.limits.memory: must be at least 400Mi: half of it is the heap, and a broker needs 200",
    ]);
  });
});

describe("the flows of Kafka", () => {
  it("are those between brokers, to ZooKeeper, and of the Job that makes the topics", () => {
    const workload = (name: string) => ({ kind: "workload", name, namespace: "demo" }) as const;
    const end = { peer: workload("zookeeper"), port: 2_181 };
    expect(kafkaFlows("kafka", configOf(), "demo", end)).toEqual([
      { from: workload("kafka"), to: workload("kafka"), ports: [tcp(9_092)] },
      { from: workload("kafka-topics"), to: workload("kafka"), ports: [tcp(9_092)] },
      { from: workload("kafka"), to: workload("zookeeper"), ports: [tcp(2_181)] },
      { from: workload("kafka-topics"), to: workload("zookeeper"), ports: [tcp(2_181)] },
    ]);
    const outside = KafkaConfig.parse({ kind: "external", host: "kafka.example.org" });
    expect(kafkaFlows("kafka", outside, "demo", end)).toEqual([]);
  });
});

describe("ZooKeeper", () => {
  const made = (change: Record<string, unknown> = {}) =>
    under((opts) => {
      const config = ZookeeperConfig.parse({ kind: "builtin", ...change });
      return new Zookeeper("zookeeper", { ...surroundings([]), config }, opts);
    });

  it("makes exactly its children, the disk among them", async () => {
    expect(resourcesOf(await made())).toEqual([
      "apps/v1:StatefulSet zookeeper",
      "core/v1:ConfigMap zookeeper-config",
      "core/v1:PersistentVolumeClaim zookeeper-data",
      "core/v1:Service zookeeper-service",
      "core/v1:ServiceAccount zookeeper-account",
      "networking.k8s.io/v1:NetworkPolicy zookeeper-policy",
      "policy/v1:PodDisruptionBudget zookeeper-budget",
    ]);
  });

  it("takes as many connections as the original does, and cleans up after itself", async () => {
    const { inputs } = find(await made(), "kubernetes:core/v1:ConfigMap", "zookeeper-config");
    const text = JSON.stringify(inputs);
    expect(text).toContain("maxClientCnxns=600");
    expect(text).toContain("autopurge.purgeInterval=24");
    expect(text).toContain("dataDir=/data/zookeeper");
  });

  it("is no root, and its heap is half of its memory", async () => {
    const pod = statefulPod(await made(), "zookeeper");
    expect(pod.spec.securityContext).toMatchObject({ runAsUser: 1_000, runAsNonRoot: true });
    expect(variables(pod)).toEqual({ JVMFLAGS: "-Xms100m -Xmx100m" });
  });
});
