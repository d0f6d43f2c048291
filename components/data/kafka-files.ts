/** Configuration of the built-in Kafka, and the scripts of its pods. Pure. */
import { type KafkaTopic, topicNumbers } from "./kafka.schema.ts";
import { preamble } from "./shell.ts";

/** What the brokers' file is made from. */
export interface BrokerSettings {
  readonly port: number;
  /** Folder of the messages. */
  readonly data: string;
  /** `host:port`. */
  readonly zookeeper: string;
  readonly brokers: number;
}

/**
 * `server.properties` of all brokers: what differs between them is said when they start. What it does not say stays at
 * the broker's default.
 *
 * No message that a producer was told of is lost by a restart, however it comes: a copy that is behind never takes
 * over, brokers hand their partitions over before they stop, and a message lies on every copy that is in step before
 * a producer that asks for it is answered.
 */
export function brokerConfig({ port, data, zookeeper, brokers }: BrokerSettings): string {
  const copies = Math.min(brokers, 3);
  const settings: Readonly<Record<string, string>> = {
    listeners: `PLAINTEXT://:${port}`,
    "log.dirs": data,
    "zookeeper.connect": zookeeper,
    "zookeeper.connection.timeout.ms": "60000",
    // A disk of another broker is refused, and a broker without a number is none.
    "broker.id.generation.enable": "false",
    "auto.create.topics.enable": "false",
    "unclean.leader.election.enable": "false",
    "controlled.shutdown.enable": "true",
    "default.replication.factor": `${copies}`,
    // Of what topics do not say themselves: where consumers are, above all.
    "min.insync.replicas": `${Math.max(1, copies - 1)}`,
    "offsets.topic.replication.factor": `${copies}`,
    // Fifty partitions of it are meant for hundreds of consumers, and each is two files that are mapped.
    "offsets.topic.num.partitions": "10",
    // By itself it takes 128 MiB of the heap, for millions of keys.
    "log.cleaner.dedupe.buffer.size": `${16 * 2 ** 20}`,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** Kafka's own programs: the image says where they are, its PATH does not always. */
const programs = `bin="\${KAFKA_HOME:-/opt/kafka}/bin"
`;

/**
 * Shell script that becomes a broker. Its number is that of its pod, so that it comes back as itself, to its own disk;
 * it tells others the name of the pod, which stays, too.
 *
 * Variables: POD_NAME, CONFIG (the file), BROKERS (name under which the pods' own names are known), PORT.
 */
export const brokerScript = `${preamble}${programs}
number=\${POD_NAME##*-}
case "$number" in '' | *[!0-9]*) fail "the pod's name $POD_NAME does not end with a number" ;; esac
exec "$bin/kafka-run-class.sh" -name kafkaServer kafka.Kafka "$CONFIG" \\
  --override "broker.id=$number" \\
  --override "advertised.listeners=PLAINTEXT://$POD_NAME.$BROKERS:$PORT"
`;

/**
 * Bytes of a partition on a disk, and of each of its files: of its share of the disk seven tenths, and one tenth.
 *
 * A broker whose disk is full stops, and cannot start again on it to delete anything. It deletes whole files alone, and
 * looks every five minutes: the rest is for the file that it writes, and for what comes meanwhile. Each disk is counted
 * as if it had a copy of every partition.
 */
export function partitionBytes(
  topics: Readonly<Record<string, KafkaTopic>>,
  diskBytes: number,
): { readonly kept: number; readonly file: number } {
  const partitions = Object.values(topics).reduce((sum, topic) => sum + topic.partitions, 0);
  const share = diskBytes / partitions;
  const file = Math.min(2 ** 30, Math.max(2 ** 20, Math.floor(share / 10)));
  return { kept: Math.floor((share * 7) / 10), file };
}

/** What the script of the topics reads: name, partitions, copies and settings, a topic a line. */
export function topicList(
  topics: Readonly<Record<string, KafkaTopic>>,
  brokers: number,
  diskBytes: number,
): string {
  const { kept, file } = partitionBytes(topics, diskBytes);
  return Object.entries(topics)
    .map(([name, topic]) => {
      const { partitions, replication, minInsyncReplicas } = topicNumbers(topic, brokers);
      const { retentionHours } = topic;
      const settings = [
        `min.insync.replicas=${minInsyncReplicas}`,
        ...(retentionHours === undefined ? [] : [`retention.ms=${retentionHours * 3_600_000}`]),
        `retention.bytes=${kept}`,
        `segment.bytes=${file}`,
      ];
      return `${name} ${partitions} ${replication} ${settings.join(",")}\n`;
    })
    .join("");
}

/**
 * Shell script that makes topics where they are missing and gives them their numbers. Run again, it changes nothing.
 * What would lose messages it refuses: fewer partitions, or other copies, which only an operator can move. Copies on a
 * broker that was taken away it tells: Kafka waits for that one for ever, and goes on with those that are left, if any.
 *
 * Variables: ZOOKEEPER (`host:port`), BROKERS (how many there must be), TOPICS (the file), PATIENCE (seconds).
 */
export const topicsScript = `${preamble}${programs}
there() {
  "$bin/zookeeper-shell.sh" "$ZOOKEEPER" ls /brokers/ids 2> /dev/null |
    sed -n 's/^\\[\\(.*\\)\\]$/\\1/p' | tail -n 1 | tr ',' '\\n' | grep -c '[0-9]'
}
started=$(date +%s)
until [ "$(there)" -ge "$BROKERS" ]; do
  [ $(($(date +%s) - started)) -lt "$PATIENCE" ] || fail "not all of $BROKERS brokers are there: not within $PATIENCE seconds"
  sleep 3
done

topics() { "$bin/kafka-topics.sh" --zookeeper "$ZOOKEEPER" "$@"; }
number() { printf '%s\\n' "$is" | sed -n "s/.*$1: *\\([0-9][0-9]*\\).*/\\1/p" | head -n 1; }

while read -r name partitions copies settings; do
  told=$(topics --describe --topic "$name" < /dev/null) || fail "topic $name: ZooKeeper does not tell"
  is=$(printf '%s\\n' "$told" | sed -n '/^Topic:/p')
  if [ -z "$is" ]; then
    # Each setting is an option of its own here, of words without blanks.
    options=$(printf '%s\\n' "$settings" | tr ',' '\\n' | sed 's/^/--config /' | tr '\\n' ' ')
    topics --create --topic "$name" --partitions "$partitions" --replication-factor "$copies" $options < /dev/null ||
      fail "topic $name could not be made"
  else
    last=$(printf '%s\\n' "$told" | sed -n 's/.*Replicas: *\\([0-9,]*\\).*/\\1/p' | tr ',' '\\n' | sort -n | tail -n 1)
    [ "$last" -lt "$BROKERS" ] ||
      fail "topic $name has copies on broker $last, which is no more: say brokers: $((last + 1)) again and move them, then $BROKERS"
    has=$(number PartitionCount)
    [ "$has" -le "$partitions" ] || fail "topic $name has $has partitions: it cannot have fewer, so say partitions: $has"
    [ "$(number ReplicationFactor)" = "$copies" ] ||
      fail "topic $name has $(number ReplicationFactor) copies, not $copies: move them with kafka-reassign-partitions.sh first"
    [ "$has" = "$partitions" ] ||
      topics --alter --topic "$name" --partitions "$partitions" < /dev/null || fail "topic $name could not get more partitions"
    "$bin/kafka-configs.sh" --zookeeper "$ZOOKEEPER" --alter --entity-type topics --entity-name "$name" \\
      --add-config "$settings" < /dev/null || fail "topic $name could not be set up"
  fi
  say "topic $name: $partitions partitions, $copies copies, $settings"
done < "$TOPICS"
`;
