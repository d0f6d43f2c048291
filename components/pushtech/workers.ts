/** The workers: programs that nobody calls (facts/pushtech.md 3.2, 5). */
import { foreman } from "./start.ts";
import { kafkaTopic } from "./stores.ts";
import { cluster, type ClusterKey, login, type ProgramTraits, same, secret } from "./types.ts";

/** Names of the workers. */
export const workerNames = [
  "consumers-nodejs-event-counter",
  "consumers-nodejs-metadata-counter",
  "consumers-nodejs-search-counter",
  "consumers-nodejs-stats-consumer",
  "consumers-ruby-worker",
  "offerserver-worker",
] as const;
/** {@inheritDoc workerNames} */
export type PushtechWorker = (typeof workerNames)[number];

/** One of the four that count events into a Redis. */
const counter = (consumer: string, redis: ClusterKey): ProgramTraits => ({
  image: "consumers.nodejs",
  runtime: "node",
  replicas: 1,
  single: "the topic has one partition, of which a group's second consumer gets nothing",
  strategy: "Recreate",
  resources: {
    requests: { cpu: "10m", memory: "25Mi" },
    limits: { cpu: "30m", memory: "50Mi" },
  },
  stores: ["zookeeper", "kafkasrv", "consumers-nodejs-redis"],
  after: [],
  calls: [],
  env: {
    CONSUMER_NAME: same(consumer),
    REDIS_CONSUMER: cluster(redis),
    ZOOKEEPER_HOST: cluster("ZOOKEEPER_HOST"),
  },
});

const worker = foreman("worker");

const shared = {
  IMAGE_HOST: cluster("IMAGE_HOST"),
  ...login("IMAGE_API", "IMAGESERVER_API_USER", "IMAGESERVER_API_PASSWORD"),
  PUSHTECH_API_HOST: cluster("PUSHTECH_API_HOST"),
  ...login("PUSHTECH_API", "PUSHTECH_API_USER", "PUSHTECH_API_PASSWORD"),
  RACK_ENV: same("production"),
  TRACKER_HOST: cluster("TRACKER_HOST"),
};

/** The table. */
export const workers: Readonly<Record<PushtechWorker, ProgramTraits>> = {
  "consumers-nodejs-event-counter": counter("event_counter", "EVENT_COUNTER_REDIS_URL"),
  "consumers-nodejs-metadata-counter": counter("metadata_counter", "METADATA_COUNTER_REDIS_URL"),
  "consumers-nodejs-search-counter": counter("search_counter", "SEARCH_COUNTER_REDIS_URL"),
  "consumers-nodejs-stats-consumer": counter("stats_collector", "STATS_CONSUMER_REDIS_URL"),
  "consumers-ruby-worker": {
    image: "consumers.ruby",
    runtime: "ruby",
    command: worker,
    replicas: 1,
    single: "each process deletes every queue when it starts, its neighbours' too",
    strategy: "Recreate",
    resources: {
      requests: { cpu: "500m", memory: "200Mi" },
      limits: { cpu: "550m", memory: "300Mi" },
    },
    stores: ["consumers-ruby-redis", "zookeeper", "kafkasrv"],
    after: ["storage", "tracker", "imageserver"],
    calls: ["storage", "tracker", "imageserver"],
    internet: true,
    env: {
      ...shared,
      KAFKA_TOPIC: same(kafkaTopic),
      LIBRATO_TOKEN: secret("LIBRATO_TOKEN"),
      LIBRATO_USER: secret("LIBRATO_USER"),
      REDISTOGO_URL: cluster("CONSUMERS_RUBY_REDIS_URL"),
      REDIS_POOL_SIZE: same("25"),
      SENDBIRD_API_TOKEN: secret("SENDBIRD_API_TOKEN"),
      ZOOKEEPER_HOST: cluster("ZOOKEEPER_HOST"),
    },
  },
  "offerserver-worker": {
    image: "offerserver",
    runtime: "ruby",
    command: worker,
    replicas: 1,
    single: "nobody knows whether two would import each offer twice",
    strategy: "Recreate",
    resources: {
      requests: { cpu: "1200m", memory: "1500Mi" },
      limits: { cpu: "1200m", memory: "1500Mi" },
    },
    stores: ["offerserver-redis"],
    after: ["storage", "tracker", "imageserver"],
    calls: ["storage", "tracker", "imageserver"],
    internet: true,
    env: {
      ...shared,
      REDISTOGO_URL: cluster("OFFERSERVER_REDIS_URL"),
      REDIS_POOL_SIZE: same("20"),
    },
  },
};
