/**
 * The tracker's pod: the tracker takes events and puts them on a list in a Redis beside it, the kafkastore takes them
 * off and sends them to Kafka (facts/pushtech.md 3.1, 10). Pure.
 *
 * The list is in memory and goes with the pod. So a pod that goes is emptied first: the tracker stops taking events
 * once nobody is sent to it any more, the Redis stays until the list is empty and what was last taken off it is sent,
 * the kafkastore stays as long as the Redis does.
 */
import type { Container } from "../workload/types.ts";
import type { ProbedPorts } from "./probes.ts";
import { eventRedisProbes, kafkastoreProbes } from "./probes.ts";
import type { TrackerConfig } from "./services.schema.ts";
import { goodbyeSeconds } from "./start.ts";

/** The kafkastore sends what it has taken within 2.5 s (gorenje/backend, src/kafkastore/kafkastore.js). */
const sendSeconds = 5;

/** The Redis holds nothing but the list: without a key there is no event. */
export const drainScript = `sleep "\${1:-${goodbyeSeconds + 3}}"
empty=0
while [ "$empty" -lt 2 ]; do
  if redis-cli info keyspace | grep -q '^db'; then empty=0; else empty=$((empty + 1)); fi
  sleep 1
done
sleep "\${2:-${sendSeconds}}"
`;

/** Stays while the Redis takes connections. */
export const kafkastorePreStop: readonly string[] = [
  "bash",
  "-c",
  "while (: < /dev/tcp/127.0.0.1/6379) 2>/dev/null; do sleep 1; done",
];

/** Nothing is written to a disk; where memory runs out new events are refused, and those on the list stay. */
export const eventRedisArguments = (memoryBytes: number): string[] => [
  "redis-server",
  "--bind",
  "127.0.0.1",
  "--save",
  "",
  "--appendonly",
  "no",
  "--maxmemory",
  `${Math.floor((memoryBytes * 3) / 5)}`,
  "--maxmemory-policy",
  "noeviction",
];

/** Container of the kafkastore, without its variables. */
export const kafkastoreContainer = (
  image: Pick<Container, "image" | "digest">,
  { kafkastore }: TrackerConfig,
  ports: ProbedPorts,
): Container => ({
  name: "kafkastore",
  ...image,
  probes: kafkastoreProbes(ports),
  resources: kafkastore.resources,
  preStop: kafkastorePreStop,
});

/** Container of the list. */
export const eventRedisContainer = ({ redis }: TrackerConfig, memoryBytes: number): Container => ({
  name: "redis-tracker",
  image: redis.image,
  command: eventRedisArguments(memoryBytes),
  probes: eventRedisProbes,
  resources: redis.resources,
  preStop: ["sh", "-c", drainScript],
});
