import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { memoryOf } from "../workload/memory.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeDialled } from "./dialled.ts";
import { zookeeperPort } from "./ports.ts";
import { type StoreNames, storeWorkload } from "./store.ts";
import type { StoreSurroundings } from "./surroundings.ts";
import { javaHeap, serverLog4j, zookeeperConfig } from "./zookeeper-files.ts";
import type { BuiltinZookeeper, ZookeeperConfig } from "./zookeeper.schema.ts";

/** User of the official image, named `zookeeper` there. */
const zookeeperUser = 1_000;

/** What {@link Zookeeper} is given. */
export interface ZookeeperArgs extends StoreSurroundings {
  readonly config: ZookeeperConfig;
  readonly names?: StoreNames | undefined;
}

/**
 * A ZooKeeper server.
 *
 * `builtin` is one pod with a disk. Wait for its `ready`: it is done when the server serves. `external` makes
 * nothing. There are no backups: what it holds, the brokers' membership and the consumers' places, is of the moment.
 */
export class Zookeeper extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Host name or address to dial. */
  readonly host: string;
  /** Port to dial. */
  readonly port: number;

  /** @param name Of the pod's controller and, by default, its Service. */
  constructor(name: string, args: ZookeeperArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:data:Zookeeper", name, { kind: args.config.kind }, opts);
    const store = makeDialled<BuiltinZookeeper>(this, name, args, {
      port: zookeeperPort,
      server: (builtin) => serverArgs(name, args, builtin),
    });
    ({ host: this.host, port: this.port, ready: this.ready } = store);
    this.registerOutputs({ host: this.host, port: this.port });
  }
}

/** It answers only when it serves. */
const serves = {
  kind: "exec",
  command: ["sh", "-c", `test "$(echo ruok | nc 127.0.0.1 ${zookeeperPort})" = imok`],
} as const;

const serverProbes = {
  startup: { check: serves, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 60 },
  readiness: { check: serves, periodSeconds: 10, timeoutSeconds: 5 },
  liveness: { check: serves, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
} as const;

/** The server's pod. */
function serverArgs(name: string, args: ZookeeperArgs, config: BuiltinZookeeper): WorkloadArgs {
  const { image, resources, maxClientConnections } = config;
  const heap = javaHeap(memoryOf(resources));
  return storeWorkload(name, args, config, {
    container: {
      name,
      image,
      // The image's entry point would write the configuration, which is there already.
      command: ["zkServer.sh", "start-foreground"],
      env: { JVMFLAGS: `-Xms${heap}m -Xmx${heap}m` },
      ports: [{ name: "zookeeper", port: zookeeperPort }],
      probes: serverProbes,
      resources,
      mounts: [
        { volume: "config", path: "/conf" },
        { volume: "data", path: "/data" },
      ],
    },
    ports: ["zookeeper"],
    security: { user: zookeeperUser },
    files: [
      {
        name: "config",
        files: {
          "zoo.cfg": zookeeperConfig({
            port: zookeeperPort,
            // Below the mount, whose own lost+found is no business of the server's.
            data: "/data/zookeeper",
            maxClientConnections,
          }),
          "log4j.properties": serverLog4j,
        },
      },
    ],
    terminationGraceSeconds: 60,
  });
}
