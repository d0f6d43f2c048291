/** Real brokers and a real ZooKeeper of 2017 on the files Fleet makes for them. */
import { hostname } from "node:os";

import {
  brokerConfig,
  brokerScript,
  topicList,
  topicsScript,
} from "../../components/data/kafka-files.ts";
import type { KafkaTopic } from "../../components/data/kafka.schema.ts";
import {
  commandLog4j,
  serverLog4j,
  zookeeperConfig,
} from "../../components/data/zookeeper-files.ts";
import { type Finished, freePorts, killGroup, type Running, until } from "./programs.ts";
import { ServersPlace } from "./store-servers.ts";

/** Name under which the pods' names are known. */
const service = "kafka-brokers.demo.svc";

const pods = [0, 1].map((number) => `kafka-${number}`);

/** Two brokers, each in a folder of its own. */
export class KafkaCluster {
  readonly place = new ServersPlace(["sed", "tail"]);
  readonly #ports: readonly number[];
  readonly #brokers = new Map<number, Running>();
  #zookeeper: Running | undefined;

  private constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  /** Writes the files of servers that have not run yet. */
  static async make(): Promise<KafkaCluster> {
    const cluster = new KafkaCluster(await freePorts(3));
    const { place } = cluster;
    for (const folder of ["home/bin", "zookeeper", "logs"]) {
      await place.makeFolder(folder);
    }
    place.write("hosts", hostsFile);
    place.write("server.log4j", serverLog4j);
    place.write("command.log4j", commandLog4j);
    place.write("broker.sh", brokerScript);
    place.write("topics.sh", topicsScript);
    cluster.#writePrograms();
    const zoo = zookeeperConfig({
      port: cluster.#port(2),
      data: place.at("zookeeper"),
      maxClientConnections: 600,
    });
    // Loopback only: the last word on a setting counts.
    place.write("zoo.cfg", `${zoo}clientPortAddress=127.0.0.1\n`);
    for (const number of pods.keys()) {
      const port = cluster.#port(number);
      const config = brokerConfig({
        port,
        data: place.at(`data-${number}`),
        zookeeper: cluster.zookeeper,
        brokers: pods.length,
      });
      place.write(
        `broker-${number}.properties`,
        `${config}listeners=PLAINTEXT://127.0.0.1:${port}\n`,
      );
    }
    return cluster;
  }

  /** The names that the image has for Kafka's own classes. */
  #writePrograms(): void {
    const java = this.place
      .java("-Xmx160m", `-Djdk.net.hosts.file=${this.place.at("hosts")}`)
      .map((word) => `'${word}'`)
      .join(" ");
    const programs: Readonly<Record<string, string>> = {
      "kafka-run-class.sh": `[ "$1" != -name ] || shift 2\nexec ${java} $KAFKA_LOG4J_OPTS "$@"`,
      ...Object.fromEntries(
        [
          ["kafka-topics.sh", "kafka.admin.TopicCommand"],
          ["kafka-configs.sh", "kafka.admin.ConfigCommand"],
          ["zookeeper-shell.sh", "org.apache.zookeeper.ZooKeeperMain -server"],
        ].map(([name = "", words = ""]) => [
          name,
          `exec "$(dirname "$0")/kafka-run-class.sh" ${words} "$@"`,
        ]),
      ),
    };
    for (const [name, text] of Object.entries(programs)) {
      this.place.program(`home/bin/${name}`, `#!/bin/sh\n${text}\n`);
    }
  }

  #port(index: number): number {
    return this.#ports[index] ?? 0;
  }

  /** `host:port` of ZooKeeper. */
  get zookeeper(): string {
    return `127.0.0.1:${this.#port(2)}`;
  }

  #env(log4j: string): Record<string, string> {
    return {
      KAFKA_HOME: this.place.at("home"),
      KAFKA_LOG4J_OPTS: `-Dlog4j.configuration=file:${this.place.at(log4j)}`,
    };
  }

  /** Runs one of Kafka's own classes to its end. */
  run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    const program = this.place.at("home/bin/kafka-run-class.sh");
    return this.place.run([program, ...words], { ...this.#env("command.log4j"), ...env });
  }

  /** Starts ZooKeeper. */
  async startZookeeper(): Promise<void> {
    const log4j = `-Dlog4j.configuration=file:${this.place.at("server.log4j")}`;
    const main = "org.apache.zookeeper.server.quorum.QuorumPeerMain";
    const running = this.place.start([...this.place.java(log4j), main, this.place.at("zoo.cfg")]);
    this.#zookeeper = running;
    await until("ZooKeeper serves", async () => {
      alive("ZooKeeper", running);
      return (await this.#askZookeeper("ruok")) === "imok";
    });
  }

  /** What ZooKeeper says to a word of four letters, as the probes say it. */
  async #askZookeeper(word: string): Promise<string> {
    const dial = `exec 3<>/dev/tcp/127.0.0.1/${this.#port(2)} && printf ${word} >&3 && cat <&3`;
    // One that has taken the call and does not answer is asked anew, as the kubelet does.
    return (await this.place.run(["timeout", "5", "bash", "-c", dial])).output.trim();
  }

  /** Starts a broker, as its pod's script does. */
  startBroker(number: number, change: Readonly<Record<string, string>> = {}): Running {
    return this.place.start(["sh", this.place.at("broker.sh")], {
      ...this.#env("server.log4j"),
      POD_NAME: pods[number] ?? "",
      CONFIG: this.place.at(`broker-${number}.properties`),
      BROKERS: service,
      PORT: `${this.#port(number)}`,
      ...change,
    });
  }

  /**
   * Starts a broker and waits until it serves. One that was killed is known to ZooKeeper for seconds yet: then it
   * leaves, and is started anew, as the kubelet does.
   */
  async serve(number: number): Promise<void> {
    let running = this.startBroker(number);
    await until(`broker ${number} serves`, () => {
      if (running.child.exitCode !== null && running.said().includes("already registered")) {
        running = this.startBroker(number);
      }
      this.#brokers.set(number, running);
      alive(`broker ${number}`, running);
      return running.said().includes(`[Kafka Server ${number}], started`);
    });
  }

  /** Takes a broker's power away. */
  async kill(number: number): Promise<void> {
    const running = this.#brokers.get(number);
    if (running !== undefined) {
      await killGroup(running.child);
    }
  }

  /** Asks a broker to stop, as Kubernetes does, and waits until it has. */
  async stop(number: number): Promise<string> {
    const running = this.#brokers.get(number);
    running?.child.kill("SIGTERM");
    return (await running?.done)?.output ?? "";
  }

  /** Runs the script of the topics. */
  topics(
    topics: Readonly<Record<string, KafkaTopic>>,
    change: Readonly<Record<string, string>> = {},
  ) {
    return this.place.run(["sh", this.place.at("topics.sh")], {
      ...this.#env("command.log4j"),
      ZOOKEEPER: this.zookeeper,
      BROKERS: `${pods.length}`,
      TOPICS: this.place.write("topics", topicList(topics, pods.length, 2 ** 30)),
      PATIENCE: "240",
      ...change,
    });
  }

  /** All topics as Kafka's own command describes them, a line for each and one for each of its partitions. */
  async describe(): Promise<string[]> {
    const words = ["--zookeeper", this.zookeeper, "--describe"];
    const { output } = await this.run(["kafka.admin.TopicCommand", ...words]);
    return output
      .trim()
      .split("\n")
      .map((line) => line.trim());
  }

  /** Moves a topic's partitions to brokers, as an operator does, and waits until they are there. */
  async move(topic: string, brokers: readonly (readonly number[])[]): Promise<void> {
    const partitions = brokers.map((replicas, partition) => ({ topic, partition, replicas }));
    const file = this.place.write("move.json", JSON.stringify({ version: 1, partitions }));
    const words = [
      ...["kafka.admin.ReassignPartitionsCommand", "--zookeeper", this.zookeeper],
      ...["--reassignment-json-file", file],
    ];
    const { output } = await this.run([...words, "--execute"]);
    await until(`the partitions are moved (${output})`, async () => {
      const told = (await this.run([...words, "--verify"])).output;
      return told.match(/completed successfully/g)?.length === brokers.length;
    });
  }

  /** Waits until both brokers have all of a topic's first partition, as ZooKeeper knows it. */
  async inStep(topic: string): Promise<void> {
    await until(`both brokers have all of ${topic}`, async () =>
      (await this.describe()).some(
        (line) => line.startsWith(`Topic: ${topic}\t`) && /Isr: (0,1|1,0)$/.test(line),
      ),
    );
  }

  get #addresses(): string {
    return pods.map((pod, number) => `${pod}.${service}:${this.#port(number)}`).join(",");
  }

  /** Sends messages, and waits until every copy in step has each of them. */
  async send(topic: string, messages: readonly string[]): Promise<Finished> {
    const file = this.place.write("messages", `${messages.join("\n")}\n`);
    const words = ["--broker-list", this.#addresses, "--topic", topic];
    const sure = ["--request-required-acks", "-1", "--sync", "--message-send-max-retries", "20"];
    const program = this.place.at("home/bin/kafka-run-class.sh");
    const command = `exec "$0" "$@" < '${file}'`;
    return this.place.run(
      ["sh", "-c", command, program, "kafka.tools.ConsoleProducer", ...words, ...sure],
      this.#env("command.log4j"),
    );
  }

  /** All messages of a topic, as many as there are said to be. */
  async read(topic: string, count: number): Promise<string[]> {
    const words = ["--zookeeper", this.zookeeper, "--topic", topic, "--from-beginning"];
    // It ends with the last of them. Before the first, ZooKeeper has to give up a broker that was killed.
    const end = ["--max-messages", `${count}`, "--timeout-ms", "240000"];
    const { output } = await this.run(["kafka.tools.ConsoleConsumer", ...words, ...end]);
    return output.split("\n").filter((line) => line.startsWith("message-"));
  }

  /** Ends everything. */
  async clear(): Promise<void> {
    await Promise.all([...this.#brokers.keys()].map((number) => this.kill(number)));
    if (this.#zookeeper !== undefined) {
      await killGroup(this.#zookeeper.child);
    }
    await this.place.clear();
  }
}

/** What the cluster's DNS would say, and nothing beside. */
const hostsFile = ["localhost", hostname(), ...pods.map((pod) => `${pod}.${service}`)]
  .map((name) => `127.0.0.1 ${name}\n`)
  .join("");

function alive(name: string, { child, said }: Running): void {
  if (child.exitCode !== null) {
    throw new Error(`${name} did not start:\n${said()}`);
  }
}
