/** Every workload of a PushTech stack with its place in the file and what it asks of the nodes. Pure. */
import { backupResources } from "../../components/data/backup.schema.ts";
import { topicsName } from "../../components/data/flows.ts";
import { topicsResources } from "../../components/data/kafka.schema.ts";
import { backupWorkload, storeWorkloads } from "../../components/data/requests.ts";
import { nfsRoom } from "../../components/data/shared-files.schema.ts";
import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { registryRequests } from "../../components/platform/registry-server-shape.ts";
import {
  migratedPrograms,
  migrationName,
  programNames,
} from "../../components/pushtech/programs.ts";
import type { Resources } from "../../components/workload/workload.schema.ts";
import { programRequest } from "./program-requests.ts";
import { placeable, type StackWorkload } from "../requests.ts";
import { surroundingWorkloads } from "../surroundings.ts";
import type { PushtechStack } from "./schema.ts";
import {
  imageServerName,
  indexesName,
  postgresStores,
  redisStores,
  workloadOf,
} from "./store-shape.ts";

/** The one pod of a Job. */
const job = (
  workload: string,
  namespace: string,
  path: readonly string[],
  { requests }: Resources,
): StackWorkload => ({
  path,
  namespace,
  request: { workload, replicas: 1, ...requests, placement: {} },
});

const programWorkloads = ({ services, namespace }: PushtechStack): StackWorkload[] => [
  ...programNames.map((name) => ({
    path: ["services", name],
    namespace,
    request: programRequest(name, services),
  })),
  ...migratedPrograms.map((name) =>
    job(migrationName(name), namespace, ["services", "migrations"], services.migrations.resources),
  ),
];

/** Databases of all kinds, and the Job of Mongo's indexes. */
function databases({ stores, namespace }: PushtechStack): StackWorkload[] {
  const { mongo, postgres, redis } = stores;
  return [
    ...(mongo.kind === "builtin"
      ? storeWorkloads(
          "mongo",
          { name: workloadOf("storage-db"), namespace, path: ["stores", "mongo"] },
          mongo,
        )
      : []),
    job(indexesName, namespace, ["indexes"], backupResources.mongo),
    ...postgresStores.flatMap((store) => {
      const config = postgres[store];
      const path = ["stores", "postgres", store];
      return config.kind === "builtin"
        ? storeWorkloads("postgres", { name: workloadOf(store), namespace, path }, config)
        : [];
    }),
    ...redisStores.flatMap((store) => {
      const config = redis[store];
      const path = ["stores", "redis", store];
      return config.kind === "builtin"
        ? storeWorkloads("redis", { name: workloadOf(store), namespace, path }, config)
        : [];
    }),
  ];
}

/** What events go through. */
function queues({ stores, namespace }: PushtechStack): StackWorkload[] {
  const { zookeeper, kafka } = stores;
  const name = workloadOf("kafkasrv");
  const path = ["stores", "kafka"];
  return [
    ...(zookeeper.kind === "builtin"
      ? storeWorkloads(
          "files",
          { name: workloadOf("zookeeper"), namespace, path: ["stores", "zookeeper"] },
          {
            resources: zookeeper.resources,
            placement: zookeeper.placement,
            storage: zookeeper.storage,
          },
        )
      : []),
    ...(kafka.kind === "builtin"
      ? [
          ...storeWorkloads(
            "files",
            { name, namespace, path },
            {
              resources: kafka.resources,
              placement: kafka.placement,
              storage: kafka.storage,
              replicas: kafka.brokers,
            },
          ),
          job(topicsName(name), namespace, path, topicsResources),
        ]
      : []),
  ];
}

/** The folder of uploaded images. Its backups read it as any program does, beside the programs. */
function imageStore({ stores, namespace }: PushtechStack): StackWorkload[] {
  const { imageStore: config, imageNamespace } = stores;
  const path = ["stores", "imageStore"];
  const { backup } = config;
  return [
    ...(config.kind === "nfs"
      ? storeWorkloads(
          "files",
          { name: imageServerName, namespace: imageNamespace, path },
          {
            resources: config.resources,
            placement: config.placement,
            storage: config.storage,
            scratch: nfsRoom.sizeLimit,
          },
        )
      : []),
    ...(backup.kind === "scheduled"
      ? [backupWorkload("files", { name: imageServerName, namespace, path })]
      : []),
  ];
}

/** The registry of the images, where the stack has one. */
const registryWorkloads = ({ registry }: PushtechStack): StackWorkload[] =>
  registry === undefined
    ? []
    : registryRequests(registry).map((request) => ({
        path: ["registry"],
        namespace: registry.namespace,
        request,
      }));

/** Every workload that stays up, and Jobs and backups, which come and go. */
export const stackWorkloads = (stack: PushtechStack): StackWorkload[] => [
  ...programWorkloads(stack),
  ...databases(stack),
  ...queues(stack),
  ...imageStore(stack),
  ...registryWorkloads(stack),
  ...surroundingWorkloads(stack),
];

/** What is asked of the nodes, by those that may find a place. */
export const placeableRequests = (stack: PushtechStack): CapacityRequest[] =>
  placeable(stack.cluster, stackWorkloads(stack)).map(({ request }) => request);
