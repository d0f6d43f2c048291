/** Kafka brokers that keep their membership in ZooKeeper: in the cluster, or somewhere else. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { parseQuantity } from "../base/quantity.ts";
import { memoryOf } from "../workload/memory.ts";
import { Placement, Resources } from "../workload/workload.schema.ts";
import { outsideStore } from "./outside.schema.ts";
import { kafkaPort } from "./ports.ts";
import { Disk } from "./storage.schema.ts";

/** Name of a topic. */
const TopicName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,200}$/, "must be the name of a topic, e.g. test");

const copiesShape = "must be a whole number of copies, e.g. 2";

/** A topic. It is made before anybody uses it; nobody makes one by naming it. */
export const KafkaTopic = z
  .strictObject({
    /** Consumers of a group at work at once, at most. Can be raised, never lowered. */
    partitions: z
      .int("must be a whole number of partitions, e.g. 1")
      .min(1, "must be at least 1")
      .max(1_000, "must be at most 1000")
      .default(1),
    /** Brokers that hold each message. Default: two, or one where there is one broker. */
    replication: z.int(copiesShape).min(1, "must be at least 1").max(10).optional(),
    /**
     * Copies without which a producer that asks for all of them is refused. Default: all but one, so that a
     * broker may restart.
     */
    minInsyncReplicas: z.int(copiesShape).min(1, "must be at least 1").max(10).optional(),
    /** How long messages stay, where the disk has room for so long: before it is full, the oldest go. Default: a week. */
    retentionHours: z
      .int("must be whole hours, e.g. 168")
      .min(1, "must be at least 1")
      .max(100_000)
      .optional(),
  })
  .prefault({});
/** {@inheritDoc KafkaTopic} */
export type KafkaTopic = z.infer<typeof KafkaTopic>;

/** A topic's numbers, none left open. */
export interface TopicNumbers {
  readonly partitions: number;
  readonly replication: number;
  readonly minInsyncReplicas: number;
}

/** What a topic's numbers are, its defaults worked out. Pure. */
export function topicNumbers(topic: KafkaTopic, brokers: number): TopicNumbers {
  const replication = topic.replication ?? Math.min(2, brokers);
  const minInsyncReplicas = topic.minInsyncReplicas ?? Math.max(1, replication - 1);
  return { partitions: topic.partitions, replication, minInsyncReplicas };
}

const leastMemory = 400 * 2 ** 20;

/** Pods with numbers and disks of their own. */
export const BuiltinKafka = z
  .strictObject({
    kind: z.literal("builtin"),
    /** An image whose PATH has Kafka's own scripts, of a release that registers in ZooKeeper. */
    image: ImageReference.default("docker.io/wurstmeister/kafka:0.10.2.0"),
    /** Brokers. Taking some away strands the copies on their disks: move them first. */
    brokers: z
      .int("must be a whole number of brokers, e.g. 2")
      .min(1, "must be at least 1")
      .max(9, "must be at most 9")
      .default(2),
    /** Disk of each broker. */
    storage: Disk.prefault({}),
    /** Of the memory limit half is the heap; the rest is for what the brokers map of their files. */
    resources: Resources.default({
      requests: { cpu: "400m", memory: "700Mi" },
      limits: { memory: "1000Mi" },
    }),
    placement: Placement.optional(),
    topics: z
      .record(TopicName, KafkaTopic)
      .refine((topics) => Object.keys(topics).length > 0, "must list at least one topic"),
  })
  .superRefine(({ brokers, topics, resources }, context) => {
    if (parseQuantity(memoryOf(resources)) < leastMemory) {
      context.addIssue({
        code: "custom",
        path: ["resources", "limits", "memory"],
        message: "must be at least 400Mi: half of it is the heap, and a broker needs 200",
      });
    }
    for (const [name, topic] of Object.entries(topics)) {
      const { replication, minInsyncReplicas } = topicNumbers(topic, brokers);
      const fault = (field: string, message: string): void => {
        context.addIssue({ code: "custom", path: ["topics", name, field], message });
      };
      if (replication > brokers) {
        fault(
          "replication",
          `must be at most brokers (${brokers}): each copy lies on a broker of its own`,
        );
      } else if (minInsyncReplicas > replication) {
        fault(
          "minInsyncReplicas",
          `must be at most replication (${replication}): nobody could write`,
        );
      }
    }
  });
/** {@inheritDoc BuiltinKafka} */
export type BuiltinKafka = z.infer<typeof BuiltinKafka>;

/** Brokers that are run by somebody else. Making the topics is their operator's affair. */
export const ExternalKafka = z.strictObject({
  ...outsideStore(kafkaPort),
});
/** {@inheritDoc ExternalKafka} */
export type ExternalKafka = z.infer<typeof ExternalKafka>;

/** Where Kafka is. */
export const KafkaConfig = z.discriminatedUnion("kind", [BuiltinKafka, ExternalKafka], {
  error: "must say kind: builtin or external",
});
/** {@inheritDoc KafkaConfig} */
export type KafkaConfig = z.infer<typeof KafkaConfig>;

/** What the Job of the topics asks for: three Java programs, one after the other. */
export const topicsResources = {
  requests: { cpu: "100m", memory: "128Mi" },
  limits: { memory: "256Mi" },
} as const;
