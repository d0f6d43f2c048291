import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import type { Placement, Resources } from "../workload/workload.schema.ts";
import { memcachedArguments } from "./memcached-files.ts";
import { memcachedPort } from "./ports.ts";
import { type StoreSurroundings, storeSurrounded } from "./surroundings.ts";

/** What a stack file says of a Memcached. */
export interface MemcachedConfig {
  /** Official image, Debian flavour: its user is number 11211. */
  readonly image: string;
  /** What it may keep, in MiB; it needs more than that of memory (memcached-files.ts). */
  readonly megabytes: number;
  readonly resources: Resources;
  readonly placement?: Placement | undefined;
}

/** What {@link Memcached} is given. */
export interface MemcachedArgs extends Omit<StoreSurroundings, "secrets"> {
  readonly config: MemcachedConfig;
}

/** User of the official image's Debian flavour. */
const memcachedUser = 11_211;

const answers = { kind: "tcp", port: "memcached" } as const;

/** The Workload of a Memcached. */
function memcachedWorkload(name: string, { config, ...args }: MemcachedArgs): WorkloadArgs {
  return {
    kind: "Deployment",
    ...storeSurrounded(name, args),
    // One for good: behind one Service, two would each know half of the keys.
    replicas: 1,
    container: {
      name,
      image: config.image,
      command: ["memcached"],
      args: memcachedArguments({ port: memcachedPort, megabytes: config.megabytes }),
      ports: [{ name: "memcached", port: memcachedPort }],
      probes: {
        readiness: { check: answers, periodSeconds: 5 },
        liveness: { check: answers, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
      },
      resources: config.resources,
    },
    ...(config.placement === undefined ? {} : { placement: config.placement }),
    security: { user: memcachedUser },
    data: args.data,
    services: [{ ports: [{ name: "memcached" }] }],
    terminationGraceSeconds: 10,
  };
}

/**
 * A Memcached: one pod without a disk. What it held is gone when it is exchanged, which its callers must bear; its
 * successor answers before it goes, as some of them refuse all requests while nobody does.
 */
export class Memcached extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** @param name Of the controller and of the Service. */
  constructor(name: string, args: MemcachedArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:data:Memcached", name, { megabytes: args.config.megabytes }, opts);
    this.ready = makeWorkload(name, memcachedWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({});
  }
}
