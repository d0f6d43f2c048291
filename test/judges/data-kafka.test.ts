/**
 * Proves on real brokers and a real ZooKeeper of the images' own releases (Kafka 0.10.2.0, ZooKeeper 3.4.11) that our
 * configuration and scripts do what they say, and that no message is lost by a restart. It proves nothing about the
 * images, the pods, their disks or the network: those are the preflight's and verify's.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { KafkaCluster } from "../data/kafka-cluster.ts";

let cluster: KafkaCluster;

const topics = { test: { partitions: 1 }, more: { partitions: 1 } };

beforeAll(async () => {
  cluster = await KafkaCluster.make();
  await cluster.startZookeeper();
});

afterAll(async () => {
  await cluster.clear();
});

const messages = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `message-${from + index}`);

const lineOf = (lines: readonly string[], start: string): string =>
  lines.find((line) => line.startsWith(start)) ?? "";

describe("Kafka's topics", () => {
  it("wait for the brokers, and say so when they do not come", async () => {
    const { code, output } = await cluster.topics(topics, { PATIENCE: "1" });
    expect(code).toBe(1);
    expect(output).toContain("not all of 2 brokers are there: not within 1 seconds");
  });

  it("are made when all brokers are there, with a copy on each", async () => {
    const made = cluster.topics(topics);
    await Promise.all([cluster.serve(0), cluster.serve(1)]);
    expect(await made).toMatchObject({ code: 0 });
  });

  it("stay as they are when the Job runs again, but for partitions that are added", async () => {
    const again = { ...topics, more: { partitions: 3, retentionHours: 1 } };
    expect(await cluster.topics(again)).toMatchObject({ code: 0 });
    const lines = await cluster.describe();
    const settings = "Configs:min.insync.replicas=1";
    expect(lineOf(lines, "Topic:test")).toContain(
      `PartitionCount:1\tReplicationFactor:2\t${settings}`,
    );
    // A broker that stood still for a while is taken for behind, until it has asked again.
    await cluster.inStep("test");
    expect(lineOf(lines, "Topic:more")).toMatch(
      /PartitionCount:3\tReplicationFactor:2\tConfigs:.*retention\.ms=3600000/,
    );
  });

  it("are never made smaller or moved in silence", async () => {
    const fewer = await cluster.topics({ more: { partitions: 2 } });
    expect(fewer.code).toBe(1);
    expect(fewer.output).toContain("topic more has 3 partitions: it cannot have fewer");
    const moved = await cluster.topics({ more: { partitions: 3, replication: 1 } });
    expect(moved.code).toBe(1);
    expect(moved.output).toContain("topic more has 2 copies, not 1: move them");
  });

  it("are told to stand on a broker that was taken away, until they are moved as the page says", async () => {
    const stranded = await cluster.topics(topics, { BROKERS: "1" });
    expect(stranded.code).toBe(1);
    expect(stranded.output).toContain(
      "topic test has copies on broker 1, which is no more: say brokers: 2 again and move them, then 1",
    );
    const one = { moved: { partitions: 2, replication: 1 } };
    expect(await cluster.topics({ moved: { partitions: 2 } })).toMatchObject({ code: 0 });
    await cluster.move("moved", [[0], [0]]);
    expect(await cluster.topics(one, { BROKERS: "1" })).toMatchObject({ code: 0 });
    await cluster.move("moved", [
      [0, 1],
      [1, 0],
    ]);
    expect(await cluster.topics({ moved: { partitions: 2 } })).toMatchObject({ code: 0 });
  });
});

describe("a broker", () => {
  it("hands its partitions over when it is asked to stop", async () => {
    expect(await cluster.send("test", messages(0, 200))).toMatchObject({ code: 0 });
    expect(await cluster.stop(0)).toContain("Controlled shutdown succeeded");
  });

  it("loses nothing when it restarts, or the power goes, whichever it takes", async () => {
    // The other one alone: it is a restart, not the end of the service.
    expect(await cluster.send("test", messages(200, 400))).toMatchObject({ code: 0 });
    await cluster.serve(0);
    await cluster.inStep("test");
    await cluster.kill(1);
    expect(await cluster.read("test", 400)).toEqual(messages(0, 400));
    await cluster.kill(0);
    await Promise.all([cluster.serve(0), cluster.serve(1)]);
    expect(await cluster.read("test", 400)).toEqual(messages(0, 400));
  });

  it("refuses the disk of another, and a pod without a number", async () => {
    await cluster.stop(0);
    const stranger = await cluster.startBroker(0, { POD_NAME: "kafka-7" }).done;
    expect(stranger.output).toMatch(/Configured broker\.?id 7 doesn't match stored broker\.?id 0/i);
    const nameless = await cluster.startBroker(0, { POD_NAME: "kafka-abc" }).done;
    expect(nameless).toMatchObject({ code: 1 });
    expect(nameless.output).toContain("the pod's name kafka-abc does not end with a number");
  });
});
