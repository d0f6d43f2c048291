import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import { claimOf } from "../../workload/storage.ts";
import type { WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import { announcesOthers } from "../../base/announce.ts";
import { prometheusProbes } from "../probes.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import { exporterPorts } from "./exporters-shape.ts";
import type { PushGatewayConfig } from "./exporters.schema.ts";

/** Inputs of a {@link PushGateway}. */
export interface PushGatewayArgs extends Surroundings {
  readonly config: PushGatewayConfig;
}

/** The image's user, nobody. */
const user = 65_534;

const folder = "/pushgateway";
const port = exporterPorts.pushGateway;

/**
 * Arguments of the push gateway. What is pushed is on the disk a minute later and whenever it is stopped;
 * nothing is asked for by its API but pushes and what was pushed.
 *
 * @param data Folder that is kept.
 */
export const pushGatewayArguments = (data: string, listen: number = port): string[] => [
  `--web.listen-address=:${listen}`,
  `--persistence.file=${data}/metrics`,
  "--persistence.interval=1m",
];

/** The Workload of a push gateway. Pure. */
export function pushGatewayWorkload(name: string, args: PushGatewayArgs): WorkloadArgs {
  const { config } = args;
  return {
    kind: "Deployment",
    ...surrounded(name, args),
    container: {
      name,
      image: config.image,
      args: pushGatewayArguments(folder),
      ports: [{ name: "http", port }],
      probes: prometheusProbes,
      resources: config.resources,
      mounts: [{ volume: "data", path: folder }],
    },
    // One writer to the disk.
    update: { strategy: "Recreate" },
    ...(config.placement === undefined ? {} : { placement: config.placement }),
    security: { user },
    data: args.data,
    claims: [claimOf("data", config.storage)],
    services: [{ ports: [{ name: "http" }] }],
    podAnnotations: announcesOthers(port),
  };
}

/** A push gateway: what programs push that end before anybody reads them, kept on a disk. */
export class PushGateway extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** URL inside the cluster, to which programs push. */
  readonly url: string;

  constructor(name: string, args: PushGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:PushGateway", name, { image: args.config.image }, opts);
    this.url = `http://${name}.${args.namespaceName}.svc:${port}`;
    this.ready = makeWorkload(name, pushGatewayWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({ url: this.url });
  }
}
