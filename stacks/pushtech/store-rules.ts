/** Rules across the fields of a PushTech stack's stores. Pure. */
import type { Disk } from "../../components/data/storage.schema.ts";
import { outsideFault, type OutsideServer } from "../../components/data/reach.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { kafkaTopic, stores as known } from "../../components/pushtech/stores.ts";
import type { PushtechStack } from "./schema.ts";
import { postgresStores, redisStores } from "./store-shape.ts";

type Rule = (stack: PushtechStack) => PlatformFault[];

/** A store with its place in the file, whatever it is. */
interface Placed {
  readonly path: PlatformFault["path"];
  readonly config:
    | { readonly kind: "builtin"; readonly storage: Disk }
    | ({ readonly kind: "external" } & OutsideServer);
}

const placed = ({ stores }: PushtechStack): Placed[] => [
  { path: ["stores", "mongo"], config: stores.mongo },
  ...postgresStores.map((store) => ({
    path: ["stores", "postgres", store],
    config: stores.postgres[store],
  })),
  ...redisStores.map((store) => ({
    path: ["stores", "redis", store],
    config: stores.redis[store],
  })),
  { path: ["stores", "zookeeper"], config: stores.zookeeper },
  { path: ["stores", "kafka"], config: stores.kafka },
];

/** What a pod keeps in itself is gone with it. */
const diskFaults: Rule = (stack) =>
  stack.environment !== "production"
    ? []
    : placed(stack).flatMap(({ path, config }) =>
        config.kind === "builtin" && config.storage === "none"
          ? [
              {
                path: [...path, "storage"],
                message:
                  "must be a disk in production, e.g. { size: 6Gi }: without one its data goes with its pod",
              },
            ]
          : [],
      );

/** Stores outside that no network policy opens. */
const unreachableFaults: Rule = (stack) =>
  stack.networkPolicy === "off"
    ? []
    : placed(stack).flatMap(({ path, config }) =>
        config.kind === "external" ? outsideFault(path, config) : [],
      );

/** Programs dial databases and a topic by names that are theirs. */
const nameFaults: Rule = ({ stores }) => [
  ...postgresStores.flatMap((store) => {
    const { database } = known[store];
    const names = Object.keys(stores.postgres[store].databases);
    const path = ["stores", "postgres", store, "databases"];
    return [
      ...(names.includes(database)
        ? []
        : [{ path, message: `must have ${database}, which the program of ${store} dials` }]),
      ...names
        .filter((name) => name !== database && names.includes(database))
        .map((name) => ({
          path: [...path, name],
          message: `is the database of no program: that of ${store} dials ${database} alone`,
        })),
    ];
  }),
  ...(stores.kafka.kind === "builtin" && !Object.hasOwn(stores.kafka.topics, kafkaTopic)
    ? [
        {
          path: ["stores", "kafka", "topics"],
          message: `must have ${kafkaTopic}: all programs write to it and read from it`,
        },
      ]
    : []),
];

/** The indexes' Job runs a shell, and of a server elsewhere there is no image to take it of. */
const indexFaults: Rule = ({ stores: { mongo }, indexes }) =>
  mongo.kind === "external" && indexes.image === undefined
    ? [
        {
          path: ["indexes", "image"],
          message:
            "is missing: an external Mongo has no image here; name one with the server's shell, e.g. docker.io/library/mongo:3.6",
        },
      ]
    : [];

/** Faults of the stores. */
export const storeFaults: Rule = (stack) =>
  [diskFaults, unreachableFaults, nameFaults, indexFaults].flatMap((rule) => rule(stack));
