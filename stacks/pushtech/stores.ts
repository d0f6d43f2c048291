/** The stores of a PushTech stack, and how its programs reach them. */
import type * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../components/base/ready.ts";
import { Kafka } from "../../components/data/kafka.ts";
import { Mongo } from "../../components/data/mongo.ts";
import { MongoIndexes } from "../../components/data/mongo-indexes.ts";
import { Postgres } from "../../components/data/postgres.ts";
import { Redis } from "../../components/data/redis.ts";
import { SharedFiles } from "../../components/data/shared-files.ts";
import { Zookeeper } from "../../components/data/zookeeper.ts";
import { placeIndexes } from "../../components/pushtech/indexes.ts";
import { programUser } from "../../components/pushtech/program.ts";
import { imageFolder } from "../../components/pushtech/servers.ts";
import type { DatabaseAddress, StoreAddresses } from "../../components/pushtech/settings.ts";
import { type StoreName, stores } from "../../components/pushtech/stores.ts";
import type { Foundation } from "./foundation.ts";
import type { PushtechStack } from "./schema.ts";
import {
  imageClaim,
  imageServerName,
  indexesName,
  namesOf,
  postgresStores,
  redisStores,
  workloadOf,
} from "./store-shape.ts";

/** The stores, as the programs need them. */
export interface Stores {
  readonly addresses: StoreAddresses;
  /** Whom each program's pods wait for, by the names under which they dial them. */
  readonly resources: Readonly<Record<StoreName, Awaitable>>;
  /** Folder of the uploaded images. */
  readonly images: SharedFiles;
  readonly mongo: Mongo;
}

/** Makes the stores, or finds the external ones: ZooKeeper before Kafka, all else side by side. */
export function makeStores(stack: PushtechStack, ground: Foundation): Stores {
  const { around } = ground;
  const { stores: config } = stack;
  const opts = { ...ground.opts, dependsOn: [...ground.namespace.ready] };
  const named = (store: StoreName) => ({ ...around, names: namesOf(store) });

  const mongo = new Mongo(
    workloadOf("storage-db"),
    { ...named("storage-db"), config: config.mongo },
    opts,
  );
  const postgres = record(
    postgresStores,
    (store) =>
      new Postgres(workloadOf(store), { ...named(store), config: config.postgres[store] }, opts),
  );
  const redis = record(
    redisStores,
    (store) => new Redis(workloadOf(store), { ...named(store), config: config.redis[store] }, opts),
  );
  const zookeeper = new Zookeeper(
    workloadOf("zookeeper"),
    { ...named("zookeeper"), config: config.zookeeper },
    opts,
  );
  const kafka = new Kafka(
    workloadOf("kafkasrv"),
    { ...named("kafkasrv"), config: config.kafka, zookeeper },
    { ...opts, dependsOn: [...opts.dependsOn, ...zookeeper.ready] },
  );
  const images = new SharedFiles(
    imageServerName,
    {
      ...around,
      config: config.imageStore,
      server: ground.imageServer,
      folder: imageFolder,
      claimName: imageClaim,
      user: programUser,
      backupImage: config.toolsImage,
    },
    { ...opts, dependsOn: [...opts.dependsOn, ...ground.imageServer.ready] },
  );
  return {
    addresses: addressesOf(stack, ground, { mongo, postgres, redis, zookeeper, kafka }),
    resources: { "storage-db": mongo, ...postgres, ...redis, zookeeper, kafkasrv: kafka },
    images,
    mongo,
  };
}

/** The servers, by what they are for. */
interface Servers extends Pick<StoreAddresses, "zookeeper" | "kafka"> {
  readonly mongo: Mongo;
  readonly postgres: Readonly<Record<(typeof postgresStores)[number], Postgres>>;
  readonly redis: Readonly<Record<(typeof redisStores)[number], Redis>>;
}

/** Where programs dial the servers, and what they log in with. */
function addressesOf(
  { stores: config }: PushtechStack,
  { around }: Foundation,
  { mongo, postgres, redis, zookeeper, kafka }: Servers,
): StoreAddresses {
  return {
    mongo: {
      ...{ host: mongo.host, port: mongo.port },
      url: mongo.url(stores["storage-db"].database),
      isSecret: config.mongo.kind === "external" && config.mongo.login !== undefined,
    },
    postgres: record(postgresStores, (store) => database(store, postgres[store])),
    redis: record(redisStores, (store) => {
      const { host, port } = redis[store];
      const { password } = config.redis[store];
      return {
        ...{ host, port },
        ...(password === undefined ? {} : { password: around.secrets.value(password) }),
      };
    }),
    zookeeper,
    kafka,
  };
}

/** A value for each name. */
const record = <Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name) => Value,
): Record<Name, Value> =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;

/** A program's database with its login. */
const database = (store: (typeof postgresStores)[number], server: Postgres): DatabaseAddress => {
  const { host, port } = server;
  return { host, port, ...server.login(stores[store].database) };
};

/** Makes Mongo's indexes, when all else stands. */
export function makeIndexes(
  { indexes, stores: { mongo: config } }: PushtechStack,
  { opts, around }: Foundation,
  mongo: Mongo,
  after: readonly pulumi.Resource[],
): void {
  const image = indexes.image ?? (config.kind === "builtin" ? config.image : undefined);
  if (image === undefined) {
    throw new Error("fleet:indexes.image is missing: an external Mongo has no image to take it of");
  }
  new MongoIndexes(
    indexesName,
    {
      ...around,
      mongo,
      image,
      database: stores["storage-db"].database,
      indexes: [...placeIndexes, ...indexes.further],
    },
    { ...opts, dependsOn: [...mongo.ready, ...after] },
  );
}
