import * as pulumi from "@pulumi/pulumi";

import { announces } from "../base/announce.ts";
import { parseQuantity } from "../base/quantity.ts";
import type { Awaitable } from "../base/ready.ts";
import type { Container, WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import {
  type FollowedNetwork,
  type WebNode,
  webNodeContainer,
  webNodeVolumes,
} from "./web-node.ts";
import { webPods, type WebSurroundings, webUser } from "./web-pods.ts";
import type { WebServicesConfig } from "./web-services.schema.ts";
import { webPorts, webServiceNames, webWorkloads } from "./web-shape.ts";

/** Inputs of an {@link Explorer}. */
export interface ExplorerArgs extends WebSurroundings {
  readonly config: WebServicesConfig;
  readonly network: FollowedNetwork;
}

/** Database of the explorer. */
const database = "explorer";

/** Where the collector says that it listens. The path is the program's own (2.11). */
const marker = { volume: "marker", folder: "/var/run", file: "explorer-collector" } as const;

/** APIs that the collector listens to, from its own pod alone. */
const collectorApis = ["node", "mesh", "globalstate", "transaction"] as const;

/** User of Mongo's image; nobody else's in the pod needs another. */
const mongoUser = 999;

/** Pods that answer what is asked of the explorer. Pure. */
function explorerApiWorkload(args: ExplorerArgs): WorkloadArgs {
  const { api } = args.config.explorer;
  const { replicas, placement, image, resources } = api;
  return {
    ...webPods(
      webWorkloads.explorer,
      // Ready they are once a collector's database is.
      {
        release: "spacemesh-explorer",
        replicas,
        placement,
        readyMinutes: args.config.syncMinutes,
      },
      args,
    ),
    container: {
      name: "api",
      image,
      env: { SPACEMESH_MONGO_URI: `mongodb://${webServiceNames.mongo}` },
      ports: [{ name: "http", port: webPorts.explorer }],
      probes: {
        startup: { check: { kind: "tcp", port: "http" }, failureThreshold: 30 },
        // 200 once the database says that the network is in sync, 425 before.
        readiness: { check: { kind: "http", path: "/synced", port: "http" }, timeoutSeconds: 5 },
        // Not /healthz: it asks the database, and without one all pods would be restarted.
        liveness: { check: { kind: "tcp", port: "http" }, periodSeconds: 30 },
      },
      resources,
      mounts: [{ volume: "tmp", path: "/tmp" }],
    },
    security: { user: webUser },
    scratch: [{ name: "tmp" }],
    services: [{ name: webServiceNames.explorer, ports: [{ name: "http" }] }],
  };
}

/**
 * Asks the database whether the network is in sync. Older images have one shell, newer ones the other.
 * `--norc`: the older writes a file into its home otherwise.
 */
const isSynced = [
  "sh",
  "-c",
  `exec "$(command -v mongosh || command -v mongo)" --quiet --norc ${database} --eval 'quit(db.networkinfo.findOne({ issynced: true }) === null ? 1 : 0)'`,
];

/** Memory of Mongo's cache, in GiB: half of what it may have. It would take half of the machine's. */
export const cacheSize = (limit: string | undefined, request: string): string =>
  Math.max(0.25, parseQuantity(limit ?? request) / 2 ** 31).toFixed(2);

function mongo({
  image,
  resources,
}: WebServicesConfig["explorer"]["collector"]["mongo"]): Container {
  return {
    name: "mongo",
    image,
    args: [
      "mongod",
      "--bind_ip_all",
      `--wiredTigerCacheSizeGB=${cacheSize(resources.limits.memory, resources.requests.memory)}`,
    ],
    env: { HOME: "/tmp" },
    ports: [{ name: "mongo", port: webPorts.mongo }],
    probes: {
      startup: { check: { kind: "tcp", port: "mongo" }, failureThreshold: 30 },
      readiness: {
        check: { kind: "exec", command: isSynced },
        periodSeconds: 15,
        timeoutSeconds: 10,
      },
      liveness: { check: { kind: "tcp", port: "mongo" }, periodSeconds: 30 },
    },
    resources,
    mounts: [
      { volume: "database", path: "/data/db" },
      { volume: "tmp", path: "/tmp" },
    ],
  };
}

/** Pods that fill the explorer's database: a node, who listens to it, and what is told of it. Pure. */
function collectorWorkload(args: ExplorerArgs): WorkloadArgs {
  const { config, network } = args;
  const { replicas, placement, image, resources, ...parts } = config.explorer.collector;
  const node: WebNode = {
    network,
    config: parts.node,
    json: false,
    apis: collectorApis,
    // The collector hears only what is said while it listens: it must be there before the node.
    awaits: marker,
  };
  const volumes = webNodeVolumes(node);
  return {
    ...webPods(
      webWorkloads.collector,
      { release: "spacemesh-explorer", replicas, placement, readyMinutes: config.syncMinutes },
      args,
    ),
    container: {
      name: "collector",
      image,
      env: {
        SPACEMESH_NODE: `127.0.0.1:${webPorts.grpc}`,
        SPACEMESH_MONGO_URI: `mongodb://127.0.0.1:${webPorts.mongo}`,
        SPACEMESH_MONGO_DB: database,
      },
      probes: {
        readiness: {
          check: { kind: "exec", command: ["test", "-e", `${marker.folder}/${marker.file}`] },
        },
      },
      resources,
      mounts: [
        { volume: marker.volume, path: marker.folder },
        { volume: "tmp", path: "/tmp" },
      ],
    },
    sidecars: [webNodeContainer(node), mongo(parts.mongo)],
    security: { user: mongoUser },
    files: [volumes.files],
    scratch: [
      ...volumes.scratch,
      { name: marker.volume },
      { name: "database", sizeLimit: parts.mongo.scratch, requested: true },
    ],
    pullSecrets: network.image.pullSecrets,
    podAnnotations: announces(webPorts.metrics),
    services: [
      // By readiness, so that only databases of pods in sync are asked.
      { name: webServiceNames.mongo, ports: [{ name: "mongo" }] },
      { name: webServiceNames.collector, ports: [{ name: "metrics" }] },
    ],
    terminationGraceSeconds: 60,
  };
}

/**
 * The explorer: what answers, and what collects. Each has pods, Service and selector of its own, and
 * requests where the work is (facts/spacemesh.md 2.11, whose two Deployments selected each other's pods).
 */
export class Explorer extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ExplorerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { api, collector } = args.config.explorer;
    super(
      "fleet:spacemesh:Explorer",
      name,
      { api: api.image, collector: collector.image, replicas: [api.replicas, collector.replicas] },
      opts,
    );
    const filled = makeWorkload(webWorkloads.collector, collectorWorkload(args), { parent: this });
    const { ready } = makeWorkload(webWorkloads.explorer, explorerApiWorkload(args), {
      parent: this,
      // It has nothing to tell before.
      dependsOn: filled.ready,
    });
    this.ready = ready;
    this.registerOutputs({});
  }
}
