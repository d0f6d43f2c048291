/** Every workload of a PushTech stack with its place in the file and what it asks of the nodes. Pure. */
import { backupResources } from "../../components/data/backup.schema.ts";
import { topicsName } from "../../components/data/flows.ts";
import { topicsResources } from "../../components/data/kafka.schema.ts";
import {
  backupWorkload,
  type StoreWorkload,
  storeWorkloads,
} from "../../components/data/requests.ts";
import { observabilityWorkloads } from "../../components/observability/shape.ts";
import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { certManagerRequests } from "../../components/platform/cert-manager-shape.ts";
import { controllerRequests } from "../../components/platform/controller-shape.ts";
import { registryRequests } from "../../components/platform/registry-server-shape.ts";
import { slotPool } from "../../components/platform/slots.ts";
import {
  migratedPrograms,
  migrationName,
  programNames,
} from "../../components/pushtech/programs.ts";
import type { Resources } from "../../components/workload/workload.schema.ts";
import { programRequest } from "./program-requests.ts";
import type { PushtechStack } from "./schema.ts";
import {
  imageServerName,
  indexesName,
  postgresStores,
  redisStores,
  workloadOf,
} from "./store-shape.ts";

/** {@inheritDoc StoreWorkload} */
export type StackWorkload = StoreWorkload;

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
      ? storeWorkloads("mongo", workloadOf("storage-db"), namespace, ["stores", "mongo"], mongo)
      : []),
    job(indexesName, namespace, ["indexes"], backupResources.mongo),
    ...postgresStores.flatMap((store) => {
      const config = postgres[store];
      const path = ["stores", "postgres", store];
      return config.kind === "builtin"
        ? storeWorkloads("postgres", workloadOf(store), namespace, path, config)
        : [];
    }),
    ...redisStores.flatMap((store) => {
      const config = redis[store];
      const path = ["stores", "redis", store];
      return config.kind === "builtin"
        ? storeWorkloads("redis", workloadOf(store), namespace, path, config)
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
      ? storeWorkloads("files", workloadOf("zookeeper"), namespace, ["stores", "zookeeper"], {
          resources: zookeeper.resources,
          placement: zookeeper.placement,
        })
      : []),
    ...(kafka.kind === "builtin"
      ? [
          ...storeWorkloads(
            "files",
            name,
            namespace,
            path,
            { resources: kafka.resources, placement: kafka.placement },
            kafka.brokers,
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
      ? storeWorkloads("files", imageServerName, imageNamespace, path, {
          resources: config.resources,
          placement: config.placement,
        })
      : []),
    ...(backup.kind === "scheduled"
      ? [backupWorkload(imageServerName, namespace, path, "files")]
      : []),
  ];
}

/** What stands around the system. */
function surroundings({
  ingress,
  certificates,
  registry,
  observability,
  cluster,
}: PushtechStack): StackWorkload[] {
  const { certManager } = certificates ?? {};
  return [
    ...controllerRequests(ingress).map((request) => ({
      path: ["ingress", "controllers", request.workload],
      namespace: ingress.namespace,
      request,
    })),
    ...(certificates !== undefined && certManager?.kind === "chart"
      ? certManagerRequests(certificates).map((request) => ({
          path: ["certificates", "certManager"],
          namespace: certManager.namespace,
          request,
        }))
      : []),
    ...(registry === undefined
      ? []
      : registryRequests(registry).map((request) => ({
          path: ["registry"],
          namespace: registry.namespace,
          request,
        }))),
    ...observabilityWorkloads(observability, cluster),
  ];
}

/** Every workload that stays up, and Jobs and backups, which come and go. */
export const stackWorkloads = (stack: PushtechStack): StackWorkload[] => [
  ...programWorkloads(stack),
  ...databases(stack),
  ...queues(stack),
  ...imageStore(stack),
  ...surroundings(stack),
];

/** Those that may find a place. A slot that does not exist is told by pinnedFaults. */
export const placeableWorkloads = (stack: PushtechStack): StackWorkload[] =>
  stackWorkloads(stack).filter(
    ({ request: { placement } }) =>
      placement.slot === undefined || slotPool(stack.cluster, placement.slot) !== undefined,
  );

/** What is asked of the nodes. */
export const placeableRequests = (stack: PushtechStack): CapacityRequest[] =>
  placeableWorkloads(stack).map(({ request }) => request);
